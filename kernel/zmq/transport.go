// Package zmq is the kernel's Transport over ZeroMQ: five sockets, messages
// signed with the key of the connection file.
//
// Whoever can reach the sockets may send anything, before any key is checked.
// Nothing that arrives ends the process, keeps another client waiting or makes
// memory grow without limit.
package zmq

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/convnotes/convnotes/kernel/protocol"
)

// A Transport is a kernel's side of a connection file. It implements
// kernel.Transport.
type Transport struct {
	sign     signer
	seen     seen
	log      *slog.Logger
	received chan protocol.Message

	ctx    context.Context // the life of the sockets
	cancel context.CancelFunc
	ending chan struct{} // Close was called
	once   sync.Once

	routers   [3]*router // shell, control, stdin
	iopub     *iopub
	heartbeat *bridge
	writers   sync.WaitGroup
}

// Listen opens the sockets of a connection. Problems with single messages go to
// the log and are otherwise passed over.
func Listen(c Connection, log *slog.Logger) (*Transport, error) {
	return listenAll(c, log, defaults)
}

func listenAll(c Connection, log *slog.Logger, l limits) (*Transport, error) {
	s, err := newSigner(c.SignatureScheme, c.Key)
	if err != nil {
		return nil, err
	}
	t := &Transport{sign: s, log: log, received: make(chan protocol.Message), ending: make(chan struct{})}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	if err := t.open(c, l); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

func (t *Transport) open(c Connection, l limits) (err error) {
	for ch, port := range []int{protocol.Shell: c.Shell, protocol.Control: c.Control, protocol.Stdin: c.Stdin} {
		if t.routers[ch], err = t.openRouter(protocol.Channel(ch), c, port, l); err != nil {
			return err
		}
	}
	network, address := c.endpoint(c.IOPub)
	if t.iopub, err = openIOPub(network, address, l, t.welcome); err != nil {
		return fmt.Errorf("iopub socket: %w", err)
	}
	return t.openHeartbeat(c, l)
}

// Ports returns where the sockets listen, for a Connection with ports 0.
func (t *Transport) Ports() [5]int {
	port := func(l *listener) int {
		if a, ok := l.Addr().(*net.TCPAddr); ok {
			return a.Port
		}
		return 0
	}
	return [...]int{port(t.routers[0].listener), port(t.routers[1].listener), port(t.routers[2].listener),
		port(t.iopub.listener), port(t.heartbeat.listener)}
}

// Receive returns the next message from shell, control or stdin, or a
// Subscribe message when a client begins to listen on iopub. It fails when ctx
// ends or the transport is closed, never because of what arrived.
func (t *Transport) Receive(ctx context.Context) (protocol.Message, error) {
	select {
	case m := <-t.received:
		return m, nil
	case <-ctx.Done():
		return protocol.Message{}, ctx.Err()
	case <-t.ending:
		return protocol.Message{}, net.ErrClosed
	}
}

// Send sends a message on its channel. On iopub it waits while a client that
// listens is far behind; everywhere else it only queues.
func (t *Transport) Send(m protocol.Message) error {
	frames := encode(m, t.sign)
	select {
	case <-t.ending:
		return net.ErrClosed
	default:
	}
	if m.Channel == protocol.IOPub {
		t.iopub.send(frames)
		return nil
	}
	return t.routers[m.Channel].send(frames)
}

// Close waits, about a second at most, until clients have what was sent to
// them, and closes the sockets.
func (t *Transport) Close() error {
	t.once.Do(func() {
		close(t.ending)
		t.writers.Wait()
		var drains sync.WaitGroup
		for _, l := range t.listeners() {
			drains.Go(l.drain)
		}
		drains.Wait()
		t.cancel()
		for _, r := range t.routers {
			if r != nil {
				r.socket.Close()
				r.Close()
			}
		}
		if t.heartbeat != nil {
			t.heartbeat.Close()
		}
	})
	return nil
}

func (t *Transport) listeners() (ls []*listener) {
	for _, r := range t.routers {
		if r != nil {
			ls = append(ls, r.listener)
		}
	}
	if t.iopub != nil && t.iopub.listener != nil {
		ls = append(ls, t.iopub.listener)
	}
	return ls
}

// welcome tells the kernel that a client listens.
func (t *Transport) welcome(topic string) {
	content, err := protocol.Marshal(protocol.Welcome{Subscription: topic})
	if err != nil {
		return
	}
	t.deliver(protocol.Message{Channel: protocol.IOPub, Content: content,
		Header: protocol.Header{Fields: protocol.Fields{Type: protocol.Subscribe}}})
}

func (t *Transport) deliver(m protocol.Message) {
	select {
	case t.received <- m:
	case <-t.ending:
	}
}

// A router is a ROUTER socket with the one goroutine that writes to it.
type router struct {
	*bridge
	channel protocol.Channel
	socket  zmq4.Socket
	out     chan [][]byte
	ending  chan struct{}
}

func (t *Transport) openRouter(ch protocol.Channel, c Connection, port int, l limits) (*router, error) {
	s := zmq4.NewRouter(t.ctx, zmq4.WithTimeout(5*time.Second), quiet)
	network, address := c.endpoint(port)
	b, err := openBridge(s, network, address, l, "DEALER", "REQ", "ROUTER")
	if err != nil {
		return nil, fmt.Errorf("%s socket: %w", ch, err)
	}
	r := &router{b, ch, s, make(chan [][]byte, 64), t.ending}
	t.writers.Go(r.write)
	go t.read(r)
	return r, nil
}

func (r *router) send(frames [][]byte) error {
	select {
	case r.out <- frames:
		return nil
	case <-r.ending:
		return net.ErrClosed
	}
}

// write sends until the transport ends, and then what was queued before.
func (r *router) write() {
	for {
		select {
		case frames := <-r.out:
			r.socket.SendMulti(zmq4.NewMsgFrom(frames...)) // a client that is gone is no error
		case <-r.ending:
			for {
				select {
				case frames := <-r.out:
					r.socket.SendMulti(zmq4.NewMsgFrom(frames...))
				default:
					return
				}
			}
		}
	}
}

// read delivers what arrives on a router; what is no message of a client with
// our key is logged and dropped.
func (t *Transport) read(r *router) {
	for t.ctx.Err() == nil {
		raw, err := r.socket.Recv()
		if err != nil {
			continue
		}
		m, err := t.decode(raw.Frames)
		if err != nil {
			t.log.Warn("message dropped", "channel", r.channel, "reason", err)
			continue
		}
		m.Channel = r.channel
		t.deliver(m)
	}
}

var errReplay = errors.New("message was received before")

func (t *Transport) decode(frames [][]byte) (protocol.Message, error) {
	m, err := decode(frames, t.sign)
	if err != nil {
		return m, err
	}
	if sig := frames[len(m.Identities)+1]; len(t.sign.key) > 0 && !t.seen.add(sig) {
		return m, errReplay
	}
	return m, nil
}

// openHeartbeat answers every message with itself.
func (t *Transport) openHeartbeat(c Connection, l limits) (err error) {
	s := zmq4.NewRep(t.ctx, zmq4.WithTimeout(5*time.Second), quiet)
	network, address := c.endpoint(c.Heartbeat)
	if t.heartbeat, err = openBridge(s, network, address, l, "REQ", "DEALER"); err != nil {
		return fmt.Errorf("heartbeat socket: %w", err)
	}
	go func() {
		for t.ctx.Err() == nil {
			if m, err := s.Recv(); err == nil {
				s.SendMulti(m)
			}
		}
	}()
	return nil
}
