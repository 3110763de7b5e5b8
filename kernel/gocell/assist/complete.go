package assist

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/convnotes/convnotes/kernel/gocell/lex"
)

// A Completion lists what may replace source[Start:End]; offsets count bytes.
type Completion struct {
	Start, End int
	Items      []Item
}

// An Item is one proposal.
type Item struct {
	Text      string // what is inserted
	Kind      string // function, struct, module, field, variable, keyword ...
	Signature string // parameters and results, or the type
}

// Complete lists what may stand at the cursor, best first. The cursor and the
// offsets of the answer count bytes. The code need not parse: it is cut at the
// cursor, its brackets are closed, and what follows is used as far as it declares.
func Complete(source string, cursor int, s Session) Completion {
	cursor = clamp(source, cursor)
	if c, ok := completeMagic(source, cursor); ok {
		return c
	}
	code := goOnly(source)
	if m, _, ok := wholeCell(source); ok && m.Text {
		return Completion{Start: cursor, End: cursor}
	}
	start := wordStart(code[:cursor])
	if first, _ := utf8.DecodeRuneInString(code[start:cursor]); unicode.IsDigit(first) || inComment(code[:cursor]) {
		return Completion{Start: cursor, End: cursor}
	}
	if _, problem := lex.Scan(code[:start]); problem != nil {
		return completeImport(code, cursor, s)
	}
	c := newCompleter(code, start, cursor, s)
	c.collect()
	return Completion{Start: start, End: cursor, Items: c.sorted()}
}

// clamp moves an offset into the source and to the start of a rune.
func clamp(source string, cursor int) int {
	cursor = max(0, min(cursor, len(source)))
	for cursor > 0 && cursor < len(source) && !utf8.RuneStart(source[cursor]) {
		cursor--
	}
	return cursor
}

// wordStart returns where the identifier at the end of text begins.
func wordStart(text string) int {
	return len(strings.TrimRightFunc(text, isLetter))
}

