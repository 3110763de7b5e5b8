package kerneltest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/protocol"
)

// Transcripts runs what the txtar files of a pattern say, each on a kernel of
// its own, and compares what the kernel sends, in its order; with update it
// writes the files anew. In a file
//
//	-- send shell execute_request --
//	{"code": "print hi"}
//
// sends a request, and
//
//	-- want --
//	iopub status {"execution_state":"busy"}
//	…
//
// is all that comes until every request sent so far is done: a line for each
// message with channel, type and content, and a ~ before it where its parent is
// not the last request but an older one or none.
func Transcripts(t *testing.T, pattern string, update bool, e func() kernel.Evaluator, o kernel.Options) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files match %s (%v)", pattern, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, c := Start(t, e(), o)
			play(t, a, c, update)
			if update {
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func play(t *testing.T, a *txtar.Archive, c *Client, update bool) {
	var waiting []protocol.Message
	for i, f := range a.Files {
		words := strings.Fields(f.Name)
		switch {
		case len(words) == 3 && words[0] == "send":
			waiting = append(waiting, c.Send(channel(t, words[1]), words[2], string(f.Data)))
		case f.Name == "want":
			got := heard(t, c, waiting)
			if update {
				a.Files[i].Data = []byte(got)
			} else if got != string(f.Data) {
				t.Errorf("the kernel sent\n%s\nwant\n%s", got, f.Data)
			}
			waiting = nil
		default:
			t.Fatalf("step %q is neither send CHANNEL TYPE nor want", f.Name)
		}
	}
}

func channel(t *testing.T, name string) protocol.Channel {
	for ch := protocol.Shell; ch <= protocol.IOPub; ch++ {
		if ch.String() == name {
			return ch
		}
	}
	t.Fatalf("channel %q is unknown", name)
	return 0
}

// heard describes what comes until all requests are done.
func heard(t *testing.T, c *Client, requests []protocol.Message) string {
	var b strings.Builder
	for _, r := range requests {
		for _, m := range c.Until(t, Idle(r)) {
			if m.Parent.ID != r.Header.ID {
				b.WriteString("~ ")
			}
			fmt.Fprintf(&b, "%s %s %s\n", m.Channel, m.Header.Type, m.Content)
		}
	}
	return b.String()
}
