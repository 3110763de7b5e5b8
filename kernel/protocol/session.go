package protocol

import (
	"bytes"
	"encoding/json"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// A Session makes the messages of one process. Clients tell a restarted kernel
// from the old one by its session, so every process needs its own.
type Session struct {
	ID   string
	sent atomic.Int64
}

// NewSession returns a session with a new random id.
func NewSession() *Session {
	return &Session{ID: uuid.NewString()}
}

// Message makes a message of a type with a content, in answer to parent. It
// fails where the content cannot be written as JSON.
func (s *Session) Message(c Channel, msgType string, parent Header, content any) (Message, error) {
	body, err := Marshal(content)
	if err != nil {
		return Message{}, err
	}
	return Message{Channel: c, Header: s.header(msgType), Parent: parent, Content: body}, nil
}

func (s *Session) header(msgType string) Header {
	return Header{Fields: Fields{
		ID:       s.ID + "_" + strconv.FormatInt(s.sent.Add(1), 10),
		Type:     msgType,
		Session:  s.ID,
		Username: "kernel",
		Date:     Date(time.Now()),
		Version:  Version,
	}}
}

// Date writes a time as headers have it: ISO 8601, UTC, microseconds.
func Date(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// Marshal writes a value as JSON without escaping <, > and &, which HTML
// outputs are full of.
func Marshal(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
