package zmq

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	"github.com/go-zeromq/zmq4"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/kerneltest"
	"github.com/convnotes/convnotes/kernel/protocol"
)

func TestConformance(t *testing.T) {
	kerneltest.Transport(t, func(t *testing.T) (kernel.Transport, func() kerneltest.Conn) {
		c := Connection{Transport: "tcp", IP: "127.0.0.1", Key: "secret"}
		tr, err := Listen(c, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { tr.Close() })
		return tr, func() kerneltest.Conn { return dial(t, tr) }
	})
}

// A client is a front end: three DEALERs and a SUB.
type client struct {
	sign    signer
	sockets [4]zmq4.Socket
	inbox   chan protocol.Message
}

func dial(t *testing.T, tr *Transport) *client {
	ctx, cancel := context.WithCancel(context.Background())
	c := &client{sign: tr.sign, inbox: make(chan protocol.Message, 1000)}
	id := zmq4.WithID(zmq4.SocketIdentity(protocol.NewSession().ID))
	for ch := range c.sockets {
		if s := protocol.Channel(ch); s == protocol.IOPub {
			c.sockets[ch] = zmq4.NewSub(ctx, quiet)
		} else {
			c.sockets[ch] = zmq4.NewDealer(ctx, id, quiet)
		}
		if err := c.sockets[ch].Dial(fmt.Sprintf("tcp://127.0.0.1:%d", tr.Ports()[ch])); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.sockets[protocol.IOPub].SetOption(zmq4.OptionSubscribe, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		for _, s := range c.sockets {
			s.Close()
		}
	})
	for ch, s := range c.sockets {
		go c.read(protocol.Channel(ch), s)
	}
	return c
}

func (c *client) read(ch protocol.Channel, s zmq4.Socket) {
	for {
		raw, err := s.Recv()
		if err != nil {
			return
		}
		m, err := decode(raw.Frames, c.sign)
		if err != nil {
			return
		}
		m.Channel = ch
		c.inbox <- m
	}
}

func (c *client) Send(m protocol.Message) error {
	return c.sockets[m.Channel].SendMulti(zmq4.NewMsgFrom(encode(m, c.sign)...))
}

func (c *client) Receive(ctx context.Context) (protocol.Message, error) {
	select {
	case m := <-c.inbox:
		return m, nil
	case <-ctx.Done():
		return protocol.Message{}, ctx.Err()
	}
}
