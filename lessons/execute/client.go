package execute

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/convnotes/convnotes/kernel/protocol"
	"github.com/convnotes/convnotes/lessons/notebook"
)

// A client is the other end of the kernel, in memory: its Transport, and the
// front end that turns messages into a notebook's outputs.
type client struct {
	session  *protocol.Session
	requests chan protocol.Message
	maxText  int // bytes that a cell may print, 0 is any number

	mu       sync.Mutex
	notebook *notebook.Notebook
	sent     map[string]*request // by message id
	displays map[string][]place  // outputs by display id
	finished bool
}

// A request is one that was sent.
type request struct {
	cell          int // whose outputs its messages are, -1 for none
	reply         protocol.ExecuteReply
	replied, idle bool
	once          sync.Once
	done          chan struct{} // closed when it is both replied and idle
	clear         bool          // the outputs at the next one
}

// A place is an output of a cell.
type place struct{ cell, output int }

func newClient(n *notebook.Notebook) *client {
	return &client{
		session: protocol.NewSession(), requests: make(chan protocol.Message, 8),
		notebook: n, sent: map[string]*request{}, displays: map[string][]place{},
	}
}

// request sends a request. The kernel reads without waiting for cells, so this
// does not block.
func (c *client) request(cell int, msgType string, channel protocol.Channel, content any) *request {
	m, err := c.session.Message(channel, msgType, protocol.Header{}, content)
	if err != nil {
		panic(err) // a request's content is ours
	}
	r := &request{cell: cell, done: make(chan struct{})}
	c.mu.Lock()
	c.sent[m.Header.ID] = r
	c.mu.Unlock()
	c.requests <- m
	return r
}

// Receive hands the kernel the next request.
func (c *client) Receive(ctx context.Context) (protocol.Message, error) {
	select {
	case m := <-c.requests:
		return m, nil
	case <-ctx.Done():
		return protocol.Message{}, ctx.Err()
	}
}

// Send takes a message of the kernel. Output of a goroutine that outlived its
// cell goes to that cell.
func (c *client) Send(m protocol.Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.sent[m.Parent.ID]
	if r == nil || c.finished {
		return nil
	}
	return r.take(c, m)
}

// finish says that the notebook is the caller's again: what comes later is lost.
func (c *client) finish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finished = true
}

func (r *request) take(c *client, m protocol.Message) (err error) {
	if m.Channel != protocol.IOPub {
		if m.Header.Type == "execute_reply" {
			r.reply, err = protocol.Decode[protocol.ExecuteReply](m)
			c.count(r.cell, r.reply.ExecutionCount)
		}
		r.replied = true
	} else if m.Header.Type == protocol.Status {
		var status protocol.StatusContent
		status, err = protocol.Decode[protocol.StatusContent](m)
		r.idle = r.idle || status.State == "idle"
	} else if r.cell >= 0 {
		err = r.show(c, m)
	}
	if r.replied && r.idle {
		r.once.Do(func() { close(r.done) })
	}
	return err
}

// show puts what was published into the cell.
func (r *request) show(c *client, m protocol.Message) error {
	switch m.Header.Type {
	case protocol.Stream:
		s, err := protocol.Decode[protocol.StreamContent](m)
		r.add(c, notebook.Output{Type: notebook.Stream, Name: s.Name, Text: s.Text}, "")
		return err
	case protocol.Error:
		e, err := protocol.Decode[protocol.ErrorContent](m)
		r.add(c, notebook.Output{Type: notebook.Error, EName: e.Name, EValue: e.Value, Traceback: e.Traceback}, "")
		return err
	case protocol.DisplayData, protocol.ExecuteResult:
		d, err := decode(m)
		o := notebook.Output{Type: m.Header.Type, Data: d.Data, Metadata: d.Metadata, Count: d.ExecutionCount}
		r.add(c, o, d.Transient.DisplayID)
		return err
	case protocol.UpdateDisplayData:
		d, err := decode(m)
		for _, p := range c.displays[d.Transient.DisplayID] {
			o := &c.notebook.Cells[p.cell].Outputs[p.output]
			o.Data, o.Metadata = d.Data, d.Metadata
		}
		return err
	case protocol.ClearOutput:
		clear, err := protocol.Decode[protocol.ClearContent](m)
		if r.clear = clear.Wait; !clear.Wait {
			c.clear(r.cell)
		}
		return err
	}
	return nil
}

// decode reads the content of a display or result, numbers as json.Number.
func decode(m protocol.Message) (content protocol.ResultContent, err error) {
	d := json.NewDecoder(bytes.NewReader(m.Content))
	d.UseNumber()
	err = d.Decode(&content)
	return content, err
}

// add appends an output; text goes on where the same stream ended.
func (r *request) add(c *client, o notebook.Output, displayID string) {
	if r.clear {
		c.clear(r.cell)
		r.clear = false
	}
	cell := &c.notebook.Cells[r.cell]
	if o.Type == notebook.Stream && c.maxText > 0 {
		o.Text = o.Text[:min(len(o.Text), max(0, c.maxText-printed(cell.Outputs)))]
		if o.Text == "" {
			return
		}
	}
	if last := len(cell.Outputs) - 1; last >= 0 && o.Type == notebook.Stream && cell.Outputs[last].Name == o.Name {
		cell.Outputs[last].Text += o.Text
		return
	}
	cell.Outputs = append(cell.Outputs, o)
	if displayID != "" {
		c.displays[displayID] = append(c.displays[displayID], place{r.cell, len(cell.Outputs) - 1})
	}
}

// printed counts the bytes of text among outputs.
func printed(outputs []notebook.Output) (n int) {
	for _, o := range outputs {
		n += len(o.Text)
	}
	return n
}

// outputs returns what the cell has shown until now.
func (c *client) outputs(cell int) []notebook.Output {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.notebook.Cells[cell].Outputs)
}

// clear removes a cell's outputs, also from what updates look for.
func (c *client) clear(cell int) {
	c.notebook.Cells[cell].Outputs = nil
	for id, places := range c.displays {
		kept := places[:0]
		for _, p := range places {
			if p.cell != cell {
				kept = append(kept, p)
			}
		}
		c.displays[id] = kept
	}
}

func (c *client) count(cell, n int) {
	if cell >= 0 {
		c.notebook.Cells[cell].Count = n
	}
}
