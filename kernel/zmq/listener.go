package zmq

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// A listener accepts clients of one socket. Each does its handshake in a
// goroutine and under a deadline of its own, so that a client that says nothing
// keeps nobody waiting.
type listener struct {
	net.Listener
	types  []string // socket types of clients
	limits limits
	join   func(*peer) // called in the peer's goroutine

	mu    sync.Mutex
	peers map[*peer]bool
	named map[string]*peer // by identity
	ended bool
}

// listen begins to accept clients; join gets each one after its handshake.
func listen(network, address string, l limits, join func(*peer), types ...string) (*listener, error) {
	if network == "unix" {
		removeStale(address)
	}
	nl, err := net.Listen(network, address)
	if err != nil {
		return nil, err
	}
	if network == "unix" {
		if err := os.Chmod(address, 0o600); err != nil {
			return nil, errors.Join(err, nl.Close())
		}
	}
	ln := &listener{Listener: nl, types: types, limits: l, join: join,
		peers: map[*peer]bool{}, named: map[string]*peer{}}
	go ln.accept()
	return ln, nil
}

// removeStale removes the socket file of a kernel that was killed.
func removeStale(path string) {
	if c, err := net.Dial("unix", path); err == nil {
		c.Close() // somebody listens: let net.Listen say so
		return
	}
	os.Remove(path)
}

func (l *listener) accept() {
	for {
		c, err := l.Listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many open files: a loop would burn a core
			time.Sleep(50 * time.Millisecond)
			continue
		}
		go l.handshake(c)
	}
}

func (l *listener) handshake(c net.Conn) {
	p, err := newPeer(c, l.limits, l.types...)
	if err != nil || !l.add(p) {
		c.Close()
		return
	}
	l.join(p)
}

// add takes the peer in. One that brings the identity of an older one replaces
// it (ROUTER_HANDOVER): a client that comes back must not share its replies
// with its dead connection.
func (l *listener) add(p *peer) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		p.kill()
		return false
	}
	if p.identity != "" {
		if old := l.named[p.identity]; old != nil {
			old.kill()
		}
		l.named[p.identity] = p
	}
	l.peers[p] = true
	return true
}

func (l *listener) remove(p *peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.peers, p)
	if l.named[p.identity] == p {
		delete(l.named, p.identity)
	}
}

func (l *listener) each(f func(*peer)) {
	l.mu.Lock()
	peers := make([]*peer, 0, len(l.peers))
	for p := range l.peers {
		peers = append(peers, p)
	}
	l.mu.Unlock()
	for _, p := range peers {
		f(p)
	}
}

// drain stops accepting and waits until every peer has what was sent to it, at
// most for the time of linger.
func (l *listener) drain() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	l.Listener.Close()
	l.each((*peer).close)
	l.each((*peer).flushed)
}
