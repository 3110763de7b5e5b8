// Package comm keeps the comms of a kernel: lines between an object here and
// its counterpart in the front end, such as a widget's model.
package comm

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"github.com/convnotes/convnotes/kernel/protocol"
)

// A Message is what one end of a comm says to the other.
type Message struct {
	Data     json.RawMessage
	Metadata json.RawMessage
	Buffers  [][]byte
}

// A Sender sends a comm message of a type to the front ends.
type Sender func(msgType string, content protocol.CommContent, metadata json.RawMessage, buffers [][]byte) error

// A Registry holds the open comms, and by target name what to do when the
// front end opens one. It is safe for use by several goroutines.
type Registry struct {
	mu      sync.Mutex
	send    Sender
	comms   map[string]*Comm
	targets map[string]func(*Comm, Message)
}

// NewRegistry returns a registry that sends nowhere until a kernel connects it.
func NewRegistry() *Registry {
	nowhere := func(string, protocol.CommContent, json.RawMessage, [][]byte) error {
		return fmt.Errorf("no kernel runs")
	}
	return &Registry{send: nowhere, comms: map[string]*Comm{}, targets: map[string]func(*Comm, Message){}}
}

// Connect says how messages are sent.
func (r *Registry) Connect(s Sender) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.send = s
}

// Target says what happens when the front end opens a comm of that name. open
// sets the comm's OnMessage and OnClose.
func (r *Registry) Target(name string, open func(c *Comm, m Message)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.targets[name] = open
}

// A Comm is one line. Set OnMessage and OnClose before messages can arrive: in
// the function given to Target, or before Open's comm id is shown to anyone.
type Comm struct {
	ID, Target string
	OnMessage  func(Message)
	OnClose    func(Message)

	registry *Registry
}

// Open opens a comm from the kernel's side.
func (r *Registry) Open(target string, m Message) (*Comm, error) {
	c := &Comm{ID: uuid.NewString(), Target: target, registry: r}
	r.mu.Lock()
	r.comms[c.ID] = c
	r.mu.Unlock()
	if err := c.send(protocol.CommOpen, m); err != nil {
		r.remove(c.ID)
		return nil, fmt.Errorf("open comm %s: %w", target, err)
	}
	return c, nil
}

// Send says something to the front end.
func (c *Comm) Send(m Message) error { return c.send(protocol.CommMsg, m) }

// Close closes the comm from the kernel's side.
func (c *Comm) Close(m Message) error {
	if c.registry.remove(c.ID) == nil {
		return nil
	}
	return c.send(protocol.CommClose, m)
}

func (c *Comm) send(msgType string, m Message) error {
	content := protocol.CommContent{ID: c.ID, Data: m.Data}
	if msgType == protocol.CommOpen {
		content.Target = c.Target
	}
	return c.registry.post(msgType, content, m)
}

// post sends with data {} where there is none: clients read the field unasked.
func (r *Registry) post(msgType string, content protocol.CommContent, m Message) error {
	if content.Data == nil {
		content.Data = json.RawMessage("{}")
	}
	r.mu.Lock()
	send := r.send
	r.mu.Unlock()
	return send(msgType, content, m.Metadata, m.Buffers)
}

// Receive takes a comm message from the front end. A comm of an unknown target
// is closed at once, a message to an unknown comm is passed over.
func (r *Registry) Receive(m protocol.Message) error {
	content, err := protocol.Decode[protocol.CommContent](m)
	if err != nil {
		return err
	}
	said := Message{content.Data, m.Metadata, m.Buffers}
	switch m.Header.Type {
	case protocol.CommOpen:
		return r.opened(content, said)
	case protocol.CommMsg:
		if c := r.comm(content.ID); c != nil && c.OnMessage != nil {
			c.OnMessage(said)
		}
	case protocol.CommClose:
		if c := r.remove(content.ID); c != nil && c.OnClose != nil {
			c.OnClose(said)
		}
	}
	return nil
}

func (r *Registry) opened(content protocol.CommContent, m Message) error {
	c := &Comm{ID: content.ID, Target: content.Target, registry: r}
	r.mu.Lock()
	open := r.targets[c.Target]
	if open != nil {
		r.comms[c.ID] = c
	}
	r.mu.Unlock()
	if open == nil {
		return r.post(protocol.CommClose, protocol.CommContent{ID: c.ID}, Message{})
	}
	open(c, m)
	return nil
}

func (r *Registry) comm(id string) *Comm {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.comms[id]
}

func (r *Registry) remove(id string) *Comm {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.comms[id]
	delete(r.comms, id)
	return c
}

// Info lists the open comms, those of one target unless it is "".
func (r *Registry) Info(target string) map[string]protocol.CommInfo {
	r.mu.Lock()
	defer r.mu.Unlock()
	info := map[string]protocol.CommInfo{}
	for id, c := range r.comms {
		if target == "" || target == c.Target {
			info[id] = protocol.CommInfo{Target: c.Target}
		}
	}
	return info
}
