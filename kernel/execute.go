package kernel

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/protocol"
)

// execute runs a cell: execute_input, the cell's output, then its result or its
// error, and the reply.
func (k *Kernel) execute(r *request) (any, error) {
	q, err := protocol.Decode[protocol.ExecuteRequest](r.Message)
	if err != nil {
		return nil, err
	}
	r.metadata = map[string]any{"started": protocol.Date(time.Now())}
	if r.aborted {
		return k.executeReply(protocol.Aborted), nil
	}
	if q.StoreHistory {
		k.count.Add(1)
	}
	out := k.newOutput(r, q)
	if !q.Silent {
		k.publish(r.Header, protocol.ExecuteInput, protocol.ExecuteInputContent{Code: q.Code, ExecutionCount: out.count})
	}
	return k.run(r, q, out), nil
}

// run evaluates the cell and the request's expressions while it can be interrupted.
func (k *Kernel) run(r *request, q protocol.ExecuteRequest, out *output) any {
	ctx, done := k.running.begin()
	defer done()
	defer k.process.running(out, q.Code)()
	result, err := k.eval(ctx, q.Code, out)
	var shown display.Bundle
	if err == nil {
		shown, err = render(ctx, result)
	}
	k.process.drain()
	out.end()
	if q.StoreHistory {
		k.history.Add(Entry{Line: out.count, Input: q.Code, Output: plain(shown)})
	}
	if err != nil {
		return k.failed(r, q, errorContent(err))
	}
	if len(shown.Data) > 0 && !q.Silent {
		out.result(shown)
	}
	reply := k.executeReply(protocol.OK)
	reply.Payload = out.payloads()
	reply.UserExpressions = k.expressions(ctx, r, q)
	return reply
}

// failed publishes a cell's error and aborts the cells that wait behind it.
func (k *Kernel) failed(r *request, q protocol.ExecuteRequest, e protocol.ErrorContent) any {
	if !q.Silent {
		k.publish(r.Header, protocol.Error, e)
	}
	if q.StopOnError && !q.Silent {
		k.shell.settle()
		k.shell.abort()
	}
	return k.failure(r, e)
}

func (k *Kernel) executeReply(status string) protocol.ExecuteReply {
	return protocol.ExecuteReply{Status: status, ExecutionCount: int(k.count.Load()), Payload: []any{}}
}

// eval runs code with display's Show and Clear bound to its output. A panic of
// the evaluator itself is the cell's error.
func (k *Kernel) eval(ctx context.Context, code string, out *output) (result any, err error) {
	defer recovered(&err)
	display.SetSink(out.Display)
	display.SetClearer(out.Clear)
	result, err = k.evaluator.Eval(ctx, code, out)
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.Canceled) {
		err = cause
	}
	return result, err
}

// expressions evaluates the request's user_expressions; each may fail by itself.
func (k *Kernel) expressions(ctx context.Context, r *request, q protocol.ExecuteRequest) map[string]any {
	values := make(map[string]any, len(q.UserExpressions))
	if len(q.UserExpressions) == 0 {
		return values
	}
	shown, cleared := display.SetSink(nil), display.SetClearer(nil) // the cell's, for its goroutines
	defer func() {
		display.SetSink(shown)
		display.SetClearer(cleared)
	}()
	for name, code := range q.UserExpressions {
		out := k.newOutput(r, protocol.ExecuteRequest{Silent: true})
		result, err := k.eval(ctx, code, out)
		var shown display.Bundle
		if err == nil {
			shown, err = render(ctx, result)
		}
		if err != nil {
			values[name] = protocol.ErrorReply{Status: protocol.Failed, ErrorContent: errorContent(err)}
			continue
		}
		data, metadata := contentOf(shown)
		values[name] = map[string]any{"status": protocol.OK, "data": data, "metadata": metadata}
	}
	return values
}

