// Package export writes the cells of a notebook as one Go program that prints
// what they print when they are run in order.
//
// What the cells declare becomes package-level declarations, their variables
// too; their statements become blocks of main. A name that a later cell declares
// with another meaning gets a number, and what is written later follows it. A
// function that is declared again with the same signature becomes a variable, so
// that earlier callers call the new one, as they do in the notebook. What an
// earlier function means by a name of another type or value stays as it was.
package export

import (
	"bytes"
	"fmt"
	"go/format"
	"go/types"
	"slices"
	"strings"

	"github.com/convnotes/convnotes/kernel/gocell/assist"
	"github.com/convnotes/convnotes/kernel/gocell/packages"
)

// A Cell is a code cell of a notebook.
type Cell struct {
	ID, Source string
	MayFail    bool // the program goes on after a panic, and without a cell that does not compile
}

// A Magic writes Go for a line magic; use returns the name by which the program
// has a package.
type Magic func(args string, use func(path string) string) (code string, err error)

// Options say what a program needs to know of the session.
type Options struct {
	Packages map[string]*packages.Package // what cells may import
	Display  string                       // path of the package whose Of, SetSink and Bundle show values
	Magics   map[string]Magic             // of magics beside the built-in ones
	Comment  string                       // at the head of the program
}

// An Error says which cell cannot be exported, and why.
type Error struct {
	Cell   int // from 1, of the code cells
	ID     string
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("cell %d (%s): %s", e.Cell, e.ID, e.Reason) }

// Program writes the program.
func Program(cells []Cell, o Options) ([]byte, error) {
	p := newProgram(cells, o)
	for i, c := range cells {
		if err := p.cell(i+1, c); err != nil {
			return nil, &Error{i + 1, c.ID, err.Error()}
		}
	}
	source, err := p.legal(p.text(p.main()))
	if err != nil {
		return nil, err
	}
	return format.Source(source)
}

// A program is what was written so far.
type program struct {
	Options
	table   assist.Table
	imp     types.Importer
	taken   map[string]bool   // names that no new one may be
	imports map[string]string // name in the program by path
	live    map[string]*entity
	decls   []*decl
	methods map[string]string // text by T.m
	body    strings.Builder
	shows   string // the name of the function that shows a value, once it is needed
}

// An entity is what a name of the cells means.
type entity struct {
	use  string // its name in the program
	def  string // the name in its declaration
	path string // of a package
	text string // of a type
	decl *decl  // of a function
	dot  string // the name in the package, of import . "path"
}

// A decl is a declaration of the program. Funcs have their name apart.
type decl struct{ before, name, after string }

func (d *decl) String() string { return d.before + d.name + d.after }

func newProgram(cells []Cell, o Options) *program {
	p := &program{
		Options: o, table: assist.Magics, imp: packages.NewImporter(o.Packages), taken: map[string]bool{"main": true, "init": true},
		imports: map[string]string{}, live: map[string]*entity{}, methods: map[string]string{},
	}
	for name := range o.Magics {
		p.table = p.table.With(name, "[…]", "", "")
	}
	for _, name := range types.Universe.Names() {
		p.taken[name] = true
	}
	return p
}

// fresh returns a name that the program does not have: the name itself or with a number.
func (p *program) fresh(name string) string {
	for i, n := 2, name; ; i++ {
		if !p.taken[n] {
			p.taken[n] = true
			return n
		}
		n = fmt.Sprintf("%s_%d", name, i)
	}
}

// use returns the name of a package in the program, and imports it.
func (p *program) use(path string) string {
	if p.imports[path] == "" {
		name := path[strings.LastIndex(path, "/")+1:]
		if pkg := p.Packages[path]; pkg != nil {
			name = pkg.Name
		}
		p.imports[path] = p.fresh(name)
	}
	return p.imports[path]
}

// header is the start of a file with the program's imports.
func (p *program) header() string {
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n")
	for _, ours := range []bool{false, true} {
		for _, path := range slices.Sorted(keys(p.imports)) {
			if strings.Contains(path, ".") != ours {
				continue
			}
			name := p.imports[path] + " "
			if pkg := p.Packages[path]; pkg != nil && pkg.Name+" " == name && strings.HasSuffix(path, pkg.Name) {
				name = ""
			}
			fmt.Fprintf(&b, "\t%s%q\n", name, path)
		}
		b.WriteString("\n")
	}
	b.WriteString(")\n\n")
	return b.String()
}

func keys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// declarations is all that was declared so far.
func (p *program) declarations() string {
	var b strings.Builder
	for _, d := range p.decls {
		b.WriteString(d.String() + "\n\n")
	}
	return b.String()
}

// text is the program: imports, main, and the declarations.
func (p *program) text(main string) []byte {
	var b bytes.Buffer
	for line := range strings.Lines(p.Comment) {
		b.WriteString("// " + strings.TrimSuffix(line, "\n") + "\n")
	}
	b.WriteString("//\n// Cells are blocks of main; what they declare stands below.\n" + p.header() + main + "\n\n" + p.declarations() + p.showFunc())
	return b.Bytes()
}

// main is func main; in a program of ours, what is displayed is printed.
func (p *program) main() string {
	start := ""
	for path := range p.imports {
		if p.Display != "" && strings.HasPrefix(path, module(p.Display)) {
			start = fmt.Sprintf("%s.SetSink(func(b %[1]s.Bundle) { %s.Println(b.Data[\"text/plain\"]) })\n", p.use(p.Display), p.use("fmt"))
			break
		}
	}
	return "func main() {\n" + start + p.body.String() + "}"
}

// module is the host, owner and name that a path starts with.
func module(path string) string {
	parts := strings.SplitN(path, "/", 4)
	return strings.Join(parts[:min(3, len(parts))], "/") + "/"
}

// show is the function that prints values as the notebook shows them.
func (p *program) show() string {
	if p.shows == "" {
		p.use("fmt")
		p.use(p.Display)
		p.shows = p.fresh("show")
	}
	return p.shows
}

func (p *program) showFunc() string {
	if p.shows == "" {
		return ""
	}
	return fmt.Sprintf(`// %[1]s prints the values that end a cell, as a notebook shows them.
func %[1]s(values ...any) {
	if len(values) == 1 {
		if values[0] != nil {
			%[2]s.Println(%[3]s.Of(values[0]).Data["text/plain"])
		}
		return
	}
	for i, v := range values {
		if i > 0 {
			%[2]s.Print(", ")
		}
		%[2]s.Print(v)
	}
	%[2]s.Println()
}
`, p.shows, p.imports["fmt"], p.imports[p.Display])
}
