package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/convnotes/convnotes/kernel/comm"
	"github.com/convnotes/convnotes/kernel/protocol"
)

// Options say what a kernel is besides its evaluator and its transport.
type Options struct {
	// Info answers kernel_info_request; status and protocol version are filled in.
	Info protocol.KernelInfo
	// Comms are the lines to widgets. Without them every comm is closed at once.
	Comms *comm.Registry
	// History keeps what was run. Without it the kernel remembers its own cells.
	History History
	// Log gets what goes wrong between kernel and client. Without it nothing is
	// logged.
	Log *slog.Logger
	// Process makes the kernel the master of its process, see OwnProcess.
	Process *Process
	// Made is called with the new kernel, for long compiled calls to find its Yield.
	Made func(*Kernel)
}

// A Kernel answers the requests of its clients, one cell after another.
type Kernel struct {
	evaluator Evaluator
	transport Transport
	info      protocol.KernelInfo
	comms     *comm.Registry
	history   History
	log       *slog.Logger
	process   *Process

	session *protocol.Session
	shell   *queue // requests that wait for one another
	control *queue // requests that wait for no cell
	stdin   stdin
	count   atomic.Int64 // of the last cell that was stored
	running running
	parent  atomic.Pointer[request] // of what is published unasked
	yield   sync.Mutex
	stop    context.CancelFunc
}

// New returns a kernel that runs cells on an evaluator for the clients of a
// transport.
func New(e Evaluator, t Transport, o Options) *Kernel {
	k := &Kernel{evaluator: e, transport: t, info: o.Info, comms: o.Comms, history: o.History,
		log: o.Log, process: o.Process, session: protocol.NewSession(), shell: newQueue(), control: newQueue()}
	if k.comms == nil {
		k.comms = comm.NewRegistry()
	}
	if k.history == nil {
		k.history = &memory{}
	}
	if k.log == nil {
		k.log = slog.New(slog.DiscardHandler)
	}
	k.comms.Connect(k.sendComm)
	k.stdin.replies = make(chan protocol.Message, 1)
	if o.Made != nil {
		o.Made(k)
	}
	return k
}

// Run answers requests until a client asks to shut down or ctx ends; both
// return nil. Everything that was sent has then been given to the transport.
func (k *Kernel) Run(ctx context.Context) error {
	ctx, k.stop = context.WithCancel(ctx)
	defer k.stop()
	k.publish(protocol.Header{}, protocol.Status, protocol.StatusContent{State: "starting"})
	if k.process != nil {
		defer k.process.attach(ctx, k)()
	}
	failed := make(chan error, 1)
	go func() { failed <- k.receive(ctx) }()
	go k.serve(ctx, k.control)
	cells := make(chan struct{})
	go func() { k.serve(ctx, k.shell); close(cells) }()

	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	k.stop()
	k.running.end(cells)
	if c, ok := k.evaluator.(io.Closer); ok {
		c.Close()
	}
	return err
}

// receive sorts what arrives into the queues.
func (k *Kernel) receive(ctx context.Context) error {
	for {
		m, err := k.transport.Receive(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("transport: %w", err)
		}
		switch m.Channel {
		case protocol.Shell:
			k.shell.put(&request{Message: m})
		case protocol.Stdin:
			k.stdin.put(m)
		default:
			k.control.put(&request{Message: m})
		}
	}
}

// serve answers the requests of a queue in their order.
func (k *Kernel) serve(ctx context.Context, q *queue) {
	for {
		r := q.take(ctx)
		if r == nil {
			return
		}
		k.answer(r)
	}
}

// A request is a message that a client sent, on its way through the kernel.
type request struct {
	protocol.Message
	aborted  bool   // a cell before it failed, or the person interrupted
	metadata any    // of the reply
	then     func() // what to do when all is answered
}

// A handler answers a request. It returns the content of the reply, or nil for
// none.
type handler func(*Kernel, *request) (reply any, err error)

// handlers says what is answered. A type that is not here gets no reply, as
// the specification has it, but is bracketed by busy and idle like any other.
var handlers = map[string]handler{
	"kernel_info_request": (*Kernel).kernelInfo,
	"execute_request":     (*Kernel).execute,
	"complete_request":    (*Kernel).complete,
	"inspect_request":     (*Kernel).inspect,
	"is_complete_request": (*Kernel).isComplete,
	"history_request":     (*Kernel).historyRequest,
	"comm_info_request":   (*Kernel).commInfo,
	"comm_open":           (*Kernel).comm,
	"comm_msg":            (*Kernel).comm,
	"comm_close":          (*Kernel).comm,
	"interrupt_request":   (*Kernel).interruptRequest,
	"shutdown_request":    (*Kernel).shutdown,
	"usage_request":       (*Kernel).usage,
}

