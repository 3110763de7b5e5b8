package comm

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/convnotes/convnotes/kernel/protocol"
)

// A line is a registry whose messages to the front end are kept.
type line struct {
	*Registry
	sent []string
	fail error
}

func newLine() *line {
	l := &line{Registry: NewRegistry()}
	l.Connect(func(msgType string, c protocol.CommContent, metadata json.RawMessage, buffers [][]byte) error {
		l.sent = append(l.sent, fmt.Sprintf("%s %s %s %s %d", msgType, c.Target, c.Data, metadata, len(buffers)))
		return l.fail
	})
	return l
}

func (l *line) receive(t *testing.T, msgType, content string) {
	t.Helper()
	m := protocol.Message{Content: json.RawMessage(content), Header: protocol.Header{Fields: protocol.Fields{Type: msgType}}}
	if err := l.Receive(m); err != nil {
		t.Error(err)
	}
}

func (l *line) wantSent(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(l.sent, want) {
		t.Errorf("sent %q, want %q", l.sent, want)
	}
	l.sent = nil
}

func TestOpenedHere(t *testing.T) {
	l := newLine()
	c, err := l.Open("widget", Message{Data: json.RawMessage(`{"state":{}}`), Metadata: json.RawMessage(`{"version":"2.1.0"}`), Buffers: [][]byte{{1}}})
	if err != nil {
		t.Fatal(err)
	}
	var heard []string
	c.OnMessage = func(m Message) { heard = append(heard, string(m.Data)) }
	c.OnClose = func(m Message) { heard = append(heard, "closed "+string(m.Data)) }
	if err := c.Send(Message{}); err != nil {
		t.Error(err)
	}
	l.wantSent(t, `comm_open widget {"state":{}} {"version":"2.1.0"} 1`, "comm_msg  {}  0")
	l.receive(t, "comm_msg", fmt.Sprintf(`{"comm_id":%q,"data":{"n":1}}`, c.ID))
	l.receive(t, "comm_close", fmt.Sprintf(`{"comm_id":%q,"data":{"n":2}}`, c.ID))
	l.receive(t, "comm_msg", fmt.Sprintf(`{"comm_id":%q,"data":{"n":3}}`, c.ID))
	if want := []string{`{"n":1}`, `closed {"n":2}`}; !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
	if err := c.Close(Message{}); err != nil {
		t.Error(err)
	}
	l.wantSent(t) // it was closed already
}

func TestOpenedByTheFrontEnd(t *testing.T) {
	l := newLine()
	var opened *Comm
	l.Target("control", func(c *Comm, m Message) { opened = c })
	l.receive(t, "comm_open", `{"comm_id":"a","target_name":"control","data":{}}`)
	l.receive(t, "comm_open", `{"comm_id":"b","target_name":"nobody","data":{}}`)
	l.wantSent(t, "comm_close  {}  0")
	l.receive(t, "comm_msg", `{"comm_id":"a","data":{}}`) // nothing listens yet
	if opened == nil || opened.ID != "a" {
		t.Fatalf("opened %+v", opened)
	}
	if got := l.Info(""); len(got) != 1 || got["a"].Target != "control" {
		t.Errorf("open are %v", got)
	}
	if got := l.Info("other"); len(got) != 0 {
		t.Errorf("open of another target are %v", got)
	}
	opened.Close(Message{Data: json.RawMessage(`{"why":1}`)})
	l.wantSent(t, `comm_close  {"why":1}  0`)
	if len(l.Info("")) != 0 {
		t.Error("a closed comm is listed")
	}
}

func TestFailures(t *testing.T) {
	l := newLine()
	l.fail = errors.New("gone")
	if _, err := l.Open("widget", Message{}); err == nil || len(l.Info("")) != 0 {
		t.Errorf("a comm that could not be opened is there (%v)", err)
	}
	if _, err := NewRegistry().Open("widget", Message{}); err == nil {
		t.Error("a comm was opened without a kernel")
	}
	m := protocol.Message{Content: json.RawMessage(`{"comm_id":3}`), Header: protocol.Header{Fields: protocol.Fields{Type: "comm_msg"}}}
	if l.Receive(m) == nil {
		t.Error("a comm_id of 3 was accepted")
	}
}
