package kernel_test

import (
	"context"
	"testing"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/kerneltest"
	"github.com/convnotes/convnotes/kernel/protocol"
)

// Whatever a request says, it is bracketed by busy and idle, gets one reply at
// most, and the kernel lives on.
func FuzzRequest(f *testing.F) {
	for _, seed := range [][2]string{
		{"execute_request", `{"code":"1","user_expressions":{"a":"b"},"allow_stdin":true}`},
		{"execute_request", `{"code":null,"silent":1}`},
		{"complete_request", `{"code":"a界","cursor_pos":-1}`},
		{"inspect_request", `{"code":"a","cursor_pos":1e300}`},
		{"is_complete_request", `{"code":["a"]}`},
		{"history_request", `{"hist_access_type":"search","pattern":"[","n":-1}`},
		{"history_request", `{"hist_access_type":"tail","n":1}`},
		{"comm_open", `{"comm_id":"","target_name":""}`},
		{"comm_msg", `{"comm_id":{}}`},
		{"comm_info_request", `{"target_name":null}`},
		{"kernel_info_request", `{}`},
		{"interrupt_request", `{}`},
		{"_request", `{}`},
		{"status", `{"execution_state":"busy"}`},
	} {
		f.Add(seed[0], []byte(seed[1]))
	}
	answer := evaluator(func(_ context.Context, code string, out kernel.Output) (any, error) {
		out.Stdout().Write([]byte(code))
		return code, nil
	})
	_, c := kerneltest.Start(f, answer, kernel.Options{Info: echoInfo})
	f.Fuzz(func(t *testing.T, msgType string, content []byte) {
		if msgType == "shutdown_request" || msgType == protocol.Subscribe {
			return
		}
		header, err := protocol.Marshal(map[string]string{"msg_type": msgType, "msg_id": protocol.NewSession().ID})
		if err != nil {
			t.Fatal(err)
		}
		m, err := protocol.Parse(header, []byte("{}"), []byte("{}"), content)
		if err != nil {
			return
		}
		c.SendMessage(m)
		replies := 0
		all := c.Until(t, kerneltest.Idle(m))
		for _, got := range all {
			if got.Channel == protocol.Shell {
				replies++
			}
		}
		if replies > 1 || kerneltest.State(all[0]) != "busy" {
			t.Errorf("%d replies", replies)
		}
	})
}
