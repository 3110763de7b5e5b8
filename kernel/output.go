package kernel

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/protocol"
)

// flushAfter is how long text waits for more: front ends drop output of kernels
// that send more than 1,000 messages a second.
const flushAfter = 50 * time.Millisecond

// flushSize is how much text waits at most.
const flushSize = 64 << 10

// An output is where a cell's output goes. Its messages keep the cell as their
// parent also after the cell has ended.
type output struct {
	k      *Kernel
	r      *request
	count  int
	silent bool // publish nothing
	asks   bool // the client answers input requests

	mu      sync.Mutex
	streams [2]stream // stdout, stderr
	timer   *time.Timer
	payload []any
	ended   bool
}

// A stream collects text of stdout or stderr.
type stream struct {
	out  *output
	name string
	text []byte
}

func (k *Kernel) newOutput(r *request, q protocol.ExecuteRequest) *output {
	o := &output{k: k, r: r, count: int(k.count.Load()), silent: q.Silent, asks: q.AllowStdin}
	o.streams = [2]stream{{out: o, name: "stdout"}, {out: o, name: "stderr"}}
	return o
}

func (o *output) Stdout() io.Writer { return &o.streams[0] }
func (o *output) Stderr() io.Writer { return &o.streams[1] }
func (o *output) Count() int        { return o.count }

// Write keeps the order of the two streams: text of one goes out before text of
// the other is taken.
func (s *stream) Write(p []byte) (int, error) {
	o := s.out
	if o.silent {
		return len(p), nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range o.streams {
		if other := &o.streams[i]; other != s {
			other.flush()
		}
	}
	s.text = append(s.text, p...)
	if len(s.text) >= flushSize {
		s.flush()
	} else if o.timer == nil {
		o.timer = time.AfterFunc(flushAfter, o.tick)
	}
	return len(p), nil
}

func (o *output) tick() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.timer = nil
	o.flush()
}

// flush sends what is whole of both streams; o.mu is held.
func (o *output) flush() {
	for i := range o.streams {
		o.streams[i].flush()
	}
}

func (s *stream) flush() { s.send(whole(s.text)) }

// send sends the first n bytes.
func (s *stream) send(n int) {
	if n == 0 {
		return
	}
	text := string(s.text[:n])
	s.text = s.text[:copy(s.text, s.text[n:])]
	s.out.publish(protocol.Stream, protocol.StreamContent{Name: s.name, Text: text})
}

// end sends everything. What comes later, from goroutines, is still the cell's.
func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range o.streams {
		o.streams[i].send(len(o.streams[i].text))
	}
	o.ended = true
}

func (o *output) publish(msgType string, content any) {
	if o.silent {
		return
	}
	if err := o.k.publish(o.r.Header, msgType, content); err != nil {
		o.k.log.Error("output lost", "type", msgType, "reason", err)
	}
}

// Display shows a bundle, or replaces one that was shown before.
func (o *output) Display(b display.Bundle) {
	data, metadata := contentOf(b)
	msgType := protocol.DisplayData
	if b.Update {
		msgType = protocol.UpdateDisplayData
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush()
	o.publish(msgType, protocol.DisplayContent{Data: data, Metadata: metadata,
		Transient: protocol.Transient{DisplayID: b.ID}})
}

// result shows the value of the cell's last expression.
func (o *output) result(b display.Bundle) {
	data, metadata := contentOf(b)
	o.publish(protocol.ExecuteResult, protocol.ResultContent{ExecutionCount: o.count, Data: data,
		Metadata: metadata, Transient: protocol.Transient{DisplayID: b.ID}})
}

// Clear clears what the cell has shown, with wait when something new comes.
func (o *output) Clear(wait bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush()
	o.publish(protocol.ClearOutput, protocol.ClearContent{Wait: wait})
}

func (o *output) Page(b display.Bundle) {
	data, _ := contentOf(b)
	o.addPayload(protocol.Page{Source: "page", Data: data})
}

func (o *output) SetNextInput(text string, replace bool) {
	o.addPayload(protocol.SetNextInput{Source: "set_next_input", Text: text, Replace: replace})
}

func (o *output) addPayload(p any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.payload = append(o.payload, p)
}

func (o *output) payloads() []any {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]any{}, o.payload...)
}

// contentOf returns a bundle as messages hold it. A representation that cannot
// be written as JSON is left out, and the plain text says so.
func contentOf(b display.Bundle) (data, metadata map[string]any) {
	data = make(map[string]any, len(b.Data))
	var bad []string
	for mime, v := range b.Data {
		j, err := protocol.Marshal(wireValue(mime, v))
		if err != nil {
			bad = append(bad, fmt.Sprintf("%s cannot be shown: %v", mime, err))
			continue
		}
		data[mime] = json.RawMessage(j)
	}
	if bad != nil {
		data["text/plain"] = strings.TrimSpace(plain(b) + "\n" + strings.Join(bad, "\n"))
	}
	if metadata = b.Metadata; metadata == nil {
		metadata = map[string]any{}
	}
	if _, err := protocol.Marshal(metadata); err != nil {
		metadata = map[string]any{}
	}
	return data, metadata
}

// wireValue makes a string of the bytes of a text type and leaves those of a
// JSON type as they are; all other bytes become base64.
func wireValue(mime string, v any) any {
	b, ok := v.([]byte)
	switch {
	case ok && isText(mime):
		return string(b)
	case ok && (mime == "application/json" || strings.HasSuffix(mime, "+json")):
		return json.RawMessage(b)
	}
	return v
}

func isText(mime string) bool {
	return strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript"
}