func isLetter(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// inComment reports whether text ends within a comment.
func inComment(text string) bool {
	var in lexer
	for _, l := range lines(text) {
		in.lineComment = false
		if !l.magic {
			in.read(text[l.start:l.end])
		}
	}
	return in.comment || in.lineComment
}

func completeMagic(source string, cursor int) (c Completion, ok bool) {
	for _, l := range lines(source) {
		if !l.magic || cursor < l.start || cursor > l.end {
			continue
		}
		word, args := splitMagic(source[l.start:l.end])
		m, known := Magics.Lookup(word)
		if cursor >= l.start+args && args < l.end-l.start || word == "?" || word == "!" {
			return Completion{Start: cursor, End: cursor}, !m.Code && word != "?"
		}
		typed := strings.TrimLeft(source[l.start:cursor], " \t")
		c = Completion{Start: cursor - len(typed), End: cursor}
		for _, m := range Magics {
			if strings.HasPrefix(m.Name, "%") && strings.HasPrefix(m.Name, typed) {
				c.Items = append(c.Items, Item{Text: m.Name, Kind: "magic", Signature: m.Args})
			}
		}
		return c, !known || typed == word
	}
	return c, false
}

var inImport = regexp.MustCompile(`(?s)(?:^|[\n;])\s*import\s*(?:[\pL_.][\pL\pN_]*\s*)?(?:\([^)]*?)?["` + "`" + `]([^"\n` + "`" + `]*)$`)

// completeImport completes the path of an import, and nothing in other strings.
func completeImport(code string, cursor int, s Session) Completion {
	none := Completion{Start: cursor, End: cursor}
	match := inImport.FindStringSubmatchIndex(code[:cursor])
	if match == nil {
		return none
	}
	none.Start = match[2]
	quote := code[match[2]-1 : match[2]]
	if strings.HasPrefix(code[cursor:], quote) {
		quote = ""
	}
	for _, path := range s.Paths() {
		if strings.HasPrefix(path, code[match[2]:cursor]) {
			none.Items = append(none.Items, Item{Text: path + quote, Kind: "module"})
		}
	}
	slices.SortFunc(none.Items, func(a, b Item) int { return strings.Compare(a.Text, b.Text) })
	return none
}

// placeholder stands where the cursor is.
const placeholder = "cursorʹ"

// A completer gathers candidates for one place.
type completer struct {
	*unit
	prefix string // what is typed of the name
	indent string // of the line with the cursor
	levels []level
	before lex.Token // the token before the name
	starts bool      // the name may begin a statement
	wanted types.Type
	found  []candidate
	seen   map[string]bool
}

// A candidate is a proposal; a low rank comes first.
type candidate struct {
	Item
	rank int
}

func newCompleter(code string, start, cursor int, s Session) *completer {
	c := &completer{prefix: code[start:cursor], seen: map[string]bool{}}
	line := code[strings.LastIndexByte(code[:start], '\n')+1 : start]
	c.indent = line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	full, items := cut(code, start, cursor, placeholder)
	last := items.at
	c.levels = items.levels
	if n := len(last.Tokens); n > 1 {
		c.before = last.Tokens[n-2]
	}
	if n := len(last.Tokens); n > 0 {
		levels, _ := openLevels(last.Tokens[:n-1])
		c.starts = levels[len(levels)-1].fresh
	}
	c.unit = check(full, items.all, start, s)
	return c
}

// cutItems are the items of a cell that was cut at the cursor.
type cutItems struct {
	all    []lex.Item
	at     lex.Item // the one with the cursor
	levels []level
}

var declaration = regexp.MustCompile(`(?m)^(?:(?:func|type|var|const|import)\b|[\pL_][\pL\pN_, ]*:=)`)

// cut replaces source[start:] by word, closes what is open there, and appends
// what is declared in the lines below the cursor.
func cut(source string, start, cursor int, word string) (full string, items cutItems) {
	head := source[:start] + word
	tokens, _ := lex.Scan(head)
	for len(tokens) > 0 && tokens[len(tokens)-1].Auto {
		tokens = tokens[:len(tokens)-1]
	}
	items.all = lex.Split(tokens)
	if len(items.all) == 0 {
		return head, items
	}
	last := &items.all[len(items.all)-1]
	items.levels, _ = openLevels(last.Tokens)
	full = head + mend(items.levels)
	items.at = *last
	last.End = len(full)
	below := source[cursor:]
	at := declaration.FindStringIndex(below)
	for at != nil && at[0] == 0 { // the cursor's own line
		if at = declaration.FindStringIndex(below[1:]); at != nil {
			below = below[1:]
		}
	}
	if at == nil {
		return full, items
	}
	full += "\n"
	rest, _ := lex.Scan(below[at[0]:])
	for _, it := range lex.Split(rest) {
		items.all = append(items.all, shift(it, len(full)))
	}
	return full + below[at[0]:], items
}

func shift(it lex.Item, by int) lex.Item {
	moved := lex.Item{Start: it.Start + by, End: it.End + by}
	for _, t := range it.Tokens {
		t.Start, t.End = t.Start+by, t.End+by
		moved.Tokens = append(moved.Tokens, t)
	}
	return moved
}

// collect gathers what fits the place of the cursor.
func (c *completer) collect() {
	path := c.path()
	if c.before.Tok == token.ELSE {
		c.put("if", "keyword", "", 0)
		return
	}
	if id, ok := at[*ast.Ident](path, 0); !ok || id.Name != placeholder || len(path) < 2 {
		if c.before.Tok != token.PERIOD {
			c.words()
		}
		return
	}
	if t := c.expected(path); t != nil && usable(t) {
		c.wanted = t
	}
	switch p := path[1].(type) {
	case *ast.SelectorExpr:
		if p.Sel == path[0] {
			c.selector(p)
			return
		}
	case *ast.CompositeLit:
		if p.Type != path[0] {
			c.starts = false
			c.literal(p)
		}
	case *ast.Field:
		if slices.Contains(p.Names, path[0].(*ast.Ident)) {
			return
		}
	case *ast.ValueSpec:
		if slices.Contains(p.Names, path[0].(*ast.Ident)) {
			return
		}
	case *ast.TypeSpec:
		if p.Name == path[0] {
			return
		}
	case *ast.FuncDecl, *ast.LabeledStmt, *ast.BranchStmt:
		return
	}
	c.typesOnly(path)
	c.words()
}

// typesOnly notes that the place takes a type.
func (c *completer) typesOnly(path []ast.Node) {
	switch p := path[1].(type) {
	case *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.Field, *ast.TypeSpec, *ast.TypeAssertExpr:
		if t, ok := p.(*ast.TypeAssertExpr); !ok || t.Type == path[0] {
			c.wanted = anyType{}
		}
	case *ast.ValueSpec:
		if p.Type == path[0] {
			c.wanted = anyType{}
		}
	}
}

// anyType is what a place wants that takes a type, not a value.
type anyType struct{ types.Type }

// put adds a candidate unless it cannot match or is hidden by an earlier one.
func (c *completer) put(text, kind, signature string, rank int) {
	if c.seen[text] || text == "_" || text == placeholder {
		return
	}
	c.seen[text] = true
	c.found = append(c.found, candidate{Item{text, kind, signature}, rank})
}

// sorted returns the candidates that match what is typed: those that begin with
// it, then those that do so in other letter case; failing both, those that
// contain it, and failing these those it may be a misspelling of.
func (c *completer) sorted() []Item {
	matches := c.matching(strings.HasPrefix)
	if len(matches) == 0 {
		matches = c.matching(strings.Contains)
	}
	if len(matches) == 0 && c.prefix != "" {
		matches = c.misspelt()
	}
	var items []Item
	for _, m := range matches {
		items = append(items, m.Item)
	}
	return items
}

func (c *completer) matching(match func(s, typed string) bool) []candidate {
	const otherCase = 1000
	var matches []candidate
	for _, f := range c.found {
		if !match(f.Text, c.prefix) {
			if !match(strings.ToLower(f.Text), strings.ToLower(c.prefix)) {
				continue
			}
			f.rank += otherCase
		}
		matches = append(matches, f)
	}
	slices.SortFunc(matches, func(a, b candidate) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return strings.Compare(a.Text, b.Text)
	})
	return matches
}

