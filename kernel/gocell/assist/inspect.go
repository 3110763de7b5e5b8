package assist

import (
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/token"
	"go/types"
	"strings"

	"github.com/convnotes/convnotes/kernel/gocell/lex"
)

// A Doc is what is known of a name, in two formats.
type Doc struct{ Markdown, Plain string }

// Inspect documents the name at the cursor or, within the arguments of a call,
// the function called: signature, doc comment, value. Detail 1 adds the members
// of types and packages.
func Inspect(source string, cursor, detail int, s Session, lang string) (doc Doc, found bool) {
	code := goOnly(source)
	cursor = clamp(code, cursor)
	for _, word := range wordsAt(code, cursor) {
		p := page{session: s, lang: lang, detail: detail}
		if p.describe(code, word) {
			return Doc{p.markdown(), p.plain()}, true
		}
	}
	return Doc{}, false
}

// wordsAt returns what the cursor may ask about: the name it is in or behind,
// then the functions of the calls around it, innermost first.
func wordsAt(code string, cursor int) (words []lex.Token) {
	tokens, _ := lex.Scan(code)
	var open []lex.Token // the word before each bracket that is open at the cursor
	var before lex.Token
	for _, t := range tokens {
		if t.Start <= cursor && cursor <= t.End && (t.Tok == token.IDENT || t.Tok.IsKeyword()) {
			words = append(words, t)
		}
		if t.Start < cursor {
			switch {
			case lex.Opens(t.Tok):
				open = append(open, before)
			case lex.Closes(t.Tok) && len(open) > 0:
				open = open[:len(open)-1]
			}
		}
		before = t
	}
	for i := len(open) - 1; i >= 0; i-- {
		if open[i].Tok == token.IDENT {
			words = append(words, open[i])
		}
	}
	return words
}

// A page gathers what is known of one name.
type page struct {
	session   Session
	lang      string
	detail    int
	signature string
	facts     []string // value, cell ...
	doc       string   // a Go doc comment
	members   []string
}

// describe fills the page for the word, or reports that nothing is known of it.
func (p *page) describe(code string, word lex.Token) bool {
	if word.Tok.IsKeyword() {
		return p.describeBasic(word.Tok.String(), keywordDocs)
	}
	obj, owner := resolve(code, word, p.session)
	switch {
	case obj == nil:
		return p.describeKnown(word.Text)
	case obj.Parent() == types.Universe:
		return p.describeBasic(obj.Name(), predeclaredDocs)
	}
	p.describeObject(obj, owner)
	return true
}

// resolve finds the declaration a word means: in the whole cell and, when that
// does not say, in the cell cut behind the word. For members, owner is the type
// they were selected from.
func resolve(code string, word lex.Token, s Session) (obj types.Object, owner types.Type) {
	tokens, _ := lex.Scan(code)
	u := check(code, lex.Split(tokens), word.Start, s)
	if obj, owner = u.objectAt(word.Text); obj != nil {
		return obj, owner
	}
	full, items := cut(code, word.Start, word.End, word.Text)
	return check(full, items.all, word.Start, s).objectAt(word.Text)
}

func (u *unit) objectAt(name string) (obj types.Object, owner types.Type) {
	path := u.path()
	for _, n := range path {
		if id, ok := n.(*ast.Ident); ok && id.Name == name && u.info.ObjectOf(id) != nil {
			obj = u.info.ObjectOf(id)
		}
		if sel, ok := n.(*ast.SelectorExpr); ok && obj != nil && sel.Sel.Name == name {
			return obj, u.info.TypeOf(sel.X)
		}
	}
	return obj, nil
}

// describeKnown describes a package that no one imported, or a name that the
// broken cell could not place.
func (p *page) describeKnown(name string) bool {
	if obj := p.session.Object(name); obj != nil {
		p.describeObject(obj, nil)
		return true
	}
	path, ok := p.session.Known(name)
	if !ok {
		return false
	}
	pkg, err := p.session.Import(path)
	if err != nil {
		return false
	}
	p.describePackage(pkg)
	return true
}

func (p *page) describeBasic(name string, docs map[string]basicDoc) bool {
	d, ok := docs[name]
	if !ok {
		return false
	}
	p.signature, p.doc = d.form, d.in(p.lang)
	return true
}

func (p *page) describePackage(pkg *types.Package) {
	p.signature = fmt.Sprintf("package %s // import %q", pkg.Name(), pkg.Path())
	p.doc = p.session.Doc(pkg.Path(), "")
	if p.detail == 0 {
		return
	}
	for _, name := range pkg.Scope().Names() {
		if token.IsExported(name) {
			p.members = append(p.members, types.ObjectString(pkg.Scope().Lookup(name), qualify))
		}
	}
}

