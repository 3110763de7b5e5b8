//go:build !js

package rtype_test

import (
	"bufio"
	"bytes"
	"container/heap"
	"container/list"
	"context"
	"database/sql/driver"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"text/template"
)

// The uses are written as cells would have them; I, U and As mark what the
// engine does unseen: conversion to an interface, assertion, conversion to
// another interface. The same uses as cells, with what compiled Go prints, are
// in ../testdata/uses.

var out bytes.Buffer

func p(a ...any)            { fmt.Fprintln(&out, a...) }
func pf(f string, a ...any) { fmt.Fprintf(&out, f+"\n", a...) }

// A use is something that compiled code does with cell types.
type use struct {
	name string
	run  func()
}

var uses = []use{
	{"stringer-value", func() { p(I(Level(1)), I(PV{1, 2}), I(&PV{3, 4})) }},
	{"stringer-pointer-receiver", func() { p(I(PP{1}), I(&PP{2})) }},
	{"stringer-nested", func() {
		p(I([]Level{0, 1}), I(map[string]Level{"a": 2}), I(map[Level]string{1: "x"}), I([2]PV{{1, 2}, {3, 4}}), I(Grid{{1}}))
		p(I([]PP{{1}}), I(struct{ L Level }{2}), I([]any{I(Level(1)), 3}))
	}},
	{"stringer-in-struct", func() {
		x := Holder{1, PV{1, 2}, nil, 2, map[string]Level{"k": 1}, []Level{2}, I(Level(0))}
		pf("%v|%+v", I(x), I(x))
		pf("%#v", I(x))
	}},
	{"verbs-named-int", func() {
		pf("%v %+v %#v %T %d %x %q %s %5d|%-6v|", I(Level(1)), I(Level(1)), I(Level(1)), I(Level(1)), I(Level(1)), I(Level(2)), I(Level(2)), I(Level(2)), I(Level(2)), I(Level(2)))
	}},
	{"verbs-named-plain", func() {
		pf("%v %T %#v %08.3f|%v %T %q", I(Celsius(36.6)), I(Celsius(1)), I(Celsius(2)), I(Celsius(3)), I(Key("k")), I(Key("k")), I(Key("k")))
	}},
	{"verbs-T-nested", func() {
		pf("%T %T %T %T %T %T", I([]Point{}), I(map[Key]*Point{}), I(func(Point) Level { return 0 }), I(make(chan Point)), I(struct{ P Point }{}), I(&Node{}))
	}},
	{"verbs-gosyntax-nested", func() {
		pf("%#v %#v %#v", I([]Point{{1, 2}}), I(map[Key]Point{"a": {}}), I(struct{ P PV }{PV{1, 2}}))
		pf("%+v", I([]Point{{1, 2}}))
	}},
	{"formatter-gostringer", func() { pf("%v %d %#v %#v", I(Fmter{1}), I([]Fmter{{2}}), I(GoS{1}), I([]GoS{{1}})) }},
	{"generic-cell-type", func() { pf("%v %T", I(Pair[string, int]{"a", 1}), I(Pair[string, int]{})) }},
	{"error-print", func() {
		p(I(CodeErr{4}), I(&PtrErr{"x"}), I(StrErr("s")))
		pf("%v %+v %#v %q", I(CodeErr{4}), I(CodeErr{4}), I(CodeErr{4}), I(StrErr("s")))
	}},
	{"errors-as-value", func() {
		e := fmt.Errorf("ctx: %w", As[error](I(CodeErr{5})))
		var t CodeErr
		p(e, errors.As(e, I(&t)), t.Code)
	}},
	{"errors-as-pointer", func() {
		e := fmt.Errorf("ctx: %w", As[error](I(&PtrErr{"read"})))
		var t *PtrErr
		ok := errors.As(e, I(&t))
		p(e, ok)
		if ok {
			p(t.Op)
		}
		var c CodeErr
		p(errors.As(e, I(&c)))
	}},
	{"errors-as-cell-wraps-compiled", func() {
		_, e := os.Open("/nonexistent/x")
		w := As[error](I(WrapErr{e}))
		var pe *os.PathError
		p(errors.As(w, &pe), errors.Is(w, os.ErrNotExist))
	}},
	{"errors-is", func() {
		e := fmt.Errorf("a: %w", As[error](I(StrErr("s"))))
		p(errors.Is(e, As[error](I(StrErr("s")))), errors.Is(e, As[error](I(StrErr("t")))))
		pe := &PtrErr{"q"}
		e2 := fmt.Errorf("a: %w", As[error](I(pe)))
		p(errors.Is(e2, As[error](I(pe))), errors.Is(e2, As[error](I(&PtrErr{"q"}))))
		p(errors.Is(As[error](I(IsErr{1})), io.EOF), errors.Is(As[error](I(IsErr{1})), io.ErrUnexpectedEOF))
		p(errors.Is(As[error](I(CodeErr{1})), As[error](I(CodeErr{1}))))
	}},
	{"errors-join", func() {
		e := errors.Join(As[error](I(CodeErr{1})), errSentinel, As[error](I(WrapErr{io.EOF})))
		p(e, errors.Is(e, io.EOF), errors.Is(e, errSentinel))
		var t CodeErr
		p(errors.As(e, I(&t)), t)
	}},
	{"error-interface-target", func() {
		e := fmt.Errorf("x: %w", As[error](I(WrapErr{io.EOF})))
		var u interface{ Unwrap() error }
		p(errors.As(errors.Unwrap(e), &u), u.Unwrap() == io.EOF)
		_, isW := As[error](I(CodeErr{1})).(interface{ Unwrap() error })
		p(isW)
	}},
	{"same-underlying-switch", func() {
		for _, x := range []any{I(Celsius(1)), I(Fahr(1)), 1.0} {
			if _, ok := U[Celsius](x); ok {
				p("C")
			} else if _, ok := U[Fahr](x); ok {
				p("F")
			} else if _, ok := x.(float64); ok {
				p("float64")
			}
		}
	}},
	{"compiled-switch-on-cell", func() { // compiled code type-switching: strconv-like on kinds
		v, err := driver.DefaultParameterConverter.ConvertValue(I(Plain(3)))
		pf("%v %T %v", v, v, err)
	}},
	{"sync-map", func() {
		var m sync.Map
		m.Store(I(Key("a")), I(Point{1, 2}))
		v, ok := m.Load(I(Key("a")))
		_, ok2 := m.Load("a")
		p(ok, ok2, Must[Point](v).Y, v)
	}},
	{"list-context-chan-atomic", func() {
		l := list.New()
		l.PushBack(I(Point{1, 2}))
		p(Must[Point](l.Front().Value))
		ctx := context.WithValue(context.Background(), I(Key("u")), I(&Point{5, 6}))
		p(Must[*Point](ctx.Value(I(Key("u")))).X, ctx.Value("u"))
		ch := make(chan any, 1)
		ch <- I(Level(2))
		p(Must[Level](<-ch))
		var a atomic.Value
		a.Store(I(Point{7, 8}))
		p(Must[Point](a.Load()))
		defer func() { p("recovered:", recover()) }()
		a.Store(I(PV{1, 2}))
	}},
	{"pool-pointer-identity", func() {
		q := &Point{1, 2}
		var m sync.Map
		m.Store(1, I(q))
		v, _ := m.Load(1)
		Must[*Point](v).X = 99
		p(q.X, Must[*Point](v) == q, I(q) == I(q))
	}},
	{"map-any-key", func() {
		m := map[any]int{}
		m[I(Celsius(1))]++
		m[I(Fahr(1))]++
		m[I(Celsius(1))]++
		m[1.0]++
		p(len(m), m[I(Celsius(1))], m[I(Point{1, 2})])
		m[I(Point{1, 2})] = 7
		p(m[I(Point{1, 2})])
	}},
	{"iface-equality", func() {
		p(I(Celsius(1)) == I(Celsius(1)), I(Celsius(1)) == I(Fahr(1)), I(Point{1, 2}) == I(Point{1, 2}), I(Point{1, 2}) == I(PV{1, 2}))
	}},
	{"uncomparable-eq", func() { p(I(Bad{}) == I(Bad{})) }},
	{"uncomparable-key", func() { m := map[any]int{}; m[I(Vec{1})] = 1 }},
	{"sort-slice", func() {
		s := []Point{{3, 1}, {1, 1}, {2, 1}}
		sort.Slice(I(s), func(i, j int) bool { return s[i].X < s[j].X })
		p(I(s))
	}},
	{"sort-sort", func() {
		b := byLen{"ccc", "a", "bb"}
		sort.Sort(As[sort.Interface](I(b)))
		p(I(b))
		sort.Sort(sort.Reverse(As[sort.Interface](I(b))))
		p(I(b))
	}},
	{"heap", func() {
		pushAny = func(x any) *Item { return Must[*Item](x) }
		popAny = func(x *Item) any { return I(x) }
		q := &PQ{}
		hq := As[heap.Interface](I(q))
		heap.Push(hq, I(&Item{"a", 1}))
		heap.Push(hq, I(&Item{"b", 3}))
		heap.Push(hq, I(&Item{"c", 2}))
		for q.Len() > 0 {
			p(Must[*Item](heap.Pop(hq)).Name)
		}
	}},
	{"json-marshal", func() {
		b, err := json.Marshal(I(User{Name: "Ann", inner: 3, Lv: 2, Base: Base{7}, Tags: []Key{"x"}}))
		p(string(b), err)
		b, err = json.MarshalIndent(I(map[string]Point{"p": {1, 2}}), "", " ")
		p(string(b), err)
		b, err = json.Marshal(I([]any{I(Level(1)), I(&Point{1, 2}), I(map[TextKey]int{{1, 2}: 3})}))
		p(string(b), err)
	}},
	{"json-unmarshal", func() {
		var u User
		err := json.Unmarshal([]byte(`{"name":"Bo","lang":"lang-9","id":4,"tags":["q"],"inner":5}`), I(&u))
		pf("%v %+v", err, I(u))
		var m map[Key][]Point
		err = json.Unmarshal([]byte(`{"a":[{"X":1,"Y":2}]}`), I(&m))
		p(err, m["a"][0].Y)
		err = json.Unmarshal([]byte(`{"X":"no"}`), I(&Point{}))
		p(err)
	}},
	{"json-decoder-stream", func() {
		d := json.NewDecoder(strings.NewReader(`{"X":1}{"X":2}`))
		d.DisallowUnknownFields()
		for range 2 {
			var q Point
			p(d.Decode(I(&q)), q.X)
		}
		var s struct{ In any }
		var u User
		s.In = I(&u)
		p(json.Unmarshal([]byte(`{"In":{"name":"Zed"}}`), &s), u.Name)
	}},
	{"template", func() {
		var b bytes.Buffer
		t := template.Must(template.New("").Parse("{{.First}} {{.Full}} {{.Greet \"hi\" 2}}{{range .Friends}} [{{.Full}}]{{end}}\n"))
		p(t.Execute(&b, I(&Person{"A", "B", []*Person{{"C", "D", nil}}})))
		t = template.Must(template.New("").Parse("{{range .}}{{.}} {{end}}{{len .}} {{index . 0 | printf \"%T\"}}"))
		p(t.Execute(&b, I([]Level{0, 2})))
		p(b.String())
	}},
	{"template-map-of-cells", func() {
		var b bytes.Buffer
		t := template.Must(template.New("").Parse("{{.u.First}} {{.u.Full}}"))
		p(t.Execute(&b, map[string]any{"u": I(&Person{"A", "B", nil})}))
		p(b.String())
	}},
	{"flag-value", func() {
		var b bytes.Buffer
		fs := flag.NewFlagSet("x", flag.ContinueOnError)
		fs.SetOutput(&b)
		var f FlagList
		fs.Var(As[flag.Value](I(&f)), "add", "add `item`")
		p(fs.Parse([]string{"-add", "a", "-add", "b"}), f)
		fs.PrintDefaults()
		p(b.String())
	}},
	{"io-writer", func() {
		var c Counter
		w := As[io.Writer](I(&c))
		fmt.Fprintf(w, "%d%s", 12, "abc")
		bw := bufio.NewWriter(w)
		bw.WriteString("hello")
		bw.Flush()
		tw := tabwriter.NewWriter(w, 0, 8, 1, ' ', 0)
		fmt.Fprintln(tw, "a\tb")
		tw.Flush()
		p(c.n)
	}},
	{"io-copy-readerfrom", func() {
		var a Counter
		var b FastW
		n, err := io.Copy(As[io.Writer](I(&a)), struct{ io.Reader }{strings.NewReader("12345")})
		p(n, err, a.n, a.rf)
		n, err = io.Copy(As[io.Writer](I(&b)), struct{ io.Reader }{strings.NewReader("12345")})
		p(n, err, b.n, b.rf)
		_, ok := As[io.Writer](I(&a)).(io.ReaderFrom)
		_, ok2 := As[io.Writer](I(&b)).(io.ReaderFrom)
		p(ok, ok2)
	}},
	{"io-reader", func() {
		b, err := io.ReadAll(As[io.Reader](I(&Rot{s: "some text"})))
		p(string(b), err)
		sc := bufio.NewScanner(As[io.Reader](I(&Rot{s: "a\nb"})))
		for sc.Scan() {
			p(sc.Text())
		}
	}},
	{"http-handler", func() {
		rec := httptest.NewRecorder()
		mux := http.NewServeMux()
		mux.Handle("/x", As[http.Handler](I(Hello{"bob"})))
		mux.ServeHTTP(rec, httptest.NewRequest("GET", "/x", nil))
		p(rec.Body.String(), rec.Flushed)
	}},
	{"http-rw-upgrade", func() {
		rec := httptest.NewRecorder()
		m := &MyRW{ResponseWriter: rec}
		w := As[http.ResponseWriter](I(m))
		http.Error(w, "no", 404)
		_, fl := w.(http.Flusher)
		err := http.NewResponseController(w).Flush()
		p(m.code, rec.Code, fl, err, rec.Flushed)
	}},
	{"image", func() {
		dst := image.NewRGBA(image.Rect(0, 0, 4, 4))
		draw.Draw(dst, dst.Bounds(), As[image.Image](I(Checker{4})), image.Point{}, draw.Src)
		p(dst.At(0, 0), dst.At(1, 0))
		var b bytes.Buffer
		p(png.Encode(&b, As[image.Image](I(Checker{4}))))
		im, err := png.Decode(&b)
		p(im.Bounds(), err, color.GrayModel.Convert(im.At(1, 0)))
	}},
	{"slices-generic", func() {
		s := []Point{{3, 1}, {1, 2}}
		slices.SortFunc(s, func(a, b Point) int { return a.X - b.X })
		p(I(s), slices.Index(s, Point{3, 1}), I(slices.Max([]Level{1, 2, 0})))
	}},
	{"embed-mutex-buffer", func() {
		s := &Safe{}
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { s.Lock(); s.N++; s.Unlock() })
		}
		wg.Wait()
		l := As[sync.Locker](I(s))
		l.Lock()
		l.Unlock()
		p(s.N)
		b := &Log{Name: "x"}
		fmt.Fprintf(As[io.Writer](I(b)), "n=%d", 3)
		p(b.String(), I(b))
	}},
	{"own-interface-layer", func() {
		r := &Relu{}
		l := As[Layer](I(r))
		p(l.Forward([]float64{-1, 2}), l.Name(), r.Calls)
	}},
	{"cell-iface", func() {
		var s Shape
		s = As[Shape](I(Sq{3}))
		p(s.Area())
	}},
	{"method-value-as-func", func() {
		r := &Relu{}
		f := r.Forward
		p(f([]float64{-3}), r.Calls)
		p(strings.Map(func(r rune) rune { return r + 1 }, "abc"), slices.IndexFunc([]Level{0, 1, 2}, func(l Level) bool { return l == 2 }))
	}},
	{"recursive", func() {
		n := &Node{1, &Node{2, nil}}
		pf("%v %+v %T", I(*n.Next), I(*n.Next), I(n))
		t := &Tree{"r", []*Tree{{"k", nil, nil}}, map[string]Tree{"a": {Name: "z"}}}
		b, err := json.Marshal(I(t))
		p(string(b), err, t.Count())
		var u Tree
		p(json.Unmarshal(b, I(&u)), u.Count(), u.By["a"].Name)
		p(reflect.DeepEqual(I(*t), I(u)))
	}},
	{"reflect-typeof", func() {
		t := reflect.TypeOf(I(User{}))
		p(t.Name(), t, t.Kind(), t.NumField(), t.NumMethod(), t.PkgPath())
		f, _ := t.FieldByName("Base")
		p(f.Anonymous, f.Type, t.Field(0).Tag.Get("json"), t.Field(2).IsExported())
		m, ok := t.MethodByName("Ident")
		p(m.Name, m.Type, ok)
		p(reflect.TypeOf(I(&Relu{})).Implements(reflect.TypeFor[Layer]()), reflect.TypeOf(I(Level(0))).Name())
		f2, ok := t.FieldByName("ID")
		p(f2.Index, ok)
	}},
	{"reflect-call-new", func() {
		v := reflect.New(reflect.TypeOf(I(Point{}))).Elem()
		v.Field(0).SetInt(4)
		p(v, v.Type())
		mv := reflect.ValueOf(I(&Person{"A", "B", nil})).MethodByName("Greet")
		p(mv.IsValid())
		if mv.IsValid() {
			p(mv.Call([]reflect.Value{reflect.ValueOf("yo"), reflect.ValueOf(1)})[0])
		}
	}},
	{"gob", func() {
		var b bytes.Buffer
		p(gob.NewEncoder(&b).Encode(I(User{Name: "G", Age: 3, Tags: []Key{"t"}})))
		p(bytes.Contains(b.Bytes(), []byte("User")))
		var u User
		p(gob.NewDecoder(&b).Decode(I(&u)), u.Name, u.Tags)
	}},
	{"gob-register-interface", func() {
		gob.Register(I(Sq{}))
		var b bytes.Buffer
		s := struct{ V any }{I(Sq{4})}
		p(gob.NewEncoder(&b).Encode(s))
		s.V = nil
		p(gob.NewDecoder(&b).Decode(&s))
		pf("%T %v", s.V, s.V)
	}},
	{"xml", func() {
		b, err := xml.Marshal(I(XDoc{Title: "T", Items: []XItem{{"a", "1"}}}))
		p(string(b), err)
		b, err = xml.Marshal(I(User{Name: "N"}))
		p(string(b), err)
		var d XDoc
		p(xml.Unmarshal([]byte(`<doc><title>Q</title><item k="z">v</item></doc>`), I(&d)), d.Title, d.Items)
	}},
	{"recover-cell-type", func() {
		func() {
			defer func() { r := recover(); c, ok := U[CodeErr](r); p(ok, c.Code, r) }()
			panic(I(CodeErr{8}))
		}()
		defer func() { r := recover(); _, ok := r.(error); p(ok, r) }()
		sort.Slice([]int{2, 1}, func(i, j int) bool { panic(I(CodeErr{9})) })
	}},
	{"compare-after-wrap", func() {
		e := As[error](I(CodeErr{3}))
		w := errors.Unwrap(fmt.Errorf("z %w", e))
		c, ok := U[CodeErr](w)
		p(w == e, ok, c.Code)
	}},
	{"slog", func() {
		var b bytes.Buffer
		l := slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(g []string, a slog.Attr) slog.Attr {
			if a.Key == "time" {
				return slog.Attr{}
			}
			return a
		}}))
		l.Info("m", "lv", I(Level(2)), "p", I(Point{1, 2}), "e", I(CodeErr{1}))
		p(b.String())
	}},
	{"scan-into-named", func() {
		var c Celsius
		var k Key
		n, err := fmt.Sscan("3.5 kk", I(&c), I(&k))
		p(n, err, float64(c), string(k))
	}},
	{"named-map-func-direct", func() {
		pf("%v %T", I(Set{"a": true}), I(Set{}))
		s := Is[interface{ Has(string) bool }](I(Set{"q": true}))
		if s != nil {
			p(s.Has("q"), s.Has("z"))
		}
		f := Is[interface{ Twice(int) int }](I(Fn(func(x int) int { return x * 3 })))
		if f != nil {
			p(f.Twice(2))
		}
		n := 6
		o := Is[interface{ Get() int }](I(Opt{&n}))
		if o != nil {
			p(o.Get())
		}
	}},
	{"nil-pointers", func() {
		var q *PV
		var e *PtrErr
		p(I(q), I(e) == nil)
		pf("%v %+v %T", I(q), I((*Node)(nil)), I(q))
	}},
	{"deep-embedding", func() {
		d := Deep{Holder: Holder{L: 1, P: PV{1, 2}}, Err: As[error](I(StrErr("e")))}
		pf("%v|%+v", I(d), I(d))
	}},
	{"unexported-iface-field", func() {
		type w struct{ v any }
		pf("%v %+v", w{I(Level(1))}, w{I(Point{1, 2})})
		pf("%v", []error{As[error](I(CodeErr{1}))})
	}},
	{"deepequal", func() {
		p(reflect.DeepEqual(I([]Point{{1, 2}}), I([]Point{{1, 2}})), reflect.DeepEqual(I(Point{1, 2}), I(PV{1, 2})))
	}},
	{"assert-panic-text", func() {
		x := I(Celsius(1))
		_ = x.(fmt.Stringer)
	}},
}
