package gocell

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/gocell/assist"
)

// evalParts runs a cell that may hold magics: every stretch of Go and every
// magic in order. The result is that of the last part.
func (s *Engine) evalParts(ctx context.Context, source string, out kernel.Output) (result any, err error) {
	defer s.remember()
	parts, err := s.magicTable().ParseMagic(source, display.Language())
	if err != nil {
		return nil, s.magicError(err, source, out)
	}
	for _, p := range parts {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if result, err = s.evalPart(ctx, p, out); err != nil {
			return nil, err
		}
	}
	return result, nil
}

func (s *Engine) evalPart(ctx context.Context, p assist.Part, out kernel.Output) (any, error) {
	if p.Magic.Name == "" {
		return s.eval(ctx, strings.Repeat("\n", p.Line-1)+p.Code, out)
	}
	if run := s.magics[p.Magic.Name]; run != nil {
		return nil, run(p.Args, out)
	}
	return magics[p.Magic.Name](s, ctx, p, out)
}

// magics are the built-in ones by name.
var magics map[string]func(*Engine, context.Context, assist.Part, kernel.Output) (any, error)

func init() { // as a literal it would refer to itself
	magics = map[string]func(*Engine, context.Context, assist.Part, kernel.Output) (any, error){
		"%help":       (*Engine).help,
		"%time":       (*Engine).time,
		"%%time":      (*Engine).time,
		"%bench":      (*Engine).bench,
		"%who":        (*Engine).who,
		"%reset":      (*Engine).reset,
		"%goroutines": (*Engine).goroutines,
		"%%writefile": (*Engine).writeFile,
		"!":           (*Engine).shell,
		"?":           (*Engine).question,
	}
}

// magicTable is the built-in magics and those that the program added.
func (s *Engine) magicTable() assist.Table {
	table := assist.Magics
	for _, name := range slices.Sorted(maps.Keys(s.magics)) {
		table = table.With(name, "[…]", "", "")
	}
	return table
}

// magicError shows what is wrong with a magic at its line.
func (s *Engine) magicError(err error, source string, out kernel.Output) error {
	var m *assist.MagicError
	if !errors.As(err, &m) {
		return err
	}
	text := strings.Split(source, "\n")[m.Line-1]
	return &Error{Class: "magic error", Diagnostics: []Diagnostic{{Cell: s.numberOf(out), Line: m.Line, Column: 1, Message: m.Text, Source: text}}}
}

// say returns the text in the session's language.
func say(en, zh string) string {
	if display.Language() == "zh" {
		return zh
	}
	return en
}

func (s *Engine) help(_ context.Context, _ assist.Part, out kernel.Output) (any, error) {
	_, err := fmt.Fprint(out.Stdout(), s.magicTable().Help(display.Language()))
	return nil, err
}

// source is the Go of a magic, at the line and column where it stands.
func sourceOf(p assist.Part) string {
	if p.Magic.Below {
		return strings.Repeat("\n", p.Line) + p.Body
	}
	return strings.Repeat("\n", p.Line-1) + strings.Repeat(" ", p.Col-1) + p.Args
}

func (s *Engine) time(ctx context.Context, p assist.Part, out kernel.Output) (any, error) {
	start := time.Now()
	result, err := s.eval(ctx, sourceOf(p), out)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(out.Stdout(), say("time: %v\n", "用时：%v\n"), rounded(time.Since(start)))
	return result, err
}

// rounded keeps three digits of a duration or so.
func rounded(d time.Duration) time.Duration {
	for unit := time.Duration(1); ; unit *= 10 {
		if d < 1000*unit {
			return d.Round(unit)
		}
	}
}

// bench runs a statement in loops of growing length until one takes long enough
// to be measured, and divides.
func (s *Engine) bench(ctx context.Context, p assist.Part, out kernel.Output) (any, error) {
	const enough = 500 * time.Millisecond
	quiet := quietOutput{out}
	for n := 1; ; {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		if _, err := s.eval(ctx, s.loop(p, n), quiet); err != nil {
			return nil, err
		}
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if took >= enough || n >= 1e9 {
			each := func(x uint64) uint64 { return x / uint64(n) }
			fmt.Fprintf(out.Stdout(), say("%d runs, each %v, %d bytes in %d allocations\n", "运行 %d 次，每次 %v，分配 %d 字节、%d 次\n"),
				n, rounded(took/time.Duration(n)), each(after.TotalAlloc-before.TotalAlloc), each(after.Mallocs-before.Mallocs))
			return nil, nil
		}
		n = min(100*n, int(float64(n)*1.2*float64(enough)/float64(max(took, time.Microsecond)))+1)
	}
}

// loop writes the statement of %bench into a loop, its columns kept.
func (s *Engine) loop(p assist.Part, n int) string {
	body := p.Args
	if isExpression(body) {
		body = "_ = " + body
	}
	head := fmt.Sprintf("for range %d {", n)
	return strings.Repeat("\n", max(0, p.Line-2)) + head + "\n" + body + "\n}"
}

// isExpression reports whether code is a value to be thrown away; a call may
// stand as a statement.
func isExpression(code string) bool {
	e, err := parser.ParseExpr(code)
	_, call := e.(*ast.CallExpr)
	return err == nil && !call
}

