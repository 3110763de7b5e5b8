// Package protocol holds the messages of a Jupyter kernel as Go values and
// JSON. It reads and writes no sockets and no files.
//
// Source: "Messaging in Jupyter", version 5.5,
// https://jupyter-client.readthedocs.io/en/stable/messaging.html.
package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Version is the version of the message specification spoken here.
const Version = "5.5"

// A Channel is one of the streams of messages between kernel and client.
type Channel int

const (
	Shell   Channel = iota // requests that wait for one another
	Control                // requests that are answered while a cell runs
	Stdin                  // the kernel asks, the client answers
	IOPub                  // what the kernel tells everyone
)

func (c Channel) String() string {
	return [...]string{"shell", "control", "stdin", "iopub"}[c]
}

// A Message is one message with where it came from or goes to. Its parts stay
// the JSON that was received, so that fields unknown here survive.
type Message struct {
	Channel    Channel
	Identities [][]byte // the peer's address; on iopub the topic
	Header     Header
	Parent     Header
	Metadata   json.RawMessage // nil is written as {}
	Content    json.RawMessage // nil is written as {}
	Buffers    [][]byte
}

// A Header says what a message is. The zero Header is written as {}.
type Header struct {
	Fields
	raw json.RawMessage // as received
}

// Fields are the parts of a header that the specification names.
type Fields struct {
	ID       string `json:"msg_id"`
	Type     string `json:"msg_type"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"`
	Version  string `json:"version"`
}

// JSON returns the header as it was received, byte for byte, or its fields.
func (h Header) JSON() json.RawMessage {
	if h.raw != nil {
		return h.raw
	}
	if h.Fields == (Fields{}) {
		return json.RawMessage("{}")
	}
	b, _ := json.Marshal(h.Fields) // six strings: cannot fail
	return b
}

// ParseHeader reads a header and keeps its bytes. A field of the wrong type is
// an error, an unknown or a missing one is not.
func ParseHeader(b []byte) (Header, error) {
	h := Header{raw: bytes.Clone(b)}
	if !isObject(b) {
		return Header{}, fmt.Errorf("header is not a JSON object: %.40q", b)
	}
	if err := json.Unmarshal(b, &h.Fields); err != nil {
		return Header{}, fmt.Errorf("header: %w", err)
	}
	return h, nil
}

// Parse puts a message together from its four JSON parts and checks that each
// is an object.
func Parse(header, parent, metadata, content []byte) (Message, error) {
	h, err := ParseHeader(header)
	if err != nil {
		return Message{}, err
	}
	if h.Type == "" {
		return Message{}, fmt.Errorf("header has no msg_type: %.80q", header)
	}
	p, err := ParseHeader(parent)
	if err != nil {
		return Message{}, fmt.Errorf("parent %w", err)
	}
	for name, part := range map[string][]byte{"metadata": metadata, "content": content} {
		if !isObject(part) || !json.Valid(part) {
			return Message{}, fmt.Errorf("%s is not a JSON object: %.40q", name, part)
		}
	}
	return Message{Header: h, Parent: p, Metadata: metadata, Content: content}, nil
}

func isObject(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) > 0 && b[0] == '{'
}

// Decode reads a message's content as a T. Fields that T does not name stay in
// m.Content.
func Decode[T any](m Message) (T, error) {
	var content T
	err := json.Unmarshal(orEmpty(m.Content), &content)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		err = fmt.Errorf("%s: %s is a JSON %s, want %s", m.Header.Type, wrong.Field, wrong.Value, wrong.Type)
	case err != nil:
		err = fmt.Errorf("%s: %w", m.Header.Type, err)
	}
	return content, err
}

// Parts returns header, parent, metadata and content as they are signed and sent.
func (m Message) Parts() [4]json.RawMessage {
	return [4]json.RawMessage{m.Header.JSON(), m.Parent.JSON(), orEmpty(m.Metadata), orEmpty(m.Content)}
}

func orEmpty(b json.RawMessage) json.RawMessage {
	if len(b) == 0 {
		return json.RawMessage("{}")
	}
	return b
}
