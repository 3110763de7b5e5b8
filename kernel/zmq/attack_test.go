package zmq

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/convnotes/convnotes/kernel/protocol"
)

const patience = 30 * time.Second

// serve opens a transport on ports of its own that answers every request, and
// returns where it listens.
func serve(t testing.TB, c Connection, l limits) (*Transport, Connection) {
	t.Helper()
	if c.Transport == "" {
		c.Transport, c.IP = "tcp", "127.0.0.1"
	}
	c.Key = "secret"
	tr, err := listenAll(c, slog.New(slog.DiscardHandler), l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	go echo(tr)
	if c.Transport == "tcp" {
		p := tr.Ports()
		c.Shell, c.Control, c.Stdin, c.IOPub, c.Heartbeat = p[0], p[1], p[2], p[3], p[4]
	}
	return tr, c
}

// echo replies to every request with itself.
func echo(tr *Transport) {
	for {
		m, err := tr.Receive(context.Background())
		if err != nil {
			return
		}
		if m.Header.Type == protocol.Subscribe {
			m = protocol.Message{Channel: protocol.IOPub, Identities: [][]byte{nil}, Content: m.Content,
				Header: protocol.Header{Fields: protocol.Fields{Type: "welcome"}}}
		}
		tr.Send(m)
	}
}

// A caller is a client of a router: requests get their replies.
type caller struct {
	t      testing.TB
	socket zmq4.Socket
	n      int
}

func call(t testing.TB, c Connection, port int, identity string) *caller {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	opts := []zmq4.Option{quiet}
	if identity != "" {
		opts = append(opts, zmq4.WithID(zmq4.SocketIdentity(identity)))
	}
	s := zmq4.NewDealer(ctx, opts...)
	t.Cleanup(func() { cancel(); s.Close() })
	if err := s.Dial(fmt.Sprintf("tcp://127.0.0.1:%d", port)); err != nil {
		t.Fatal(err)
	}
	return &caller{t: t, socket: s}
}

func (c *caller) send(n int) {
	c.t.Helper()
	m := message(c.t, fmt.Sprintf(`{"msg_type":"x","msg_id":"%p %d"}`, c, n), "{}", "{}", "{}")
	if err := c.socket.SendMulti(zmq4.NewMsgFrom(encode(m, testSigner(c.t, "secret"))...)); err != nil {
		c.t.Fatal(err)
	}
}

// works asks once and wants the answer.
func (c *caller) works() {
	c.t.Helper()
	c.n++
	c.send(c.n)
	got, err := c.socket.Recv()
	if err != nil {
		c.t.Fatalf("no reply: %v", err)
	}
	m, err := decode(got.Frames, testSigner(c.t, "secret"))
	if want := fmt.Sprintf("%p %d", c, c.n); err != nil || m.Header.ID != want {
		c.t.Fatalf("reply is %q (%v), want %q", m.Header.ID, err, want)
	}
}

// raw is a client that says what it wants.
func raw(t testing.TB, port int, say ...[]byte) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	for _, b := range say {
		c.Write(b) // it may have been cut off already
	}
	return c
}

func hello(socketType string) []byte {
	return appendFrame(bytes.Clone(greeting), flagCommand, readyCommand(socketType, ""))
}

// cutOff wants that the other side closes the connection.
func cutOff(t *testing.T, c net.Conn) {
	t.Helper()
	if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection stays open")
	}
}

func frameHeader(size uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{flagLong}, size)
}

