package kernel

import (
	"unicode/utf8"

	"github.com/convnotes/convnotes/kernel/protocol"
)

func (k *Kernel) kernelInfo(*request) (any, error) {
	info := k.info
	info.Status, info.ProtocolVersion = protocol.OK, protocol.Version
	if info.HelpLinks == nil {
		info.HelpLinks = []protocol.HelpLink{}
	}
	if info.SupportedFeatures == nil {
		info.SupportedFeatures = []string{}
	}
	return info, nil
}

// complete counts in code points on the wire and in bytes inside.
func (k *Kernel) complete(r *request) (any, error) {
	q, err := protocol.Decode[protocol.CompleteRequest](r.Message)
	if err != nil {
		return nil, err
	}
	cursor := byteOffset(q.Code, q.CursorPos)
	c := Completion{Start: cursor, End: cursor}
	if completer, ok := k.evaluator.(Completer); ok {
		c = completer.Complete(q.Code, cursor)
	}
	return completeReply(q.Code, c), nil
}

func completeReply(code string, c Completion) protocol.CompleteReply {
	start, end := pointOffset(code, c.Start), pointOffset(code, c.End)
	matches := make([]string, len(c.Items))
	types := make([]protocol.CompletionType, len(c.Items))
	for i, item := range c.Items {
		matches[i] = item.Text
		types[i] = protocol.CompletionType{Start: start, End: end, Text: item.Text, Type: item.Kind, Signature: item.Signature}
	}
	return protocol.CompleteReply{Status: protocol.OK, Matches: matches, CursorStart: start, CursorEnd: end,
		Metadata: map[string]any{"_jupyter_types_experimental": types}}
}

// byteOffset turns a number of code points of code into a number of bytes;
// numbers outside of code mean its nearer end.
func byteOffset(code string, points int) int {
	for i := range code {
		if points <= 0 {
			return i
		}
		points--
	}
	return len(code)
}

// pointOffset is byteOffset's inverse.
func pointOffset(code string, bytes int) int {
	return utf8.RuneCountInString(code[:min(max(bytes, 0), len(code))])
}

func (k *Kernel) inspect(r *request) (any, error) {
	q, err := protocol.Decode[protocol.InspectRequest](r.Message)
	if err != nil {
		return nil, err
	}
	reply := protocol.InspectReply{Status: protocol.OK, Data: map[string]any{}, Metadata: map[string]any{}}
	if inspector, ok := k.evaluator.(Inspector); ok {
		if doc, found := inspector.Inspect(q.Code, byteOffset(q.Code, q.CursorPos), q.DetailLevel); found {
			reply.Found = true
			reply.Data, reply.Metadata = contentOf(doc)
		}
	}
	return reply, nil
}

func (k *Kernel) isComplete(r *request) (any, error) {
	q, err := protocol.Decode[protocol.IsCompleteRequest](r.Message)
	if err != nil {
		return nil, err
	}
	checker, ok := k.evaluator.(CompletenessChecker)
	if !ok {
		return protocol.IsCompleteReply{Status: "unknown"}, nil
	}
	reply := protocol.IsCompleteReply{}
	status, indent := checker.IsComplete(q.Code)
	if reply.Status = status; status == "incomplete" {
		reply.Indent = &indent
	}
	return reply, nil
}

func (k *Kernel) commInfo(r *request) (any, error) {
	q, err := protocol.Decode[protocol.CommInfoRequest](r.Message)
	if err != nil {
		return nil, err
	}
	return protocol.CommInfoReply{Status: protocol.OK, Comms: k.comms.Info(q.Target)}, nil
}

func (k *Kernel) comm(r *request) (any, error) {
	return nil, k.comms.Receive(r.Message)
}

func (k *Kernel) interruptRequest(*request) (any, error) {
	k.Interrupt()
	return protocol.OKReply{Status: protocol.OK}, nil
}

// shutdown tells everyone, replies, and ends Run.
func (k *Kernel) shutdown(r *request) (any, error) {
	q, err := protocol.Decode[protocol.ShutdownContent](r.Message)
	if err != nil {
		return nil, err
	}
	q.Status = protocol.OK
	k.publish(r.Header, protocol.ShutdownReply, q)
	r.then = k.stop
	return q, nil
}