// A quietOutput swallows what a benchmark prints.
type quietOutput struct{ kernel.Output }

func (quietOutput) Stdout() io.Writer      { return io.Discard }
func (quietOutput) Display(display.Bundle) {}

// who lists the live names.
func (s *Engine) who(_ context.Context, _ assist.Part, out kernel.Output) (any, error) {
	names := slices.Sorted(maps.Keys(s.live))
	if len(names) == 0 {
		_, err := fmt.Fprintln(out.Stdout(), say("No cell has declared anything yet.", "还没有单元格声明过名字。"))
		return nil, err
	}
	w := tabwriter.NewWriter(out.Stdout(), 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, say("NAME\tCELL\tTYPE\tVALUE", "名字\t单元格\t类型\t值"))
	for _, name := range names {
		d := s.live[name]
		cell := ""
		if d.cell != nil {
			cell = fmt.Sprint(d.cell.number)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", name, cell, typeText(d.obj), s.valueText(name, d.obj))
	}
	return nil, w.Flush()
}

func typeText(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.PkgName:
		return "package " + obj.Imported().Path()
	case *types.TypeName:
		return "type"
	}
	return types.TypeString(obj.Type(), qualifier)
}

func qualifier(p *types.Package) string {
	if p.Path() == "main" {
		return ""
	}
	return p.Name()
}

// valueText is the first line of a variable's value.
func (s *Engine) valueText(name string, obj types.Object) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprintf("(%v)", r)
		}
	}()
	if c, ok := obj.(*types.Const); ok {
		return c.Val().String()
	}
	if _, ok := obj.(*types.Var); !ok {
		return ""
	}
	v, ok := s.Lookup(name)
	if !ok {
		return ""
	}
	text, _, more := strings.Cut(fmt.Sprint(v.Interface()), "\n")
	if r := []rune(text); len(r) > 60 {
		text, more = string(r[:60]), true
	}
	if more {
		text += "…"
	}
	return text
}

// reset forgets the names; what still refers to them keeps what it has.
func (s *Engine) reset(_ context.Context, _ assist.Part, out kernel.Output) (any, error) {
	n := len(s.live)
	clear(s.live)
	_, err := fmt.Fprintf(out.Stdout(), say("%d names forgotten\n", "已清除 %d 个名字\n"), n)
	return nil, err
}

// goroutines lists what cells left running, or stops it.
func (s *Engine) goroutines(_ context.Context, p assist.Part, out kernel.Output) (any, error) {
	if p.Args == "stop" {
		return nil, s.stopGoroutines(out)
	}
	if p.Args != "" {
		return nil, fmt.Errorf(say("%%goroutines knows only stop, not %q", "%%goroutines 只接受 stop，不认识 %q"), p.Args)
	}
	places := s.leftRunning()
	if len(places) == 0 {
		_, err := fmt.Fprintln(out.Stdout(), say("No goroutine is running.", "没有正在运行的 goroutine。"))
		return nil, err
	}
	for _, place := range places {
		fmt.Fprintln(out.Stdout(), place)
	}
	return nil, nil
}

// leftRunning says where each live goroutine was started.
func (s *Engine) leftRunning() (places []string) {
	s.threads.mu.Lock()
	starts := slices.Collect(maps.Values(s.threads.live))
	s.threads.mu.Unlock()
	slices.Sort(starts)
	for _, pos := range starts {
		c, line, column, text := s.place(token.Pos(pos))
		if c == nil {
			places = append(places, "?")
			continue
		}
		places = append(places, assist.Place(c.number, line, column, display.Language())+": "+strings.TrimSpace(text))
	}
	return places
}

func (s *Engine) stopGoroutines(out kernel.Output) error {
	before := len(s.leftRunning())
	s.interrupt()
	for deadline := time.Now().Add(time.Second); len(s.leftRunning()) > 0 && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	s.renewStop()
	left := len(s.leftRunning())
	_, err := fmt.Fprintf(out.Stdout(), say("%d stopped, %d left\n", "已停止 %d 个，剩余 %d 个\n"), before-left, left)
	return err
}

func (s *Engine) writeFile(_ context.Context, p assist.Part, out kernel.Output) (any, error) {
	name := strings.Trim(p.Args, `"`)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return nil, err
	}
	if err := os.WriteFile(name, []byte(p.Body), 0o666); err != nil {
		return nil, err
	}
	_, err := fmt.Fprintf(out.Stdout(), say("%s: %d bytes written\n", "%s：已写入 %d 字节\n"), name, len(p.Body))
	return nil, err
}

// question shows what a name is in the front end's pager.
func (s *Engine) question(_ context.Context, p assist.Part, out kernel.Output) (any, error) {
	detail := 0
	if p.More {
		detail = 1
	}
	a := &assistant{s, s.live}
	doc, found := assist.Inspect(p.Args, len(p.Args), detail, a, display.Language())
	if !found {
		near := assist.DidYouMean(p.Args, append(a.Names(), a.KnownNames()...))
		return nil, errors.New(say("nothing is known of ", "没有关于它的说明：") + p.Args + didYouMean(near))
	}
	out.Page(docBundle(doc))
	return nil, nil
}

func didYouMean(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return say("; did you mean ", "；是不是想写 ") + near[0] + say("?", "？")
}
