package protocol

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
)

func TestHeaderVerbatim(t *testing.T) {
	const text = `{ "msg_id":"1", "msg_type":"x_request", "subshell_id": null, "n": 1.50, "é":"<&>" }`
	h, err := ParseHeader([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if string(h.JSON()) != text || h.ID != "1" || h.Type != "x_request" {
		t.Errorf("header is %s, %+v", h.JSON(), h.Fields)
	}
	if got := string((Header{}).JSON()); got != "{}" {
		t.Errorf("the zero header is %s", got)
	}
}

func TestParseRefuses(t *testing.T) {
	const header, object = `{"msg_type":"x"}`, `{}`
	for _, test := range []struct{ name, header, parent, metadata, content string }{
		{"header without type", object, object, object, object},
		{"header null", "null", object, object, object},
		{"header list", "[]", object, object, object},
		{"empty header", "", object, object, object},
		{"header of wrong types", `{"msg_type":1}`, object, object, object},
		{"parent null", header, "null", object, object},
		{"metadata a number", header, object, "1", object},
		{"content cut short", header, object, object, `{"code":`},
		{"content and more", header, object, object, `{} {}`},
	} {
		if m, err := Parse([]byte(test.header), []byte(test.parent), []byte(test.metadata), []byte(test.content)); err == nil {
			t.Errorf("%s: parsed as %+v", test.name, m)
		}
	}
}

func TestExecuteRequestDefaults(t *testing.T) {
	for _, test := range []struct {
		content string
		want    ExecuteRequest
	}{
		{`{}`, ExecuteRequest{StoreHistory: true, StopOnError: true}},
		{`{"silent":true}`, ExecuteRequest{Silent: true, StopOnError: true}},
		{`{"silent":true,"store_history":true}`, ExecuteRequest{Silent: true, StopOnError: true}},
		{`{"stop_on_error":false,"store_history":false,"allow_stdin":true}`, ExecuteRequest{AllowStdin: true}},
	} {
		got, err := Decode[ExecuteRequest](Message{Content: json.RawMessage(test.content)})
		if err != nil || got.Silent != test.want.Silent || got.StoreHistory != test.want.StoreHistory ||
			got.AllowStdin != test.want.AllowStdin || got.StopOnError != test.want.StopOnError {
			t.Errorf("%s is %+v (%v)", test.content, got, err)
		}
	}
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	m := Message{Header: Header{Fields: Fields{Type: "complete_request"}}, Content: json.RawMessage(`{"cursor_pos":"x"}`)}
	_, err := Decode[CompleteRequest](m)
	if want := "complete_request: cursor_pos is a JSON string, want int"; err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}

func TestSession(t *testing.T) {
	a, b := NewSession(), NewSession()
	x, err := a.Message(IOPub, Stream, Header{}, StreamContent{"stdout", "<b>&"})
	if err != nil {
		t.Fatal(err)
	}
	y, _ := a.Message(IOPub, Stream, Header{}, struct{}{})
	if a.ID == b.ID || x.Header.ID == y.Header.ID {
		t.Error("ids repeat")
	}
	if string(x.Content) != `{"name":"stdout","text":"<b>&"}` {
		t.Errorf("content is %s", x.Content)
	}
	if _, err := a.Message(IOPub, Stream, Header{}, func() {}); err == nil {
		t.Error("a func was written as JSON")
	}
}

func TestDate(t *testing.T) {
	when := time.Date(2024, 2, 3, 4, 5, 6, 7000, time.FixedZone("east", 8*3600))
	if got := Date(when); got != "2024-02-02T20:05:06.000007Z" {
		t.Errorf("date is %s", got)
	}
}

// What parses is kept byte for byte, and no bytes panic.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"msg_type":"execute_request","msg_id":"1"}`), []byte(`{}`), []byte(`{}`), []byte(`{"code":"x"}`))
	f.Add([]byte(`{"msg_type":"x","date":"2024-02-03"}`), []byte(` {"a":[]}`), []byte(`{"b":{}}`), []byte("{\n}"))
	f.Add([]byte("null"), []byte("[]"), []byte(""), []byte("{"))
	f.Fuzz(func(t *testing.T, header, parent, metadata, content []byte) {
		m, err := Parse(header, parent, metadata, content)
		if err != nil {
			return
		}
		for i, want := range [][]byte{header, parent, metadata, content} {
			if !bytes.Equal(m.Parts()[i], want) {
				t.Errorf("part %d is %q, want %q", i, m.Parts()[i], want)
			}
		}
		Decode[ExecuteRequest](m)
		Decode[HistoryRequest](m)
		Decode[CommContent](m)
	})
}