// Whatever one client sends, on any socket, before or after its handshake, it
// is cut off and the others are served.
func TestHostileBytes(t *testing.T) {
	l := defaults
	l.handshake, l.message = time.Second, 1<<20
	_, c := serve(t, Connection{}, l)
	shell := call(t, c, c.Shell, "")
	shell.works()
	plain := bytes.Clone(greeting)
	copy(plain[12:], "PLAIN\x00")
	ready := appendFrame(nil, flagCommand, readyCommand("DEALER", ""))
	manyFrames := bytes.Repeat([]byte{flagMore, 0}, 1<<17)
	for name, say := range map[string][][]byte{
		"nothing":                               {},
		"half a greeting":                       {greeting[:30]},
		"HTTP":                                  {[]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), make([]byte, 64)},
		"greeting of ZMTP 2":                    {append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1}, make([]byte, 53)...)},
		"another mechanism":                     {plain},
		"no READY":                              {greeting},
		"frame of 2^63-1 bytes for READY":       {greeting, frameHeader(math.MaxInt64)},
		"frame of 2^64-1 bytes for READY":       {greeting, frameHeader(math.MaxUint64)},
		"READY cut short":                       {greeting, appendFrame(nil, flagCommand, []byte(ready[2:12]))},
		"READY with a length beyond its end":    {greeting, appendFrame(nil, flagCommand, []byte("\x05READY\x0bSocket-Type\xff\xff\xff\xffD"))},
		"READY with a name beyond its end":      {greeting, appendFrame(nil, flagCommand, []byte("\x05READY\xffSocket"))},
		"message for READY":                     {greeting, appendFrame(nil, 0, readyCommand("DEALER", ""))},
		"another command for READY":             {greeting, appendFrame(nil, flagCommand, []byte("\x05ERROR\x00"))},
		"socket of a wrong type":                {hello("PUSH")},
		"socket without a type":                 {greeting, appendFrame(nil, flagCommand, []byte("\x05READY"))},
		"frame of 2^63-1 bytes after handshake": {hello("DEALER"), frameHeader(math.MaxInt64)},
		"frame of 2^40 bytes after handshake":   {hello("DEALER"), frameHeader(1 << 40)},
		"flags that do not exist":               {hello("DEALER"), {0xf0, 0}},
		"too many empty frames":                 {hello("DEALER"), manyFrames},
		"message that is too large":             {hello("DEALER"), appendFrame(nil, flagMore, make([]byte, 1<<19)), appendFrame(nil, 0, make([]byte, 1<<19+1))},
	} {
		t.Run(name, func(t *testing.T) {
			var conns []net.Conn
			for _, port := range []int{c.Shell, c.Control, c.Stdin, c.IOPub, c.Heartbeat} {
				conns = append(conns, raw(t, port, say...))
			}
			for _, conn := range conns {
				cutOff(t, conn)
			}
			shell.works()
		})
	}
}

// Messages that are none, or that bear no good signature, are dropped, and
// their sender may go on.
func TestBadMessages(t *testing.T) {
	_, c := serve(t, Connection{}, defaults)
	client := call(t, c, c.Shell, "")
	good := encode(message(t, `{"msg_type":"x"}`, "{}", "{}", "{}"), testSigner(t, "secret"))
	for name, frames := range map[string][][]byte{
		"no delimiter":    {[]byte("hello")},
		"empty frame":     {{}},
		"too few frames":  good[:4],
		"wrong signature": append([][]byte{good[0], []byte("wrong")}, good[2:]...),
		"another key":     encode(message(t, `{"msg_type":"x"}`, "{}", "{}", "{}"), testSigner(t, "guess")),
		"unsigned":        append([][]byte{good[0], nil}, good[2:]...),
	} {
		if err := client.socket.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
			t.Fatal(name, err)
		}
		client.works()
	}
}

func TestReplay(t *testing.T) {
	_, c := serve(t, Connection{}, defaults)
	client, thief := call(t, c, c.Shell, ""), call(t, c, c.Control, "")
	client.send(7)
	client.socket.Recv()
	overheard := encode(message(t, fmt.Sprintf(`{"msg_type":"x","msg_id":"%p 7"}`, client), "{}", "{}", "{}"), testSigner(t, "secret"))
	if err := thief.socket.SendMulti(zmq4.NewMsgFrom(overheard...)); err != nil {
		t.Fatal(err)
	}
	thief.works() // the first reply is not to the overheard message
}

