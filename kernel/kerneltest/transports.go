package kerneltest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/protocol"
)

// A Conn is a client of a transport under test.
type Conn interface {
	Send(protocol.Message) error
	// Receive returns the next message of any channel.
	Receive(context.Context) (protocol.Message, error)
}

// Transport checks what every kernel.Transport must do. open returns a new
// transport and how to connect clients to it; both end with the test.
func Transport(t *testing.T, open func(t *testing.T) (kernel.Transport, func() Conn)) {
	for name, check := range map[string]func(*testing.T, kernel.Transport, func() Conn){
		"requests arrive as they were sent": requestsArrive,
		"replies reach their client only":   repliesReachTheirClient,
		"iopub reaches everyone in order":   iopubReachesEveryone,
		"a new listener is announced":       listenerIsAnnounced,
		"Receive ends with its context":     receiveEnds,
		"many goroutines send":              manySend,
	} {
		t.Run(name, func(t *testing.T) {
			tr, connect := open(t)
			check(t, tr, connect)
		})
	}
}

func patient(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	t.Cleanup(cancel)
	return ctx
}

// sent is a message that a client sends; n makes it differ from others.
func sent(t *testing.T, ch protocol.Channel, n int) protocol.Message {
	header := fmt.Sprintf(`{"msg_type": "x_request", "msg_id": "%s-%d", "subshell_id":  null}`, protocol.NewSession().ID, n)
	m, err := protocol.Parse([]byte(header), []byte(`{}`), []byte(`{"a": "界"}`), fmt.Appendf(nil, `{"n": %d}`, n))
	if err != nil {
		t.Fatal(err)
	}
	m.Channel = ch
	return m
}

// request returns the next message that is not an announcement.
func request(t *testing.T, tr kernel.Transport) protocol.Message {
	t.Helper()
	for {
		m, err := tr.Receive(patient(t))
		if err != nil {
			t.Fatal(err)
		}
		if m.Header.Type != protocol.Subscribe {
			return m
		}
	}
}

// join connects a client and waits until it hears iopub.
func join(t *testing.T, tr kernel.Transport, connect func() Conn) Conn {
	t.Helper()
	c := connect()
	for {
		m, err := tr.Receive(patient(t))
		if err != nil {
			t.Fatal(err)
		}
		if m.Header.Type == protocol.Subscribe {
			return c
		}
	}
}

func hear(t *testing.T, c Conn) protocol.Message {
	t.Helper()
	m, err := c.Receive(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func requestsArrive(t *testing.T, tr kernel.Transport, connect func() Conn) {
	c := join(t, tr, connect)
	for _, ch := range []protocol.Channel{protocol.Shell, protocol.Control, protocol.Stdin} {
		want := sent(t, ch, 1)
		want.Buffers = [][]byte{{0, 1, 255}, {}}
		if err := c.Send(want); err != nil {
			t.Fatal(err)
		}
		got := request(t, tr)
		if got.Channel != ch || len(got.Identities) == 0 {
			t.Errorf("a request on %s came on %s from %q", ch, got.Channel, got.Identities)
		}
		for i, part := range want.Parts() {
			if !bytes.Equal(got.Parts()[i], part) {
				t.Errorf("%s became %s", part, got.Parts()[i])
			}
		}
		if len(got.Buffers) != 2 || !bytes.Equal(got.Buffers[0], want.Buffers[0]) {
			t.Errorf("buffers became %v", got.Buffers)
		}
	}
}

func repliesReachTheirClient(t *testing.T, tr kernel.Transport, connect func() Conn) {
	a, b := join(t, tr, connect), join(t, tr, connect)
	for _, ch := range []protocol.Channel{protocol.Shell, protocol.Control, protocol.Stdin} {
		for name, c := range map[string]Conn{"a": a, "b": b} {
			if err := c.Send(sent(t, ch, 1)); err != nil {
				t.Fatal(err)
			}
			reply := sent(t, ch, 2)
			reply.Identities, reply.Content = request(t, tr).Identities, json.RawMessage(`{"to":"`+name+`"}`)
			if err := tr.Send(reply); err != nil {
				t.Fatal(err)
			}
			if got := hear(t, c); got.Channel != ch || string(got.Content) != string(reply.Content) {
				t.Errorf("%s got %s on %s", name, got.Content, got.Channel)
			}
		}
	}
}

func iopubReachesEveryone(t *testing.T, tr kernel.Transport, connect func() Conn) {
	clients := []Conn{join(t, tr, connect), join(t, tr, connect)}
	const messages = 100
	go func() {
		for n := range messages {
			m := sent(t, protocol.IOPub, n)
			m.Identities = [][]byte{[]byte("topic")}
			tr.Send(m)
		}
	}()
	for _, c := range clients {
		for n := range messages {
			want := fmt.Sprintf(`{"n": %d}`, n)
			if m := hear(t, c); m.Channel != protocol.IOPub || string(m.Content) != want {
				t.Fatalf("message %d is %s on %s", n, m.Content, m.Channel)
			}
		}
	}
}

func listenerIsAnnounced(t *testing.T, tr kernel.Transport, connect func() Conn) {
	connect()
	m, err := tr.Receive(patient(t))
	if err != nil || m.Channel != protocol.IOPub || m.Header.Type != protocol.Subscribe {
		t.Errorf("received %s on %s (%v)", m.Header.Type, m.Channel, err)
	}
	if w, err := protocol.Decode[protocol.Welcome](m); err != nil || w.Subscription != "" {
		t.Errorf("subscription is %q (%v)", w.Subscription, err)
	}
}

func receiveEnds(t *testing.T, tr kernel.Transport, _ func() Conn) {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(time.Millisecond, cancel)
	if _, err := tr.Receive(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Receive returns %v", err)
	}
}

func manySend(t *testing.T, tr kernel.Transport, connect func() Conn) {
	c := join(t, tr, connect)
	if err := c.Send(sent(t, protocol.Shell, 0)); err != nil {
		t.Fatal(err)
	}
	address := request(t, tr).Identities
	const each = 50
	var all sync.WaitGroup
	for _, ch := range []protocol.Channel{protocol.Shell, protocol.IOPub, protocol.IOPub} {
		all.Go(func() {
			for n := range each {
				m := sent(t, ch, n)
				m.Identities = address
				if err := tr.Send(m); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 3 * each {
		hear(t, c)
	}
	all.Wait()
}
