package zmq

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/go-zeromq/zmq4"
)

// registration is what a kernel that was given a registration file tells about
// itself. Ports are text, as in the examples of JEP 66.
//
// https://github.com/jupyter/enhancement-proposals/blob/master/66-jupyter-handshaking/jupyter-handshaking.md
type registration struct {
	KernelID  string `json:"kernel_id"`
	Shell     string `json:"shell_port"`
	Control   string `json:"control_port"`
	Stdin     string `json:"stdin_port"`
	IOPub     string `json:"iopub_port"`
	Heartbeat string `json:"hb_port"`
}

// register tells the launcher which ports the system gave us, and waits for
// its acknowledgement.
func register(ctx context.Context, c Connection, t *Transport) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	s := zmq4.NewDealer(ctx, quiet, zmq4.WithDialerMaxRetries(3))
	defer s.Close()
	address := "tcp://" + net.JoinHostPort(c.RegistrationIP, strconv.Itoa(c.RegistrationPort))
	if err := s.Dial(address); err != nil {
		return fmt.Errorf("registration: %w", err)
	}
	if err := s.SendMulti(zmq4.NewMsgFrom(registrationFrames(c, t)...)); err != nil {
		return fmt.Errorf("registration: %w", err)
	}
	ack, err := s.Recv()
	if err == nil {
		err = checkAck(ack.Frames, t.sign)
	}
	if err != nil {
		return fmt.Errorf("registration at %s was not acknowledged: %w", address, err)
	}
	return nil
}

func registrationFrames(c Connection, t *Transport) [][]byte {
	var text [5]string
	for i, port := range t.Ports() {
		text[i] = strconv.Itoa(port)
	}
	body, _ := json.Marshal(registration{c.KernelID, text[0], text[1], text[2], text[3], text[4]}) // strings: cannot fail
	return [][]byte{delimiter, t.sign.sign([][]byte{body}), body}
}

// checkAck accepts frames of <IDS|MSG>, signature, content.
func checkAck(frames [][]byte, s signer) error {
	at := indexDelimiter(frames)
	if at < 0 || len(frames) != at+3 {
		return fmt.Errorf("%d frames, want %s, a signature and a content", len(frames), delimiter)
	}
	if len(s.key) > 0 && !hmac.Equal(frames[at+1], s.sign(frames[at+2:])) {
		return errSignature
	}
	return nil
}