func TestHeartbeat(t *testing.T) {
	_, c := serve(t, Connection{}, defaults)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	rude := zmq4.NewDealer(ctx, quiet)
	defer rude.Close()
	address := fmt.Sprintf("tcp://127.0.0.1:%d", c.Heartbeat)
	if err := rude.Dial(address); err != nil {
		t.Fatal(err)
	}
	if err := rude.Send(zmq4.NewMsgString("no delimiter")); err != nil {
		t.Fatal(err)
	}
	s := zmq4.NewReq(ctx, quiet)
	defer s.Close()
	if err := s.Dial(address); err != nil {
		t.Fatal(err)
	}
	for _, ping := range []string{"ping", "", "pong"} {
		if err := s.Send(zmq4.NewMsgString(ping)); err != nil {
			t.Fatal(err)
		}
		if m, err := s.Recv(); err != nil || string(m.Bytes()) != ping {
			t.Errorf("%q came back as %q (%v)", ping, m.Bytes(), err)
		}
	}
}

// ZMTP's own heartbeat is answered, and is no message.
func TestPing(t *testing.T) {
	_, c := serve(t, Connection{}, defaults)
	for port, socketType := range map[int]string{c.Shell: "DEALER", c.IOPub: "SUB", c.Heartbeat: "REQ"} {
		conn := raw(t, port, hello(socketType), appendFrame(nil, flagCommand, []byte("\x04PING\x00\x10context")))
		r := bufio.NewReader(conn)
		if _, err := r.Discard(greetingSize); err != nil {
			t.Fatal(err)
		}
		for {
			flags, body, err := readFrame(r, 1<<10)
			if err != nil {
				t.Fatalf("%s: no PONG: %v", socketType, err)
			}
			if flags&flagCommand != 0 && string(body) == "\x04PONGcontext" {
				break
			}
		}
	}
}

// A client that comes back with its identity gets its replies; its old
// connection is closed.
func TestSameIdentity(t *testing.T) {
	_, c := serve(t, Connection{}, defaults)
	old := call(t, c, c.Shell, "me")
	old.works()
	fresh := call(t, c, c.Shell, "me")
	fresh.works()
	fresh.works()
}

// A client that does not read its replies is cut off when too much waits for
// it, and the others are served meanwhile.
func TestClientThatDoesNotRead(t *testing.T) {
	l := defaults
	l.backlog = 1 << 20
	tr, c := serve(t, Connection{}, l)
	deaf := raw(t, c.Shell, appendFrame(bytes.Clone(greeting), flagCommand, readyCommand("DEALER", "deaf")))
	other := call(t, c, c.Shell, "")
	other.works()
	big := message(t, `{"msg_type":"x"}`, "{}", "{}", `{"a":"`+strings.Repeat("x", 1<<20)+`"}`)
	big.Identities = [][]byte{[]byte("deaf")}
	for range 20 {
		if err := tr.Send(big); err != nil {
			t.Fatal(err)
		}
		other.works()
	}
	cutOff(t, deaf)
}

// subscribe returns a client of iopub whose subscription has arrived.
func subscribe(t testing.TB, c Connection, topic string) zmq4.Socket {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	s := zmq4.NewSub(ctx, quiet)
	t.Cleanup(func() { cancel(); s.Close() })
	if err := s.Dial(fmt.Sprintf("tcp://127.0.0.1:%d", c.IOPub)); err != nil {
		t.Fatal(err)
	}
	if err := s.SetOption(zmq4.OptionSubscribe, topic); err != nil {
		t.Fatal(err)
	}
	return s
}

func news(t testing.TB, topic, content string) protocol.Message {
	m := message(t, `{"msg_type":"news"}`, "{}", "{}", content)
	m.Channel, m.Identities = protocol.IOPub, [][]byte{[]byte(topic)}
	return m
}