// answer publishes busy, calls the handler, replies on the channel on which the
// request came, and publishes idle.
func (k *Kernel) answer(r *request) {
	if r.Header.Type == protocol.Subscribe {
		k.welcome(r)
		return
	}
	if r.Channel == protocol.Shell {
		defer k.parent.Store(k.parent.Swap(r))
	}
	k.status(r, "busy")
	defer func() {
		k.status(r, "idle")
		if r.then != nil {
			r.then()
		}
	}()
	handle, ok := handlers[r.Header.Type]
	if !ok {
		k.log.Warn("request of an unknown type", "type", r.Header.Type, "channel", r.Channel)
		return
	}
	reply, err := k.call(handle, r)
	if err != nil {
		k.log.Warn("request failed", "type", r.Header.Type, "reason", err)
		reply = k.failure(r, errorContent(err))
	}
	if reply != nil && isRequest(r.Header.Type) {
		k.reply(r, reply)
	}
}

// call turns a panic of a handler, such as one in a widget's callback, into an error.
func (k *Kernel) call(h handler, r *request) (reply any, err error) {
	defer recovered(&err)
	return h(k, r)
}

func (k *Kernel) status(r *request, state string) {
	k.publish(r.Header, protocol.Status, protocol.StatusContent{State: state})
}

const requestSuffix = "_request"

func isRequest(msgType string) bool {
	n := len(msgType) - len(requestSuffix)
	return n > 0 && msgType[n:] == requestSuffix
}

func (k *Kernel) reply(r *request, content any) {
	name := r.Header.Type[:len(r.Header.Type)-len(requestSuffix)] + "_reply"
	m, err := k.session.Message(r.Channel, name, r.Header, content)
	if err != nil {
		k.log.Error("reply cannot be written", "type", name, "reason", err)
		return
	}
	m.Identities = r.Identities
	if r.metadata != nil {
		m.Metadata, _ = protocol.Marshal(r.metadata)
	}
	k.send(m)
}

// failure is the reply of status error that a request of this type gets.
func (k *Kernel) failure(r *request, e protocol.ErrorContent) any {
	if r.Header.Type == "execute_request" {
		return protocol.ExecuteReply{Status: protocol.Failed, ExecutionCount: int(k.count.Load()),
			Payload: []any{}, ErrorContent: &e}
	}
	return protocol.ErrorReply{Status: protocol.Failed, ErrorContent: e}
}

// publish sends to everyone on iopub.
func (k *Kernel) publish(parent protocol.Header, msgType string, content any) error {
	m, err := k.session.Message(protocol.IOPub, msgType, parent, content)
	if err != nil {
		return err
	}
	m.Identities = k.topic(msgType)
	k.send(m)
	return nil
}

func (k *Kernel) topic(msgType string) [][]byte {
	return [][]byte{[]byte("kernel." + k.session.ID + "." + msgType)}
}

func (k *Kernel) send(m protocol.Message) {
	if err := k.transport.Send(m); err != nil {
		k.log.Debug("message not sent", "type", m.Header.Type, "reason", err)
	}
}

// welcome greets a client that begins to listen, so that it need not guess
// whether its subscription has arrived. Its topic is what was subscribed to.
func (k *Kernel) welcome(r *request) {
	w, err := protocol.Decode[protocol.Welcome](r.Message)
	if err != nil {
		return
	}
	m, err := k.session.Message(protocol.IOPub, protocol.IOPubWelcome, protocol.Header{}, w)
	if err != nil {
		return
	}
	m.Identities = [][]byte{[]byte(w.Subscription)}
	k.send(m)
}

// sendComm sends a comm message in answer to what the kernel does just now.
func (k *Kernel) sendComm(msgType string, c protocol.CommContent, metadata json.RawMessage, buffers [][]byte) error {
	var parent protocol.Header
	if r := k.parent.Load(); r != nil {
		parent = r.Header
	}
	m, err := k.session.Message(protocol.IOPub, msgType, parent, c)
	if err != nil {
		return err
	}
	m.Identities, m.Metadata, m.Buffers = k.topic(msgType), metadata, buffers
	k.send(m)
	return nil
}
