package kernel

import (
	"path"
	"strings"
	"sync"

	"github.com/convnotes/convnotes/kernel/protocol"
)

// A History keeps what was run.
type History interface {
	Add(Entry)
	// All returns what is known, oldest first.
	All() []Entry
}

// An Entry is one cell that ran. Session counts the kernels that ran before
// this one; 0 is this one.
type Entry struct {
	Session, Line int
	Input, Output string
}

// memory is the History of one kernel, gone with it.
type memory struct {
	mu      sync.Mutex
	entries []Entry
}

func (m *memory) Add(e Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries = append(m.entries, e)
}

func (m *memory) All() []Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.entries[:len(m.entries):len(m.entries)]
}

func (k *Kernel) historyRequest(r *request) (any, error) {
	q, err := protocol.Decode[protocol.HistoryRequest](r.Message)
	if err != nil {
		return nil, err
	}
	found := selectEntries(k.history.All(), q)
	reply := protocol.HistoryReply{Status: protocol.OK, History: make([][3]any, len(found))}
	for i, e := range found {
		reply.History[i] = [3]any{e.Session, e.Line, e.Input}
		if q.Output {
			reply.History[i][2] = [2]any{e.Input, e.Output}
		}
	}
	return reply, nil
}

// selectEntries picks the entries that a request asks for, oldest first.
func selectEntries(all []Entry, q protocol.HistoryRequest) []Entry {
	switch q.HistAccess {
	case "range":
		return filter(all, func(e Entry) bool {
			return e.Session == q.Session && e.Line >= q.Start && (q.Stop == nil || e.Line < *q.Stop)
		})
	case "search":
		all = filter(all, func(e Entry) bool { return glob(q.Pattern, e.Input) })
		if q.Unique {
			all = lastOfEach(all)
		}
	case "tail":
	default:
		return nil
	}
	if q.N != nil && *q.N >= 0 && *q.N < len(all) {
		all = all[len(all)-*q.N:]
	}
	return all
}

func filter(all []Entry, keep func(Entry) bool) (kept []Entry) {
	for _, e := range all {
		if keep(e) {
			kept = append(kept, e)
		}
	}
	return kept
}

// lastOfEach keeps the newest entry of every input.
func lastOfEach(all []Entry) []Entry {
	last := map[string]int{}
	for i, e := range all {
		last[e.Input] = i
	}
	var kept []Entry
	for i, e := range all {
		if last[e.Input] == i {
			kept = append(kept, e)
		}
	}
	return kept
}

// glob matches text with the wildcards * and ?, as IPython's history does.
func glob(pattern, text string) bool {
	// path.Match stops * at a slash, so none may be left.
	hide := strings.NewReplacer("/", "\x00").Replace
	ok, err := path.Match(hide(pattern), hide(text))
	return ok && err == nil
}
