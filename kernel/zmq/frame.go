package zmq

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// ZMTP 3.0, https://rfc.zeromq.org/spec/23: a greeting of 64 bytes each way,
// then frames: flags, length in 1 or 8 bytes, body.
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4

	greetingSize = 64
	maxCommand   = 8 << 10 // bytes of a command, READY is about 40
)

var errZMTP = errors.New("not ZMTP 3 with the NULL mechanism")

// greeting is what both sides send first: version 3.0, mechanism NULL.
var greeting = func() []byte {
	b := make([]byte, greetingSize)
	b[0], b[9], b[10] = 0xff, 0x7f, 3
	copy(b[12:], "NULL")
	return b
}()

// checkGreeting accepts a peer of version 3.0 or later without security.
func checkGreeting(b []byte) error {
	mechanism := strings.TrimRight(string(b[12:32]), "\x00")
	if b[0] != 0xff || b[9]&1 != 1 || b[10] < 3 || mechanism != "NULL" || b[32] > 1 {
		return errZMTP
	}
	return nil
}

// readFrame reads one frame of at most max bytes. Memory grows with what
// arrives, never by what the header announces.
func readFrame(r *bufio.Reader, max int64) (flags byte, body []byte, err error) {
	flags, size, err := readFrameHeader(r)
	if err != nil {
		return 0, nil, err
	}
	if flags&^(flagMore|flagLong|flagCommand) != 0 || size > uint64(max) {
		return 0, nil, errZMTP
	}
	if size <= 64<<10 {
		body = make([]byte, size)
		_, err = io.ReadFull(r, body)
		return flags, body, err
	}
	var b bytes.Buffer
	_, err = io.CopyN(&b, r, int64(size))
	return flags, b.Bytes(), err
}

func readFrameHeader(r *bufio.Reader) (flags byte, size uint64, err error) {
	var h [9]byte
	if _, err = io.ReadFull(r, h[:2]); err != nil {
		return 0, 0, err
	}
	if h[0]&flagLong == 0 {
		return h[0], uint64(h[1]), nil
	}
	if _, err = io.ReadFull(r, h[2:]); err != nil {
		return 0, 0, err
	}
	return h[0], binary.BigEndian.Uint64(h[1:]), nil
}

// appendFrame appends a frame to b.
func appendFrame(b []byte, flags byte, body []byte) []byte {
	if len(body) > 255 {
		b = append(b, flags|flagLong)
		b = binary.BigEndian.AppendUint64(b, uint64(len(body)))
	} else {
		b = append(b, flags&^flagLong, byte(len(body)))
	}
	return append(b, body...)
}

// appendMessage appends a message of several frames to b.
func appendMessage(b []byte, frames [][]byte) []byte {
	for i, f := range frames {
		flags := byte(flagMore)
		if i == len(frames)-1 {
			flags = 0
		}
		b = appendFrame(b, flags, f)
	}
	return b
}

const ready = "\x05READY"

// parseReady reads the properties of a READY command; names are in lower case.
func parseReady(command []byte) (map[string]string, error) {
	p, ok := bytes.CutPrefix(command, []byte(ready))
	if !ok {
		return nil, errZMTP
	}
	properties := map[string]string{}
	for len(p) > 0 {
		name, rest, ok := cutProperty(p, 1)
		if !ok {
			return nil, errZMTP
		}
		value, rest, ok := cutProperty(rest, 4)
		if !ok {
			return nil, errZMTP
		}
		properties[strings.ToLower(name)] = value
		p = rest
	}
	return properties, nil
}

// cutProperty cuts a string with a length of 1 or 4 bytes before it off p.
func cutProperty(p []byte, width int) (s string, rest []byte, ok bool) {
	if len(p) < width {
		return "", nil, false
	}
	var size uint64
	for _, b := range p[:width] {
		size = size<<8 | uint64(b)
	}
	p = p[width:]
	if size > uint64(len(p)) {
		return "", nil, false
	}
	return string(p[:size]), p[size:], true
}

// readyCommand is the inverse of parseReady for the two properties that count.
func readyCommand(socketType, identity string) []byte {
	b := []byte(ready)
	for _, kv := range [][2]string{{"Socket-Type", socketType}, {"Identity", identity}} {
		b = append(b, byte(len(kv[0])))
		b = append(b, kv[0]...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(kv[1])))
		b = append(b, kv[1]...)
	}
	return b
}