func (c *completer) misspelt() (near []candidate) {
	var names []string
	for _, f := range c.found {
		names = append(names, f.Text)
	}
	for _, name := range DidYouMean(c.prefix, names) {
		i := slices.IndexFunc(c.found, func(f candidate) bool { return f.Text == name })
		near = append(near, c.found[i])
	}
	return near
}

// keywords that begin or continue a statement, and those within expressions.
var (
	statementWords  = []string{"break", "const", "continue", "defer", "fallthrough", "for", "func", "go", "goto", "if", "return", "select", "switch", "type", "var"}
	expressionWords = []string{"chan", "func", "interface", "map", "struct"}
)

// keywords adds the keywords that can stand at the cursor.
func (c *completer) keywords() {
	words := expressionWords
	switch {
	case c.before.Tok == token.RBRACE:
		words = []string{"else"}
	case c.starts && len(c.levels) == 1:
		words = append([]string{"import"}, statementWords...)
	case c.starts:
		words = statementWords
	}
	inner := c.levels[len(c.levels)-1]
	if inner.keyword == token.FOR && !inner.block {
		words = append([]string{"range"}, words...)
	}
	if n := len(c.levels); c.starts && n > 1 && (c.levels[n-2].keyword == token.SWITCH || c.levels[n-2].keyword == token.SELECT) {
		words = append([]string{"case", "default"}, words...)
	}
	for _, w := range words {
		c.put(w, "keyword", "", rankWord)
	}
}

// at returns the i-th node of a path as a T.
func at[T ast.Node](path []ast.Node, i int) (node T, ok bool) {
	if i < len(path) {
		node, ok = path[i].(T)
	}
	return node, ok
}
