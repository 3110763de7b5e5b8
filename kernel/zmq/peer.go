package zmq

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"slices"
	"sync"
	"time"
)

// limits are what one peer may cost.
type limits struct {
	handshake time.Duration // from connecting to READY
	message   int64         // bytes of a message it sends
	backlog   int64         // bytes that wait for it to read
	stall     time.Duration // without reading a byte while bytes wait
	linger    time.Duration // to read what waits when the kernel ends
}

var defaults = limits{
	handshake: 5 * time.Second,
	message:   128 << 20,
	backlog:   16 << 20,
	stall:     10 * time.Second,
	linger:    time.Second,
}

// A peer is one connected client of one socket, its handshake done. What is
// written to it is queued, so that one who does not read stops nobody else.
type peer struct {
	conn       net.Conn
	in         *bufio.Reader
	limits     limits
	socketType string
	identity   string

	mu      sync.Mutex
	changed sync.Cond // out, backlog, closing or closed
	out     [][]byte
	backlog int64
	closing bool // close when out is empty
	closed  bool
}

// newPeer does the handshake with a client whose socket is one of the types.
func newPeer(conn net.Conn, l limits, types ...string) (*peer, error) {
	conn.SetDeadline(time.Now().Add(l.handshake))
	if _, err := conn.Write(greeting); err != nil {
		return nil, err
	}
	p := &peer{conn: conn, in: bufio.NewReaderSize(conn, 16<<10), limits: l}
	p.changed.L = &p.mu
	hello := make([]byte, greetingSize)
	if _, err := io.ReadFull(p.in, hello); err != nil {
		return nil, err
	}
	if err := checkGreeting(hello); err != nil {
		return nil, err
	}
	if err := p.readReady(types); err != nil {
		return nil, err
	}
	conn.SetDeadline(time.Time{})
	go p.write()
	return p, nil
}

func (p *peer) readReady(types []string) error {
	flags, command, err := readFrame(p.in, maxCommand)
	if err != nil || flags&flagCommand == 0 {
		return errZMTP
	}
	properties, err := parseReady(command)
	if err != nil {
		return err
	}
	p.socketType, p.identity = properties["socket-type"], properties["identity"]
	if !slices.Contains(types, p.socketType) {
		return errZMTP
	}
	return nil
}

// read returns the frames of the next message. It answers heartbeats (PING)
// and passes over every other command. After an error the peer is closed.
func (p *peer) read() (frames [][]byte, err error) {
	left := p.limits.message
	for {
		flags, body, err := readFrame(p.in, left)
		if err != nil {
			p.kill()
			return nil, io.EOF
		}
		if flags&flagCommand != 0 {
			p.command(body)
			continue
		}
		if left -= int64(len(body)) + 16; left < 0 {
			p.kill()
			return nil, io.EOF
		}
		frames = append(frames, body)
		if flags&flagMore == 0 {
			return frames, nil
		}
	}
}

// command answers PING (its body is a time-to-live of 2 bytes and a context).
func (p *peer) command(body []byte) {
	if context, ok := bytes.CutPrefix(body, []byte("\x04PING")); ok && len(context) >= 2 {
		p.send(appendFrame(nil, flagCommand, append([]byte("\x04PONG"), context[2:]...)), false)
	}
}

// send queues bytes. When more wait than the backlog allows, it waits for the
// peer to read, or without wait cuts the peer off. It does not change b.
func (p *peer) send(b []byte, wait bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for wait && p.full(b) && !p.closed {
		p.changed.Wait()
	}
	if p.closed || p.closing {
		return net.ErrClosed
	}
	if p.full(b) {
		p.killLocked()
		return net.ErrClosed
	}
	p.out = append(p.out, b)
	p.backlog += int64(len(b))
	p.changed.Broadcast()
	return nil
}

func (p *peer) full(b []byte) bool {
	return p.backlog > 0 && p.backlog+int64(len(b)) > p.limits.backlog
}

// write sends what is queued until the peer is closed. A peer that reads
// nothing for the time of a stall is cut off.
func (p *peer) write() {
	defer p.kill()
	for {
		out, ok := p.next()
		if !ok {
			return
		}
		p.conn.SetWriteDeadline(time.Now().Add(p.limits.stall))
		n, err := out.WriteTo(p.conn)
		if err != nil {
			return
		}
		p.mu.Lock()
		p.backlog -= n
		p.changed.Broadcast()
		p.mu.Unlock()
	}
}

// next waits for bytes to write and takes about 256 KB of them.
func (p *peer) next() (net.Buffers, bool) {
	const chunk = 256 << 10
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.out) == 0 && !p.closing && !p.closed {
		p.changed.Wait()
	}
	if len(p.out) == 0 || p.closed {
		return nil, false
	}
	var take net.Buffers
	for size := 0; len(p.out) > 0 && size < chunk; {
		b := p.out[0]
		if len(b) > chunk {
			b, p.out[0] = b[:chunk], b[chunk:]
		} else {
			p.out = p.out[1:]
		}
		take, size = append(take, b), size+len(b)
	}
	return take, true
}

// close lets the peer read what waits for it, for the time of linger.
func (p *peer) close() {
	p.mu.Lock()
	p.closing = true
	p.changed.Broadcast()
	p.mu.Unlock()
	time.AfterFunc(p.limits.linger, p.kill)
}

// flushed waits until nothing waits for the peer or it is closed.
func (p *peer) flushed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.backlog > 0 && !p.closed {
		p.changed.Wait()
	}
}

func (p *peer) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killLocked()
}

func (p *peer) killLocked() {
	if !p.closed {
		p.closed = true
		p.out = nil
		p.changed.Broadcast()
		p.conn.Close()
	}
}
