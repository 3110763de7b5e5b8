package zmq

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"sync"

	"github.com/convnotes/convnotes/kernel/protocol"
)

// delimiter parts the addresses of a message from the message.
var delimiter = []byte("<IDS|MSG>")

// errSignature says that a message was not signed with our key.
var errSignature = errors.New("wrong signature")

// A signer signs messages with the key of the connection file. Without a key
// it signs nothing and trusts everyone, as the specification says.
type signer struct {
	hash func() hash.Hash
	key  []byte
}

var schemes = map[string]func() hash.Hash{
	"hmac-sha1":   sha1.New,
	"hmac-sha256": sha256.New,
	"hmac-sha384": sha512.New384,
	"hmac-sha512": sha512.New,
}

func newSigner(scheme, key string) (signer, error) {
	if scheme == "" {
		scheme = "hmac-sha256"
	}
	h, ok := schemes[scheme]
	if !ok {
		return signer{}, fmt.Errorf("signature scheme %q is unknown; use hmac-sha256", scheme)
	}
	return signer{h, []byte(key)}, nil
}

// sign returns the HMAC of the four parts in hexadecimal, or "" without a key.
func (s signer) sign(parts [][]byte) []byte {
	if len(s.key) == 0 {
		return []byte{}
	}
	mac := hmac.New(s.hash, s.key)
	for _, p := range parts {
		mac.Write(p)
	}
	return []byte(hex.EncodeToString(mac.Sum(nil)))
}

// encode turns a message into frames:
// addresses, <IDS|MSG>, signature, header, parent, metadata, content, buffers.
func encode(m protocol.Message, s signer) [][]byte {
	frames := make([][]byte, 0, len(m.Identities)+6+len(m.Buffers))
	frames = append(frames, m.Identities...)
	frames = append(frames, delimiter, nil)
	for _, p := range m.Parts() {
		frames = append(frames, p)
	}
	at := len(m.Identities) + 1
	frames[at] = s.sign(frames[at+1:])
	return append(frames, m.Buffers...)
}

// decode is encode's inverse. It fails for frames that are no message or that
// are signed with another key.
func decode(frames [][]byte, s signer) (protocol.Message, error) {
	at := indexDelimiter(frames)
	if at < 0 {
		return protocol.Message{}, fmt.Errorf("%d frames without %s", len(frames), delimiter)
	}
	ids, rest := frames[:at], frames[at+1:]
	if len(rest) < 5 {
		return protocol.Message{}, fmt.Errorf("%d frames after %s, want 5 or more", len(rest), delimiter)
	}
	if len(s.key) > 0 && !hmac.Equal(rest[0], s.sign(rest[1:5])) {
		return protocol.Message{}, errSignature
	}
	m, err := protocol.Parse(rest[1], rest[2], rest[3], rest[4])
	m.Identities, m.Buffers = ids, rest[5:]
	return m, err
}

func indexDelimiter(frames [][]byte) int {
	for i, f := range frames {
		if bytes.Equal(f, delimiter) {
			return i
		}
	}
	return -1
}

// seen remembers the signatures of messages, so that nobody who overheard one
// can send it again. Like jupyter_client's Session it keeps 2¹⁶ of them and
// forgets a tenth, picked at random, when it is full.
type seen struct {
	mu   sync.Mutex
	sigs map[string]struct{}
}

const seenMax = 1 << 16

// add reports whether the signature is new.
func (s *seen) add(sig []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, old := s.sigs[string(sig)]; old {
		return false
	}
	if s.sigs == nil {
		s.sigs = map[string]struct{}{}
	}
	if len(s.sigs) >= seenMax {
		s.cull(seenMax / 10)
	}
	s.sigs[string(sig)] = struct{}{}
	return true
}

// cull forgets n signatures; map order is random enough.
func (s *seen) cull(n int) {
	for sig := range s.sigs {
		if n--; n < 0 {
			return
		}
		delete(s.sigs, sig)
	}
}