// next returns the topic and the content of the next message.
func next(t testing.TB, s zmq4.Socket) (topic, content string) {
	t.Helper()
	raw, err := s.Recv()
	if err != nil {
		t.Fatal(err)
	}
	m, err := decode(raw.Frames, testSigner(t, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	return string(m.Identities[0]), string(m.Content)
}

// A subscription is told to the kernel, which can welcome the client at once.
func TestSubscription(t *testing.T) {
	tr, c := serve(t, Connection{}, defaults)
	all := subscribe(t, c, "")
	if _, content := next(t, all); content != `{"subscription":""}` {
		t.Errorf("welcome is %s", content)
	}
	some := subscribe(t, c, "weather")
	if _, content := next(t, all); content != `{"subscription":"weather"}` {
		t.Errorf("welcome is %s", content)
	}
	tr.Send(news(t, "sports", "{}"))
	tr.Send(news(t, "weather.rain", `{"mm":3}`))
	if topic, content := next(t, some); topic != "weather.rain" || content != `{"mm":3}` {
		t.Errorf("got %s %s", topic, content)
	}
}

// A listener that stops reading is cut off; the others get every message.
func TestListenerThatDoesNotRead(t *testing.T) {
	l := defaults
	l.backlog, l.stall = 1<<20, 2*time.Second
	tr, c := serve(t, Connection{}, l)
	deaf := raw(t, c.IOPub, hello("SUB"), appendFrame(nil, 0, []byte{1}))
	healthy := subscribe(t, c, "")
	next(t, healthy)
	const messages = 200
	go func() {
		text := strings.Repeat("x", 100<<10)
		for i := range messages {
			tr.Send(news(t, "", fmt.Sprintf(`{"n":%d,"text":%q}`, i, text)))
		}
	}()
	for got := 0; got < messages; {
		_, content := next(t, healthy)
		if strings.Contains(content, "subscription") {
			continue // the deaf one's welcome
		}
		if want := fmt.Sprintf(`{"n":%d,`, got); !strings.HasPrefix(content, want) {
			t.Fatalf("message is %.20s, want %s", content, want)
		}
		got++
	}
	cutOff(t, deaf)
}

// What was sent before Close arrives.
func TestNothingIsLostAtTheEnd(t *testing.T) {
	tr, c := serve(t, Connection{}, defaults)
	s := subscribe(t, c, "")
	next(t, s)
	client := call(t, c, c.Control, "me")
	client.works()
	const messages = 500
	for i := range messages {
		tr.Send(news(t, "", fmt.Sprintf(`{"n":%d}`, i)))
	}
	bye := message(t, `{"msg_type":"bye","msg_id":"bye"}`, "{}", "{}", "{}")
	bye.Channel, bye.Identities = protocol.Control, [][]byte{[]byte("me")}
	tr.Send(bye)
	tr.Close()
	for i := range messages {
		if _, content := next(t, s); content != fmt.Sprintf(`{"n":%d}`, i) {
			t.Fatalf("message %d is %s", i, content)
		}
	}
	if m, err := client.socket.Recv(); err != nil || !strings.Contains(string(m.Bytes()), "bye") {
		t.Errorf("the last reply is lost: %v", err)
	}
	if err := tr.Send(bye); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close Send returns %v", err)
	}
	if _, err := tr.Receive(context.Background()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close Receive returns %v", err)
	}
}

// Clients that come and go leave nothing behind.
func TestComingAndGoing(t *testing.T) {
	_, c := serve(t, Connection{}, defaults)
	client := call(t, c, c.Shell, "")
	client.works()
	before := runtime.NumGoroutine()
	for range 100 {
		for port, socketType := range map[int]string{c.Shell: "DEALER", c.IOPub: "SUB", c.Heartbeat: "REQ"} {
			raw(t, port, hello(socketType), appendFrame(nil, 0, []byte{1})).Close()
		}
	}
	for end := time.Now().Add(patience); runtime.NumGoroutine() > before+10; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines became %d", before, runtime.NumGoroutine())
		}
	}
	client.works()
}