func (p *page) describeObject(obj types.Object, owner types.Type) {
	if pkg, ok := obj.(*types.PkgName); ok {
		p.describePackage(pkg.Imported())
		return
	}
	p.signature = declarationOf(obj)
	path := "main"
	if obj.Pkg() != nil {
		path = obj.Pkg().Path()
	}
	p.doc = p.session.Doc(path, docName(obj, owner))
	if path == "main" && p.session.Object(obj.Name()) == obj {
		p.describeLive(obj)
	}
	if t, ok := obj.(*types.TypeName); ok && p.detail > 0 {
		for _, m := range membersOf(t.Type()) {
			p.members = append(p.members, declarationOf(m.obj))
		}
	}
}

// declarationOf writes a declaration as source has it; a struct line by line,
// without the fields a cell cannot reach.
func declarationOf(obj types.Object) string {
	if f, ok := obj.(*types.Func); ok {
		return writeFunc(f)
	}
	t, ok := obj.(*types.TypeName)
	if !ok || t.IsAlias() {
		return types.ObjectString(obj, qualify)
	}
	s, ok := t.Type().Underlying().(*types.Struct)
	if !ok {
		return types.ObjectString(obj, qualify)
	}
	head, _, _ := strings.Cut(types.ObjectString(obj, qualify), " struct{")
	lines := []string{head + " struct {"}
	hidden := 0
	for f := range s.Fields() {
		switch name := f.Name() + " "; {
		case !f.Exported() && f.Pkg() != nil && f.Pkg().Path() != "main":
			hidden++
		case f.Embedded():
			lines = append(lines, "\t"+types.TypeString(f.Type(), qualify))
		default:
			lines = append(lines, "\t"+name+types.TypeString(f.Type(), qualify))
		}
	}
	if hidden > 0 {
		lines = append(lines, "\t// …")
	}
	return strings.Join(append(lines, "}"), "\n")
}

// docName is how a Session's Doc names a declaration: Name or Type.Name.
func docName(obj types.Object, owner types.Type) string {
	if f, ok := obj.(*types.Func); ok && f.Signature().Recv() != nil {
		owner = f.Signature().Recv().Type()
	}
	if v, ok := obj.(*types.Var); ok && !v.IsField() {
		owner = nil
	}
	if owner == nil {
		return obj.Name()
	}
	if ptr, ok := types.Unalias(owner).(*types.Pointer); ok {
		owner = ptr.Elem()
	}
	if n, ok := types.Unalias(owner).(*types.Named); ok {
		return n.Obj().Name() + "." + obj.Name()
	}
	return obj.Name()
}

// describeLive adds what a running session knows of a name.
func (p *page) describeLive(obj types.Object) {
	name := obj.Name()
	if shape := p.session.Shape(name); shape != "" {
		p.fact(phrase{"Shape", "形状"}, shape)
	}
	if value, ok := p.session.Value(name); ok {
		p.fact(phrase{"Value", "值"}, value)
	}
	if cell, ok := p.session.DefinedIn(name); ok {
		p.fact(phrase{"Declared in cell", "声明于单元格"}, fmt.Sprint(cell))
	}
}

func (p *page) fact(label phrase, text string) {
	sign := phrase{": ", "："}.in(p.lang)
	if strings.Contains(text, "\n") {
		sign = strings.TrimRight(sign, " ") + "\n"
	}
	p.facts = append(p.facts, label.in(p.lang)+sign+text)
}

func (p *page) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "```go\n%s\n```\n", p.signature)
	for _, f := range p.facts {
		if label, text, block := strings.Cut(f, "\n"); block {
			fmt.Fprintf(&b, "\n%s\n\n```\n%s\n```\n", label, text)
		} else {
			fmt.Fprintf(&b, "\n%s\n", escape(f))
		}
	}
	if p.doc != "" {
		var parser comment.Parser
		b.WriteString("\n")
		b.Write((&comment.Printer{HeadingLevel: 4}).Markdown(parser.Parse(p.doc)))
	}
	if len(p.members) > 0 {
		fmt.Fprintf(&b, "\n```go\n%s\n```\n", strings.Join(p.members, "\n"))
	}
	return b.String()
}

// escape keeps Markdown from reading signs in a value as its own.
func escape(s string) string {
	return strings.NewReplacer("*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "[", `\[`).Replace(s)
}

func (p *page) plain() string {
	parts := append([]string{p.signature}, p.facts...)
	if p.doc != "" {
		var parser comment.Parser
		text := (&comment.Printer{}).Text(parser.Parse(p.doc))
		parts = append(parts, "\n"+strings.TrimRight(string(text), "\n"))
	}
	if len(p.members) > 0 {
		parts = append(parts, "\n"+strings.Join(p.members, "\n"))
	}
	return strings.Join(parts, "\n")
}
