package kernel

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/convnotes/convnotes/kernel/protocol"
)

// stdin is where one cell at a time waits for what the person types.
type stdin struct {
	mu      sync.Mutex // held while a cell waits
	replies chan protocol.Message
}

// put passes a reply on. One that nobody waits for is forgotten.
func (s *stdin) put(m protocol.Message) {
	select {
	case s.replies <- m:
	default:
	}
}

// endOfFile is what clients send for control-D.
const endOfFile = "\x04"

var errCellEnded = errors.New("the cell that asks for input has ended")

// Input asks the client that runs the cell for a line and waits for it.
func (o *output) Input(prompt string, secret bool) (string, error) {
	if !o.asks {
		return "", ErrNoInput
	}
	o.mu.Lock()
	o.flush()
	ended := o.ended
	o.mu.Unlock()
	if ended {
		return "", errCellEnded
	}
	return o.k.input(o.k.running.context(), o.r, protocol.InputRequestContent{Prompt: prompt, Password: secret})
}

func (k *Kernel) input(ctx context.Context, r *request, q protocol.InputRequestContent) (string, error) {
	k.stdin.mu.Lock()
	defer k.stdin.mu.Unlock()
	m, err := k.session.Message(protocol.Stdin, protocol.InputRequest, r.Header, q)
	if err != nil {
		return "", err
	}
	m.Identities = r.Identities
	select {
	case <-k.stdin.replies: // to a question that was given up
	default:
	}
	k.send(m)
	for {
		select {
		case reply := <-k.stdin.replies:
			if to := reply.Parent.ID; to != "" && to != m.Header.ID {
				continue
			}
			return line(reply)
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
}

func line(reply protocol.Message) (string, error) {
	c, err := protocol.Decode[protocol.InputReplyContent](reply)
	if err == nil && c.Value == endOfFile {
		err = io.EOF
	}
	return c.Value, err
}
