package zmq

import (
	"strings"
	"sync"
)

// An iopub socket is an XPUB. zmq4's loses messages when it closes, holds what
// slow clients do not read in one queue without end and hides subscriptions,
// so this one sends straight to the listener's peers.
type iopub struct {
	*listener
	subscribed func(topic string) // a client has begun to listen

	mu     sync.Mutex // one message at a time, in the same order for everyone
	topics map[*peer]map[string]bool
}

func openIOPub(network, address string, l limits, subscribed func(string)) (*iopub, error) {
	s := &iopub{subscribed: subscribed, topics: map[*peer]map[string]bool{}}
	ln, err := listen(network, address, l, s.join, "SUB", "XSUB")
	s.listener = ln
	return s, err
}

// join reads a peer's subscriptions: 1 or 0 for on or off, then the topic.
func (s *iopub) join(p *peer) {
	defer s.leave(p)
	if p.send(appendFrame(nil, flagCommand, readyCommand("XPUB", "")), false) != nil {
		return
	}
	for {
		frames, err := p.read()
		if err != nil {
			return
		}
		if f := frames[0]; len(frames) == 1 && len(f) > 0 && f[0] <= 1 {
			s.subscribe(p, string(f[1:]), f[0] == 1)
		}
	}
}

const maxTopics = 1000 // of one peer

func (s *iopub) subscribe(p *peer, topic string, on bool) {
	s.mu.Lock()
	topics := s.topics[p]
	switch {
	case !on:
		delete(topics, topic)
	case topics == nil:
		s.topics[p] = map[string]bool{topic: true}
	case len(topics) < maxTopics:
		topics[topic] = true
	}
	s.mu.Unlock()
	if on {
		s.subscribed(topic)
	}
}

func (s *iopub) leave(p *peer) {
	s.remove(p)
	s.mu.Lock()
	delete(s.topics, p)
	s.mu.Unlock()
}

// send gives a message to everyone who listens to its topic, the first frame.
// It waits for a client that is far behind as long as that one still reads.
func (s *iopub) send(frames [][]byte) {
	b := appendMessage(nil, frames)
	s.mu.Lock()
	defer s.mu.Unlock()
	for p, topics := range s.topics {
		if matches(topics, string(frames[0])) {
			p.send(b, true) // an error is the peer's end, which join sees
		}
	}
}

func matches(topics map[string]bool, topic string) bool {
	for t := range topics {
		if strings.HasPrefix(topic, t) {
			return true
		}
	}
	return false
}