// A listener that cannot accept, because no file descriptor is left, does not
// burn a core.
func TestAcceptErrors(t *testing.T) {
	broken := &brokenListener{closed: make(chan struct{})}
	l := &listener{Listener: broken}
	done := make(chan struct{})
	go func() { l.accept(); close(done) }()
	time.Sleep(200 * time.Millisecond)
	broken.Close()
	<-done
	if n := broken.asked.Load(); n > 20 {
		t.Errorf("asked %d times in 200 ms", n)
	}
}

type brokenListener struct {
	net.Listener
	asked  atomic.Int64
	closed chan struct{}
}

func (b *brokenListener) Accept() (net.Conn, error) {
	b.asked.Add(1)
	select {
	case <-b.closed:
		return nil, net.ErrClosed
	default:
		return nil, errors.New("too many open files")
	}
}

func (b *brokenListener) Close() error { close(b.closed); return nil }

// Sockets in the file system are the user's alone; those of a kernel that was
// killed are replaced, those of one that lives are not.
func TestIPC(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no ipc on Windows")
	}
	c := Connection{Transport: "ipc", IP: filepath.Join(t.TempDir(), "k"), Shell: 1, Control: 2, Stdin: 3, IOPub: 4, Heartbeat: 5}
	stale, err := net.Listen("unix", c.IP+"-1")
	if err != nil {
		t.Fatal(err)
	}
	stale.(*net.UnixListener).SetUnlinkOnClose(false)
	stale.Close()
	tr, c := serve(t, c, defaults)
	info, err := os.Stat(c.IP + "-1")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v (%v), want 0600", info.Mode(), err)
	}
	if _, err := Listen(c, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a second kernel took the sockets of the first")
	}
	s := zmq4.NewDealer(context.Background(), quiet)
	defer s.Close()
	if err := s.Dial("ipc://" + c.IP + "-1"); err != nil {
		t.Fatal(err)
	}
	(&caller{t: t, socket: s}).works()
	tr.Close()
	if _, err := os.Stat(c.IP + "-1"); !os.IsNotExist(err) {
		t.Errorf("the socket file stays: %v", err)
	}
}

func TestPortInUse(t *testing.T) {
	_, c := serve(t, Connection{}, defaults)
	_, err := Listen(c, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "shell socket") {
		t.Errorf("error is %v", err)
	}
}

// A kernel with a registration file chooses its ports and tells them.
func TestRegistration(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, key := range []string{"secret", "another"} {
		launcher := zmq4.NewRouter(ctx, quiet)
		defer launcher.Close()
		if err := launcher.Listen("tcp://127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		tr, c := serve(t, Connection{}, defaults)
		c.KernelID, c.RegistrationIP = "k1", "127.0.0.1"
		c.RegistrationPort = launcher.Addr().(*net.TCPAddr).Port
		result := make(chan error, 1)
		go func() { result <- register(ctx, c, tr) }()
		m, err := launcher.Recv()
		if err != nil {
			t.Fatal(err)
		}
		s := testSigner(t, key)
		body := m.Frames[3]
		if !strings.Contains(string(body), fmt.Sprintf(`"kernel_id":"k1","shell_port":"%d"`, c.Shell)) ||
			!bytes.Equal(m.Frames[2], testSigner(t, "secret").sign([][]byte{body})) {
			t.Errorf("registered as %q", m.Frames)
		}
		ack := []byte(`{"status":"ok"}`)
		launcher.SendMulti(zmq4.NewMsgFrom(m.Frames[0], delimiter, s.sign([][]byte{ack}), ack))
		if err := <-result; (err == nil) != (key == "secret") {
			t.Errorf("acknowledged with key %q: %v", key, err)
		}
	}
}
