package packages

import (
	"fmt"
	"go/types"
	"strings"
)

// Doc returns the doc comment of an exported name, of a field or a method
// ("Buffer.Write"), or of the package (""). It is "" where there is none.
func (p *Package) Doc(name string) string {
	p.read.Do(p.readDocs)
	return p.comments[name]
}

// readDocs reads the comments: a line with a name, then lines that start with a tab.
func (p *Package) readDocs() {
	p.comments = map[string]string{}
	data, err := p.Docs.Find(p.Path)
	if err != nil {
		return // the archive is part of the binary and was tested
	}
	name, text := "", strings.Builder{}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "\t") {
			text.WriteString(line[1:])
			continue
		}
		p.keep(name, &text)
		name = strings.TrimSuffix(line, "\n")
	}
	p.keep(name, &text)
}

// keep stores a comment; of several for one name, the package's say, all count.
func (p *Package) keep(name string, text *strings.Builder) {
	s := strings.TrimSpace(text.String())
	text.Reset()
	switch {
	case s == "":
	case p.comments[name] == "":
		p.comments[name] = s
	default:
		p.comments[name] += "\n\n" + s
	}
}

// DocKey is the name under which Doc knows an object: that of its type before
// it for a method. Fields are known by their struct only, so that their key is
// owner's name, a dot, and their own.
func DocKey(obj types.Object) string {
	if f, ok := obj.(*types.Func); ok {
		return MethodKey(f.Origin())
	}
	return obj.Name()
}

// Signature is the declaration of an object in Go, with the names of packages
// before the names they export, and of a type its exported fields or methods.
func Signature(obj types.Object) string {
	byName := func(p *types.Package) string { return p.Name() }
	t, ok := obj.(*types.TypeName)
	if !ok || t.IsAlias() {
		return types.ObjectString(obj, byName)
	}
	head := "type " + t.Name()
	if n, ok := t.Type().(*types.Named); ok && n.TypeParams().Len() > 0 {
		head, _, _ = strings.Cut(types.ObjectString(obj, byName), "] ")
		head = strings.Replace(head, byName(t.Pkg())+"."+t.Name(), t.Name(), 1) + "]"
	}
	switch u := t.Type().Underlying().(type) {
	case *types.Struct:
		return head + " struct" + fields(u, byName)
	case *types.Interface:
		return head + " interface" + methods(u, byName)
	default:
		return head + " " + types.TypeString(u, byName)
	}
}

func fields(t *types.Struct, q types.Qualifier) string {
	var lines []string
	hidden := false
	for f := range t.Fields() {
		switch {
		case !f.Exported():
			hidden = true
		case f.Embedded():
			lines = append(lines, types.TypeString(f.Type(), q))
		default:
			lines = append(lines, f.Name()+" "+types.TypeString(f.Type(), q))
		}
	}
	return braces(lines, hidden, "fields")
}

func methods(t *types.Interface, q types.Qualifier) string {
	if t.NumMethods() == 0 {
		return strings.TrimPrefix(types.TypeString(t, q), "interface")
	}
	var lines []string
	hidden := false
	for m := range t.Methods() {
		if !m.Exported() {
			hidden = true
			continue
		}
		lines = append(lines, m.Name()+strings.TrimPrefix(types.TypeString(m.Type(), q), "func"))
	}
	return braces(lines, hidden, "methods")
}

// braces prints the members of a type as go doc does.
func braces(lines []string, hidden bool, what string) string {
	if hidden {
		lines = append(lines, fmt.Sprintf("// Has unexported %s.", what))
	}
	if len(lines) == 0 {
		return "{}"
	}
	return " {\n\t" + strings.Join(lines, "\n\t") + "\n}"
}
