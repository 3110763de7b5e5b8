package zmq

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/transport"
)

// go-zeromq/zmq4 does the work of ROUTER and REP sockets, but trusts its
// clients: in v0.17.0 one that says nothing keeps all others out, a frame
// header with a large length or a READY command cut short panics, one that does
// not read blocks every Send, and PING is taken for a message. So it never
// meets a client. A listener and its peers speak with clients, and zmq4 is
// given connections that replay a clean stream: greeting, READY, messages.

// scheme is the name under which zmq4 finds our listeners.
const scheme = "guarded"

// bridges are the listeners that zmq4 has not picked up yet, by address.
var bridges struct {
	once sync.Once
	last atomic.Int64
	m    sync.Map
}

type registry struct{ transport.Transport }

func (registry) Addr(endpoint string) (string, error) { return endpoint, nil }

func (registry) Listen(_ context.Context, addr string) (net.Listener, error) {
	b, ok := bridges.m.LoadAndDelete(addr)
	if !ok {
		return nil, fmt.Errorf("no listener %s", addr)
	}
	return b.(*bridge), nil
}

// A bridge hands the peers of a listener to a zmq4 socket.
type bridge struct {
	*listener
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

// openBridge listens at an address and connects what joins to a zmq4 socket.
func openBridge(s zmq4.Socket, network, address string, l limits, types ...string) (*bridge, error) {
	bridges.once.Do(func() { zmq4.RegisterTransport(scheme, registry{transport.New("tcp")}) })
	b := &bridge{conns: make(chan net.Conn), done: make(chan struct{})}
	var err error
	if b.listener, err = listen(network, address, l, b.join, types...); err != nil {
		return nil, err
	}
	name := strconv.FormatInt(bridges.last.Add(1), 10)
	bridges.m.Store(name, b)
	return b, s.Listen(scheme + "://" + name)
}

func (b *bridge) join(p *peer) {
	c := &bridgeConn{Conn: p.conn, peer: p, bridge: b}
	c.in = append(c.in, greeting...)
	c.in = appendFrame(c.in, flagCommand, readyCommand(p.socketType, p.identity))
	select {
	case b.conns <- c:
	case <-b.done:
		c.Close()
	}
}

// Accept gives zmq4 the next client. After Close it waits a little before it
// fails, because zmq4's accept loop asks again until its context has ended.
func (b *bridge) Accept() (net.Conn, error) {
	select {
	case c := <-b.conns:
		return c, nil
	case <-b.done:
		time.Sleep(time.Millisecond)
		return nil, net.ErrClosed
	}
}

func (b *bridge) Close() error {
	b.once.Do(func() { close(b.done) })
	return b.listener.Close()
}

// A bridgeConn is a peer as zmq4 sees it.
type bridgeConn struct {
	net.Conn
	peer   *peer
	bridge *bridge
	in     []byte // for zmq4 to read
	greets int    // bytes of zmq4's greeting that were dropped
}

// Read gives zmq4 the handshake again, then one message at a time.
func (c *bridgeConn) Read(p []byte) (int, error) {
	if len(c.in) == 0 {
		frames, err := c.peer.read()
		if err != nil {
			c.bridge.remove(c.peer)
			return 0, io.EOF
		}
		c.in = appendMessage(c.in[:0], frames)
	}
	n := copy(p, c.in)
	c.in = c.in[n:]
	return n, nil
}

// Write queues what zmq4 sends but for its greeting, which the peer has had.
func (c *bridgeConn) Write(p []byte) (int, error) {
	n := len(p)
	drop := min(n, greetingSize-c.greets)
	c.greets += drop
	if drop == n {
		return n, nil
	}
	if err := c.peer.send(append([]byte(nil), p[drop:]...), false); err != nil {
		return 0, io.EOF
	}
	return n, nil
}

func (c *bridgeConn) Close() error {
	c.bridge.remove(c.peer)
	c.peer.close()
	return nil
}

// quiet keeps zmq4 from writing to standard error.
var quiet = zmq4.WithLogger(log.New(io.Discard, "", 0))
