package kernel_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/comm"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/kerneltest"
	"github.com/convnotes/convnotes/kernel/protocol"
)

func start(t *testing.T) (*kernel.Kernel, *kerneltest.Client) {
	return kerneltest.Start(t, kerneltest.NewEcho(), kernel.Options{Info: echoInfo})
}

func decode[T any](t *testing.T, m protocol.Message) T {
	t.Helper()
	c, err := protocol.Decode[T](m)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// replyTo matches the reply to a request.
func replyTo(r protocol.Message) func(protocol.Message) bool {
	return func(m protocol.Message) bool {
		return m.Parent.ID == r.Header.ID && strings.HasSuffix(m.Header.Type, "_reply")
	}
}

func status(t *testing.T, m protocol.Message) string {
	t.Helper()
	return decode[struct{ Status string }](t, m).Status
}

func TestHeaders(t *testing.T) {
	_, c := start(t)
	header, err := protocol.ParseHeader([]byte(
		`{"msg_id": "m1", "msg_type": "execute_request", "session": "theirs", "subshell_id": "s1", "future": [1,  2]}`))
	if err != nil {
		t.Fatal(err)
	}
	request := c.Execute("print x")
	c.Next(t, kerneltest.Idle(request))
	request.Header, request.Content = header, json.RawMessage(`{"code": "print x"}`)
	request.Identities = append(request.Identities, []byte("second frame"))
	c.SendMessage(request)
	date := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`)
	sessions, ids := map[string]bool{}, map[string]bool{}
	for _, m := range c.Until(t, kerneltest.Idle(request)) {
		if string(m.Parent.JSON()) != string(header.JSON()) {
			t.Errorf("%s: the parent is %s, want the request's header, byte for byte", m.Header.Type, m.Parent.JSON())
		}
		if !date.MatchString(m.Header.Date) || m.Header.Version != "5.5" || ids[m.Header.ID] {
			t.Errorf("%s: header is %+v", m.Header.Type, m.Header)
		}
		if m.Channel == protocol.Shell && len(m.Identities) != 2 {
			t.Errorf("the reply goes to %q, want both frames of the request's address", m.Identities)
		}
		ids[m.Header.ID], sessions[m.Header.Session] = true, true
	}
	if len(sessions) != 1 || sessions["theirs"] {
		t.Errorf("sessions are %v, want one of the kernel's own", sessions)
	}
}

func TestStartingHasEmptyParent(t *testing.T) {
	m := kerneltest.NewMemory()
	c := m.Client()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go kernel.New(kerneltest.NewEcho(), m, kernel.Options{}).Run(ctx)
	first := c.Next(t, func(protocol.Message) bool { return true })
	if got := kerneltest.State(first) + string(first.Parent.JSON()); got != "starting{}" {
		t.Errorf("the first message is %s", got)
	}
}

func TestAbort(t *testing.T) { synctest.Test(t, abort) }

func abort(t *testing.T) {
	_, c := start(t)
	long := c.Execute("sleep 50ms\nfail on purpose")
	waiting := c.Execute("value 1")
	info := c.Send(protocol.Shell, "kernel_info_request", "{}")
	last := c.Execute("value 2")
	want := map[string]string{long.Header.ID: "error", waiting.Header.ID: "aborted",
		info.Header.ID: "ok", last.Header.ID: "aborted"}
	for _, r := range []protocol.Message{long, waiting, info, last} { // in this order
		reply := c.Next(t, replyTo(r))
		if got := status(t, reply); got != want[r.Header.ID] {
			t.Errorf("%s replies %s, want %s", r.Header.Type, got, want[r.Header.ID])
		}
		if got := decode[protocol.ExecuteReply](t, reply).ExecutionCount; r.Header.Type == "execute_request" && got != 1 {
			t.Errorf("an aborted cell has count %d, want that of the failed one, 1", got)
		}
	}
	if got := status(t, c.Next(t, replyTo(c.Execute("value 3")))); got != "ok" {
		t.Errorf("a cell sent after the error replies %s", got)
	}
}

// A burst of cells, as "run all" sends it, stops at a first cell that fails at once.
func TestAbortOfBurst(t *testing.T) { synctest.Test(t, abortOfBurst) }

func abortOfBurst(t *testing.T) {
	_, c := start(t)
	first := c.Execute("fail")
	var rest []protocol.Message
	for range 5 {
		time.Sleep(time.Millisecond)
		rest = append(rest, c.Execute("value 1"))
	}
	c.Next(t, replyTo(first))
	for _, r := range rest {
		if got := status(t, c.Next(t, replyTo(r))); got != "aborted" {
			t.Errorf("a cell of the burst replies %s", got)
		}
	}
}

func TestNoAbort(t *testing.T) { synctest.Test(t, noAbort) }

func noAbort(t *testing.T) {
	for _, content := range []map[string]any{
		{"code": "sleep 20ms\nfail", "stop_on_error": false},
		{"code": "sleep 20ms\nfail", "silent": true},
	} {
		_, c := start(t)
		first := c.Send(protocol.Shell, "execute_request", content)
		next := c.Execute("value 1")
		c.Next(t, replyTo(first))
		if got := status(t, c.Next(t, replyTo(next))); got != "ok" {
			t.Errorf("after %v the next cell replies %s", content, got)
		}
	}
}

func TestInterrupt(t *testing.T) {
	_, c := start(t)
	long := c.Execute("sleep 1h")
	waiting := c.Execute("value 1")
	c.Next(t, kerneltest.Type(protocol.ExecuteInput))
	interrupt := c.Send(protocol.Control, "interrupt_request", "{}")
	var errors []string
	replies := map[string]string{}
	for _, m := range c.Until(t, kerneltest.Idle(waiting)) {
		switch m.Header.Type {
		case protocol.Error:
			errors = append(errors, decode[protocol.ErrorContent](t, m).Name)
		case "execute_reply", "interrupt_reply":
			replies[m.Parent.ID] = status(t, m) + " on " + m.Channel.String()
		}
	}
	if len(errors) != 1 || errors[0] != "interrupted" {
		t.Errorf("errors are %q, want one: interrupted", errors)
	}
	for r, want := range map[string]string{long.Header.ID: "error on shell", waiting.Header.ID: "aborted on shell",
		interrupt.Header.ID: "ok on control"} {
		if replies[r] != want {
			t.Errorf("reply is %q, want %q", replies[r], want)
		}
	}
	if got := status(t, c.Next(t, replyTo(c.Execute("value 1")))); got != "ok" {
		t.Errorf("the cell after an interrupt replies %s", got)
	}
}

func TestSecondInterruptAbandons(t *testing.T) {
	k, c := start(t)
	r := c.Execute("deaf")
	c.Next(t, kerneltest.Type(protocol.ExecuteInput))
	k.Interrupt()
	k.Interrupt()
	if got := decode[protocol.ErrorContent](t, c.Next(t, replyTo(r))).Value; got != "abandoned" {
		t.Errorf("the cell ends with %q", got)
	}
}

func TestControlAnswersWhileCellRuns(t *testing.T) {
	_, c := start(t)
	long := c.Execute("sleep 1h")
	c.Next(t, kerneltest.Type(protocol.ExecuteInput))
	reply := c.Next(t, replyTo(c.Send(protocol.Control, "kernel_info_request", "{}")))
	if reply.Channel != protocol.Control {
		t.Errorf("answered on %s", reply.Channel)
	}
	c.Send(protocol.Control, "interrupt_request", "{}")
	c.Next(t, kerneltest.Idle(long))
}

func TestUsage(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("answered on Linux only")
	}
	_, c := start(t)
	u := decode[struct {
		Memory  float64            `json:"kernel_memory"`
		CPU     float64            `json:"kernel_cpu"`
		Machine map[string]float64 `json:"host_virtual_memory"`
	}](t, c.Next(t, replyTo(c.Send(protocol.Control, "usage_request", "{}"))))
	if m := u.Machine; u.Memory < 1<<20 || u.Memory > m["total"] || m["free"] > m["total"] || m["percent"] > 100 || u.CPU <= 0 {
		t.Errorf("usage is %+v", u)
	}
}

func TestInput(t *testing.T) {
	for _, test := range []struct {
		name, code, answer, want string
	}{
		{"line", "ask name?", "Gopher", "ok"},
		{"password", "askpass secret?", "x", "ok"},
		{"empty line", "ask name?", "", "ok"},
		{"end of file", "ask name?", "\x04", "error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, c := start(t)
			c.Send(protocol.Stdin, protocol.InputReply, protocol.InputReplyContent{Value: "stale"})
			r := c.Send(protocol.Shell, "execute_request", map[string]any{"code": "print before\n" + test.code, "allow_stdin": true})
			before := c.Until(t, kerneltest.Type(protocol.InputRequest))
			asked := before[len(before)-1]
			if before[len(before)-2].Header.Type != protocol.Stream {
				t.Error("what the cell printed does not come before its question")
			}
			q := decode[protocol.InputRequestContent](t, asked)
			if asked.Channel != protocol.Stdin || asked.Parent.ID != r.Header.ID || q.Password != strings.Contains(test.code, "pass") {
				t.Errorf("asked on %s: %+v", asked.Channel, q)
			}
			c.Send(protocol.Stdin, protocol.InputReply, protocol.InputReplyContent{Value: test.answer})
			all := c.Until(t, kerneltest.Idle(r))
			if got := status(t, all[len(all)-2]); got != test.want {
				t.Errorf("the cell replies %s, want %s", got, test.want)
			}
			if test.want == "ok" && !strings.Contains(string(all[0].Content), `"text/plain":"`+test.answer+`"`) {
				t.Errorf("the cell got %s", all[0].Content)
			}
		})
	}
}

func TestInterruptDuringInput(t *testing.T) {
	k, c := start(t)
	r := c.Send(protocol.Shell, "execute_request", map[string]any{"code": "ask name?", "allow_stdin": true})
	c.Next(t, kerneltest.Type(protocol.InputRequest))
	k.Interrupt()
	if got := decode[protocol.ErrorContent](t, c.Next(t, replyTo(r))).Name; got != "interrupted" {
		t.Errorf("the cell ends with %s", got)
	}
}

func TestLateOutputKeepsItsCell(t *testing.T) { synctest.Test(t, lateOutputKeepsItsCell) }

func lateOutputKeepsItsCell(t *testing.T) {
	_, c := start(t)
	early := c.Execute("late 20ms from the first")
	c.Next(t, kerneltest.Idle(early))
	c.Execute("sleep 1h")
	late := c.Next(t, kerneltest.Type(protocol.Stream))
	if late.Parent.ID != early.Header.ID {
		t.Error("what a goroutine printed went to another cell")
	}
	c.Send(protocol.Control, "interrupt_request", "{}")
}

func TestManyLinesInFewMessages(t *testing.T) {
	_, c := start(t)
	messages, text := 0, ""
	r := c.Execute("lines 100000")
	for _, m := range c.Until(t, kerneltest.Idle(r)) {
		if m.Header.Type == protocol.Stream {
			messages++
			text += decode[protocol.StreamContent](t, m).Text
		}
	}
	if messages > 200 || strings.Count(text, "\n") != 100000 || !strings.HasSuffix(text, "\n99999\n") {
		t.Errorf("%d messages with %d lines", messages, strings.Count(text, "\n"))
	}
}

func TestRunesStayWhole(t *testing.T) { synctest.Test(t, runesStayWhole) }

func runesStayWhole(t *testing.T) {
	_, c := start(t)
	r := c.Execute(`write \xe4\xb8` + "\nsleep 120ms\n" + `write \x96 \x1b[3` + "\nsleep 120ms\n" + `write 1mred`)
	var parts []string
	for _, m := range c.Until(t, kerneltest.Idle(r)) {
		if m.Header.Type == protocol.Stream {
			parts = append(parts, decode[protocol.StreamContent](t, m).Text)
		}
	}
	if got := strings.Join(parts, "|"); got != "世 |\x1b[31mred" {
		t.Errorf("text comes as %q", got)
	}
}

func TestShutdown(t *testing.T) {
	for _, restart := range []bool{false, true} {
		for _, busy := range []bool{false, true} {
			t.Run(fmt.Sprintf("restart %v, busy %v", restart, busy), func(t *testing.T) {
				m := kerneltest.NewMemory()
				c := m.Client()
				k := kernel.New(kerneltest.NewEcho(), m, kernel.Options{})
				ended := make(chan error, 1)
				go func() { ended <- k.Run(context.Background()) }()
				if busy {
					c.Execute("sleep 1h")
					c.Next(t, kerneltest.Type(protocol.ExecuteInput))
				}
				r := c.Send(protocol.Control, "shutdown_request", protocol.ShutdownContent{Restart: restart})
				seen := map[protocol.Channel]bool{}
				for _, m := range c.Until(t, kerneltest.Idle(r)) {
					if m.Header.Type == protocol.ShutdownReply {
						seen[m.Channel] = decode[protocol.ShutdownContent](t, m).Restart == restart
					}
				}
				if !seen[protocol.Control] || !seen[protocol.IOPub] {
					t.Errorf("shutdown_reply with the flag came on %v, want control and iopub", seen)
				}
				select {
				case err := <-ended:
					if err != nil {
						t.Error(err)
					}
				case <-time.After(kerneltest.Patience):
					t.Error("Run did not return")
				}
			})
		}
	}
}

// Cells that wait when the kernel is shut down do not run.
func TestShutdownDropsTheQueue(t *testing.T) {
	m := kerneltest.NewMemory()
	c := m.Client()
	ended := make(chan struct{})
	go func() {
		kernel.New(kerneltest.NewEcho(), m, kernel.Options{}).Run(context.Background())
		close(ended)
	}()
	first := c.Execute("sleep 1h")
	c.Next(t, kerneltest.Type(protocol.ExecuteInput))
	c.Execute("value of the second")
	c.Send(protocol.Control, "shutdown_request", "{}")
	<-ended
	for _, m := range c.Until(t, kerneltest.Idle(first)) {
		if strings.Contains(string(m.Content), "second") {
			t.Errorf("the second cell ran: %s %s", m.Header.Type, m.Content)
		}
	}
}

func TestWelcome(t *testing.T) {
	_, c := start(t)
	c.Send(protocol.IOPub, protocol.Subscribe, protocol.Welcome{Subscription: "top"})
	w := c.Next(t, kerneltest.Type(protocol.IOPubWelcome))
	if decode[protocol.Welcome](t, w).Subscription != "top" || string(w.Parent.JSON()) != "{}" {
		t.Errorf("welcome is %s with parent %s", w.Content, w.Parent.JSON())
	}
}

// Widgets act while a long call of compiled code yields.
func TestYield(t *testing.T) {
	comms := comm.NewRegistry()
	var k *kernel.Kernel
	said := make(chan string, 10)
	comms.Target("slider", func(c *comm.Comm, m comm.Message) {
		c.OnMessage = func(m comm.Message) {
			said <- string(m.Data)
			c.Send(comm.Message{Data: json.RawMessage(`{"echo":true}`)})
		}
		c.OnClose = func(comm.Message) { said <- "closed" }
	})
	training := evaluator(func(ctx context.Context, code string, out kernel.Output) (any, error) {
		for {
			if err := k.Yield(); err != nil {
				return nil, err
			}
			time.Sleep(time.Millisecond)
		}
	})
	var c *kerneltest.Client
	k, c = kerneltest.Start(t, training, kernel.Options{Comms: comms})
	cell := c.Execute("train")
	c.Next(t, kerneltest.Type(protocol.ExecuteInput))
	c.Send(protocol.Shell, protocol.CommOpen, `{"comm_id":"a","target_name":"slider","data":{}}`)
	msg := c.Send(protocol.Shell, protocol.CommMsg, `{"comm_id":"a","data":{"value":3}}`)
	echo := c.Next(t, kerneltest.Type(protocol.CommMsg))
	if echo.Parent.ID != msg.Header.ID || <-said != `{"value":3}` {
		t.Error("the answer's parent is not the widget's message")
	}
	c.Send(protocol.Shell, protocol.CommClose, `{"comm_id":"a","data":{}}`)
	if got := <-said; got != "closed" {
		t.Errorf("said %q", got)
	}
	c.Send(protocol.Control, "interrupt_request", "{}")
	if got := decode[protocol.ErrorContent](t, c.Next(t, replyTo(cell))).Name; got != "interrupted" {
		t.Errorf("the call ends with %s", got)
	}
}

type evaluator func(ctx context.Context, code string, out kernel.Output) (any, error)

func (e evaluator) Eval(ctx context.Context, code string, out kernel.Output) (any, error) {
	return e(ctx, code, out)
}

// Evaluators that can only evaluate are asked for nothing else.
func TestPlainEvaluator(t *testing.T) {
	_, c := kerneltest.Start(t, evaluator(func(context.Context, string, kernel.Output) (any, error) {
		panic("in the evaluator")
	}), kernel.Options{})
	for msgType, want := range map[string]string{"complete_request": "ok", "inspect_request": "ok", "is_complete_request": "unknown"} {
		r := c.Send(protocol.Shell, msgType, `{"code":"x","cursor_pos":1}`)
		if got := status(t, c.Next(t, replyTo(r))); got != want {
			t.Errorf("%s replies %s, want %s", msgType, got, want)
		}
	}
	e := decode[protocol.ErrorContent](t, c.Next(t, replyTo(c.Execute("x"))))
	if e.Name != "internal error" || e.Value != "in the evaluator" || len(e.Traceback) < 5 {
		t.Errorf("a panic of the evaluator is shown as %+v", e)
	}
}

// A result's own methods can be interrupted like its cell.
type endless struct{}

func (endless) HTML() string { select {} }

func TestInterruptOfResult(t *testing.T) {
	k, c := kerneltest.Start(t, evaluator(func(context.Context, string, kernel.Output) (any, error) {
		return endless{}, nil
	}), kernel.Options{})
	r := c.Execute("x")
	c.Next(t, kerneltest.Type(protocol.ExecuteInput))
	go func() {
		for range 100 {
			time.Sleep(10 * time.Millisecond)
			k.Interrupt()
		}
	}()
	if got := decode[protocol.ErrorContent](t, c.Next(t, replyTo(r))).Name; got != "interrupted" {
		t.Errorf("the cell ends with %s", got)
	}
}

// Goroutines may use a cell's output all at once, and after its end.
func TestOutputFromManyGoroutines(t *testing.T) {
	var all sync.WaitGroup
	_, c := kerneltest.Start(t, evaluator(func(_ context.Context, code string, out kernel.Output) (any, error) {
		for range 8 {
			all.Go(func() {
				for i := range 200 {
					fmt.Fprintln(out.Stdout(), i)
					fmt.Fprintln(out.Stderr(), i)
					if i%50 == 0 {
						out.Clear(true)
						out.SetNextInput("x", true)
					}
				}
			})
		}
		return nil, nil
	}), kernel.Options{})
	r := c.Execute("x")
	c.Next(t, kerneltest.Idle(r))
	all.Wait()
}

func TestTwoClients(t *testing.T) {
	m := kerneltest.NewMemory()
	a, b := m.Client(), m.Client()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go kernel.New(kerneltest.NewEcho(), m, kernel.Options{}).Run(ctx)
	ra := a.Execute("value of a")
	rb := b.Execute("value of b")
	if got := b.Next(t, kerneltest.Type(protocol.ExecuteResult)); got.Parent.ID != ra.Header.ID {
		t.Error("b does not see a's result")
	}
	for _, m := range a.Until(t, kerneltest.Idle(rb)) {
		if m.Header.Type == "execute_reply" && m.Parent.ID != ra.Header.ID {
			t.Error("a got b's reply")
		}
	}
}

// Cells leave nothing behind.
func TestManyCells(t *testing.T) {
	_, c := start(t)
	c.Next(t, kerneltest.Idle(c.Execute("print x\nshow y\nvalue 1")))
	before := runtime.NumGoroutine()
	for range 1000 {
		c.Next(t, kerneltest.Idle(c.Execute("print x\nshow y\nvalue 1")))
	}
	for end := time.Now().Add(kerneltest.Patience); runtime.NumGoroutine() > before+5; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines became %d", before, runtime.NumGoroutine())
		}
	}
}

// What compiled code displays by itself goes to the cell, also after
// expressions were evaluated beside it.
func TestDisplayOfCompiledCode(t *testing.T) {
	show := evaluator(func(_ context.Context, code string, _ kernel.Output) (any, error) {
		display.Show(code)
		display.Clear(true)
		return nil, nil
	})
	_, c := kerneltest.Start(t, show, kernel.Options{})
	r := c.Send(protocol.Shell, "execute_request", `{"code":"a","user_expressions":{"e":"b"}}`)
	var types []string
	for _, m := range c.Until(t, kerneltest.Idle(r)) {
		types = append(types, m.Header.Type)
	}
	if got := strings.Join(types, " "); got != "status execute_input display_data clear_output execute_reply status" {
		t.Errorf("messages are %s", got)
	}
	display.Show("late")
	if m := c.Next(t, kerneltest.Type(protocol.DisplayData)); m.Parent.ID != r.Header.ID {
		t.Error("what came after the cell is not the cell's")
	}
}
