package kerneltest

import (
	"context"
	"testing"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/protocol"
)

func TestEchoIsAnEvaluator(t *testing.T) {
	Evaluator(t, func() kernel.Evaluator { return NewEcho() }, Samples{
		Print: "print hello", Warn: "warn hello", Value: "value 42", Define: "print x", Use: "value 42",
		Fail: "print hello\nfail here", Wrong: "?", Endless: "sleep 1h", Late: "late 10ms hello", Ask: "ask name?",
		Incomplete: "value …", Complete: "askp", Completed: "askpass", Inspect: "print",
	})
}

func TestMemoryIsATransport(t *testing.T) {
	Transport(t, func(t *testing.T) (kernel.Transport, func() Conn) {
		m := NewMemory()
		t.Cleanup(func() { m.Close() })
		return m, func() Conn {
			c := m.Client()
			go c.Send(protocol.IOPub, protocol.Subscribe, protocol.Welcome{})
			return memoryConn{c}
		}
	})
}

// A memoryConn is a Client as a Conn.
type memoryConn struct{ *Client }

func (c memoryConn) Send(m protocol.Message) error {
	m.Identities = [][]byte{[]byte(c.session.ID)}
	c.SendMessage(m)
	return nil
}

func (c memoryConn) Receive(ctx context.Context) (protocol.Message, error) {
	for {
		c.mu.Lock()
		if len(c.inbox) > 0 {
			m := c.inbox[0]
			c.inbox = c.inbox[1:]
			c.mu.Unlock()
			return m, nil
		}
		c.mu.Unlock()
		select {
		case <-c.arrived:
		case <-ctx.Done():
			return protocol.Message{}, ctx.Err()
		}
	}
}
