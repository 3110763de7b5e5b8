package kerneltest

import (
	"context"
	"encoding/json"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/protocol"
)

// Patience is how long a test waits for what must come. It is never waited for
// in a test that passes.
const Patience = 30 * time.Second

// A Memory is a Transport without sockets, with its clients in the same process.
type Memory struct {
	received chan protocol.Message
	done     chan struct{}
	once     sync.Once

	mu      sync.Mutex
	clients []*Client
}

// NewMemory returns a transport without clients.
func NewMemory() *Memory {
	return &Memory{received: make(chan protocol.Message, 1024), done: make(chan struct{})}
}

// Receive implements kernel.Transport.
func (m *Memory) Receive(ctx context.Context) (protocol.Message, error) {
	select {
	case msg := <-m.received:
		return msg, nil
	case <-ctx.Done():
		return protocol.Message{}, ctx.Err()
	case <-m.done:
		return protocol.Message{}, net.ErrClosed
	}
}

// Send implements kernel.Transport: iopub goes to every client, all else to the
// one whose identity it bears.
func (m *Memory) Send(msg protocol.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.clients {
		if msg.Channel == protocol.IOPub || len(msg.Identities) > 0 && string(msg.Identities[0]) == c.session.ID {
			c.put(msg)
		}
	}
	return nil
}

// Close ends Receive.
func (m *Memory) Close() error {
	m.once.Do(func() { close(m.done) })
	return nil
}

// A Client speaks with a kernel as a front end does.
type Client struct {
	transport *Memory
	session   *protocol.Session

	mu      sync.Mutex
	inbox   []protocol.Message
	arrived chan struct{}
}

// Client returns a new client.
func (m *Memory) Client() *Client {
	c := &Client{transport: m, session: protocol.NewSession(), arrived: make(chan struct{}, 1)}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clients = append(m.clients, c)
	return c
}

func (c *Client) put(m protocol.Message) {
	c.mu.Lock()
	c.inbox = append(c.inbox, m)
	c.mu.Unlock()
	select {
	case c.arrived <- struct{}{}:
	default:
	}
}

// Send sends a message whose content is content, a value or JSON text, and
// returns it.
func (c *Client) Send(ch protocol.Channel, msgType string, content any) protocol.Message {
	if text, ok := content.(string); ok {
		content = json.RawMessage(text)
	}
	m, err := c.session.Message(ch, msgType, protocol.Header{}, content)
	if err != nil {
		panic(err)
	}
	m.Identities = [][]byte{[]byte(c.session.ID)}
	c.SendMessage(m)
	return m
}

// SendMessage sends a message as it is.
func (c *Client) SendMessage(m protocol.Message) {
	select {
	case c.transport.received <- m:
	case <-c.transport.done:
	}
}

// Execute sends a cell.
func (c *Client) Execute(code string) protocol.Message {
	return c.Send(protocol.Shell, "execute_request", map[string]any{"code": code})
}

// Next returns the next message for which want holds, and drops those before.
func (c *Client) Next(t testing.TB, want func(protocol.Message) bool) protocol.Message {
	t.Helper()
	for late := time.After(Patience); ; {
		c.mu.Lock()
		for len(c.inbox) > 0 {
			m := c.inbox[0]
			c.inbox = c.inbox[1:]
			if want(m) {
				c.mu.Unlock()
				return m
			}
		}
		c.mu.Unlock()
		select {
		case <-c.arrived:
		case <-late:
			t.Fatal("the message that the test waits for did not come")
		}
	}
}

// Until returns the messages up to the one for which last holds, with it.
func (c *Client) Until(t testing.TB, last func(protocol.Message) bool) (all []protocol.Message) {
	t.Helper()
	c.Next(t, func(m protocol.Message) bool {
		all = append(all, m)
		return last(m)
	})
	return all
}

// Type matches messages of a type.
func Type(msgType string) func(protocol.Message) bool {
	return func(m protocol.Message) bool { return m.Header.Type == msgType }
}

// Idle matches the end of all that a request causes.
func Idle(request protocol.Message) func(protocol.Message) bool {
	return func(m protocol.Message) bool {
		return State(m) == "idle" && m.Parent.ID == request.Header.ID
	}
}

// State returns busy, idle or starting for a status message.
func State(m protocol.Message) string {
	if m.Header.Type != protocol.Status {
		return ""
	}
	s, _ := protocol.Decode[protocol.StatusContent](m)
	return s.State
}

// Start runs a kernel in memory until the test ends, and returns a client.
func Start(t testing.TB, e kernel.Evaluator, o kernel.Options) (*kernel.Kernel, *Client) {
	t.Helper()
	m := NewMemory()
	c := m.Client()
	k := kernel.New(e, m, o)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- k.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("the kernel ended with %v", err)
			}
		case <-time.After(Patience):
			t.Error("the kernel did not end")
		}
	})
	c.Next(t, func(m protocol.Message) bool { return State(m) == "starting" })
	return k, c
}
