package gocell_test

import (
	"context"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/convnotes/convnotes/kernel/gocell/symbols"
)

// A usage is a file of testdata/uses, something that compiled code does with
// types declared in cells, or of testdata/generics, where cells use the generic
// functions of the standard library with types of their own. The declarations are one cell, the statements the
// next; want is what compiled Go prints for both as a program.
type usage struct{ name, declarations, statements, want string }

func readUses(t *testing.T, folder string) (list []usage) {
	files, err := filepath.Glob("testdata/" + folder + "/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no uses:", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		u := usage{name: name}
		for _, f := range txtar.Parse(data).Files {
			*map[string]*string{"declarations": &u.declarations, "statements": &u.statements, "want": &u.want}[f.Name] = string(f.Data)
		}
		if *update {
			u.compile(t)
		}
		list = append(list, u)
	}
	return list
}

// compile takes the output of compiled Go for the one that is wanted.
func (u *usage) compile(t *testing.T) {
	main := filepath.Join(t.TempDir(), "main.go")
	program := "package main\n" + u.declarations + "\nfunc main() {\n" + u.statements + "}\n"
	if err := os.WriteFile(main, []byte(program), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "run", main).Output()
	if err != nil {
		t.Fatalf("%s: %v", u.name, err)
	}
	u.want = string(out)
	text := txtar.Format(&txtar.Archive{Files: []txtar.File{
		{Name: "declarations", Data: []byte(u.declarations)},
		{Name: "statements", Data: []byte(u.statements)},
		{Name: "want", Data: out},
	}})
	if err := os.WriteFile(u.name, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// run is what the cells of a use print in a session.
func (u usage) run(s *session) string {
	printed, rest := s.run(context.Background(), u.declarations)
	if rest != "" {
		return printed + rest
	}
	more, rest := s.run(context.Background(), u.statements)
	return printed + more + rest
}

// missing is a package of a use that this build has not: the browser's list is
// shorter.
func (u usage) missing(t *testing.T) string {
	f, err := parser.ParseFile(token.NewFileSet(), u.name, "package main\n"+u.declarations, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		if runtime.GOOS == "js" && symbols.Packages[path] == nil {
			return path
		}
	}
	return ""
}

func (u usage) skipMissing(t *testing.T) {
	if path := u.missing(t); path != "" {
		t.Skipf("the browser has no %s", path)
	}
}

// TestUses runs each use in a session of its own.
func TestUses(t *testing.T) {
	for _, u := range readUses(t, "uses") {
		t.Run(filepath.Base(u.name), func(t *testing.T) {
			u.skipMissing(t)
			if got := u.run(newSession()); got != u.want {
				t.Errorf("got\n%swant\n%s", got, u.want)
			}
		})
	}
}

func TestGenericsOfTheStandardLibrary(t *testing.T) {
	for _, u := range readUses(t, "generics") {
		t.Run(filepath.Base(u.name), func(t *testing.T) {
			u.skipMissing(t)
			if got := u.run(newSession()); got != u.want {
				t.Errorf("got\n%swant\n%s", got, u.want)
			}
		})
	}
}

// TestUsesInOneSession declares all types again and again in one session, so
// that old and new types of one name meet, beside a loop of collections.
func TestUsesInOneSession(t *testing.T) {
	defer collecting()()
	s := newSession()
	for range 2 {
		for _, u := range readUses(t, "uses") {
			if u.missing(t) != "" || filepath.Base(u.name) == "gob-register-interface.txtar" {
				continue // gob refuses a second type of one name, as it says
			}
			if runtime.GOOS == "js" {
				runtime.GC()
			}
			if got := u.run(s); got != u.want {
				t.Errorf("%s: got\n%swant\n%s", u.name, got, u.want)
			}
		}
	}
}

// collecting keeps collecting garbage until the function it returns is called.
// The browser has one thread, which that would take from the cells: there the
// test collects between them.
func collecting() (stop func()) {
	stopped := make(chan bool)
	if runtime.GOOS != "js" {
		go func() {
			for {
				select {
				case <-stopped:
					return
				default:
					runtime.GC()
				}
			}
		}()
	}
	return func() { close(stopped) }
}

// TestPackagesByName: a package that is used without import imports itself; of
// several with one name it is the one that has what the cell selects.
func TestPackagesByName(t *testing.T) {
	for _, c := range []struct{ cell, want string }{
		{`fmt.Println(strings.ToUpper("a"), math.Sqrt(4))`, "A 2\n"},
		{`fmt.Println(rand.IntN(1), rand.N(1))`, "0 0\n"},
		{`fmt.Println(rand.Intn(1), rand.Perm(1))`, "0 [0]\n"},
		{`fmt.Println(len(rand.Text()) > 5)`, "true\n"},
		{`fmt.Println(template.JSEscapeString("<"))`, "\\u003C\n"},
		{`fmt.Println(template.HTML("<b>"))`, "<b>\n"},
		{`fmt.Println(slices.Max([]int{1, 2}), maps.Clone(map[int]int{1: 2}))`, "2 map[1:2]\n"},
		{`func() { strings := []string{"local"}; fmt.Println(strings) }()`, "[local]\n"},
	} {
		if strings.Contains(c.cell, "HTML(") && symbols.Packages["html/template"] == nil {
			continue
		}
		if strings.Contains(c.cell, "rand.Text") && symbols.Packages["crypto/rand"] == nil {
			continue
		}
		printed, rest := newSession().run(context.Background(), c.cell)
		if printed != c.want || rest != "" {
			t.Errorf("%s\nprinted %q, want %q\n%s", c.cell, printed, c.want, rest)
		}
	}
}