// render makes a bundle of a cell's result. Methods of the student's types run
// here, so it can be interrupted like the cell.
func render(ctx context.Context, result any) (display.Bundle, error) {
	if result == nil {
		return display.Bundle{}, nil
	}
	var b display.Bundle
	done := make(chan error, 1)
	go func() {
		var err error
		defer func() { done <- err }()
		defer recovered(&err)
		b = display.Of(result)
	}()
	select {
	case err := <-done:
		return b, err
	case <-ctx.Done():
		return display.Bundle{}, context.Cause(ctx)
	}
}

func plain(b display.Bundle) string {
	text, _ := b.Data["text/plain"].(string)
	return text
}

// errorContent is how an error is shown. One that is no CellError shows its text.
func errorContent(err error) protocol.ErrorContent {
	var cell CellError
	if errors.As(err, &cell) {
		return protocol.ErrorContent{Name: cell.Name(), Value: cell.Error(), Traceback: lines(cell.Traceback(), err)}
	}
	name := "error"
	if errors.Is(err, ErrInterrupted) {
		name = "interrupted"
	}
	return protocol.ErrorContent{Name: name, Value: err.Error(), Traceback: lines(nil, err)}
}

// lines makes sure that there is something to read: front ends show nothing else.
func lines(traceback []string, err error) []string {
	if len(traceback) == 0 {
		return strings.Split(err.Error(), "\n")
	}
	return traceback
}

// An internalError is a panic outside a student's code.
type internalError struct {
	value any
	stack string
}

func (e *internalError) Error() string { return fmt.Sprint(e.value) }
func (e *internalError) Name() string  { return "internal error" }
func (e *internalError) Traceback() []string {
	return append([]string{"internal error of the kernel, please report it: " + e.Error()},
		strings.Split(strings.TrimSpace(e.stack), "\n")...)
}

// recovered, deferred, turns a panic into an error.
func recovered(err *error) {
	if v := recover(); v != nil {
		*err = &internalError{v, string(debug.Stack())}
	}
}

// running is the cell that runs now, if one does.
type running struct {
	mu          sync.Mutex
	ctx         context.Context
	cancel      context.CancelCauseFunc // nil while no cell runs
	interrupted bool
}

// begin returns the context of a new cell, and what to call when it ended.
func (r *running) begin() (ctx context.Context, done func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ctx, r.cancel = context.WithCancelCause(context.Background())
	r.ctx, r.interrupted = ctx, false
	return ctx, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.cancel(nil)
		r.cancel = nil
	}
}

// context is that of the cell that runs, or of the last one.
func (r *running) context() context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ctx
}

// interrupt ends the context of the cell. again says that it had ended before.
func (r *running) interrupt(cause error) (again bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancel == nil {
		return false
	}
	r.cancel(cause)
	again, r.interrupted = r.interrupted, true
	return again
}

// Interrupt stops the running cell and aborts those that wait. At the second
// time a cell that did not stop is given up, where the evaluator can do that.
func (k *Kernel) Interrupt() {
	k.shell.abort()
	if a, ok := k.evaluator.(Abandoner); k.running.interrupt(ErrInterrupted) && ok {
		a.Abandon()
	}
}

var errShutdown = errors.New("the kernel was shut down")

// end gives the running cell half a second to stop when the kernel does.
func (r *running) end(stopped <-chan struct{}) {
	r.interrupt(errShutdown)
	select {
	case <-stopped:
	case <-time.After(500 * time.Millisecond):
	}
}

// Yield is for long calls of compiled code: it lets widgets act whose messages
// wait behind the running cell, and returns an error when the cell was
// interrupted and the call should end.
func (k *Kernel) Yield() error {
	if k.yield.TryLock() {
		defer k.yield.Unlock()
		for r := k.shell.first(isComm); r != nil; r = k.shell.first(isComm) {
			k.answer(r)
		}
	}
	k.running.mu.Lock()
	defer k.running.mu.Unlock()
	if k.running.interrupted {
		return ErrInterrupted
	}
	return nil
}

func isComm(r *request) bool { return strings.HasPrefix(r.Header.Type, "comm_") }
