package source

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// A lexeme is a token of Go with its place in the code.
type lexeme struct {
	token      token.Token
	text       string
	start, end int
}

// scan splits code into tokens, comments included. The scanner, not a pattern,
// says what a comment is: "// en:" inside a string stays.
func scan(code string) (lexemes []lexeme, err error) {
	src := []byte(code)
	file := token.NewFileSet().AddFile("", -1, len(src))
	var errs scanner.ErrorList
	var s scanner.Scanner
	s.Init(file, src, errs.Add, scanner.ScanComments)
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return lexemes, errs.Err()
		}
		at := file.Offset(pos)
		if tok == token.SEMICOLON && text == "\n" {
			continue // made by the scanner
		}
		if text == "" {
			text = tok.String()
		}
		end := at + len(text)
		if tok == token.COMMENT || tok == token.STRING {
			end = literalEnd(src, at, text) // the scanner drops carriage returns
		}
		lexemes = append(lexemes, lexeme{tok, text, at, end})
	}
}

func literalEnd(src []byte, at int, text string) int {
	end := at
	for n := 0; n < len(text) && end < len(src); end++ {
		if src[end] == '\r' && text[n] != '\r' {
			continue
		}
		n++
	}
	return end
}

// tagged is a comment in both languages: // en: an image // zh: 一张图像
var tagged = regexp.MustCompile(`^//\s*en:\s*(.*?)\s*//\s*zh:\s*(.*?)\s*$`)

var tag = regexp.MustCompile(`//\s*(en|zh):`)

// spoken is a string that a cell shows: "en: loss // zh: 损失"
var spoken = regexp.MustCompile(`^"en: (.*) // zh: (.*)"$`)

// In returns code with the comments and the strings of one language. What is
// not marked with languages stays in both.
func In(code, language string) string {
	lexemes, _ := scan(code)
	var b strings.Builder
	at := 0
	for _, l := range lexemes {
		text, ok := l.in(language)
		if !ok {
			continue
		}
		b.WriteString(code[at:l.start] + text)
		at = l.end
	}
	b.WriteString(code[at:])
	return b.String()
}

// in returns a comment or a string that is marked with languages in one.
func (l lexeme) in(language string) (string, bool) {
	if text, ok := l.split(token.COMMENT, tagged); ok {
		return "// " + text.In(language), true
	}
	text, ok := l.split(token.STRING, spoken)
	return `"` + text.In(language) + `"`, ok
}

func (l lexeme) split(kind token.Token, languages *regexp.Regexp) (Text, bool) {
	m := languages.FindStringSubmatch(l.text)
	if l.token != kind || m == nil {
		return Text{}, false
	}
	return Text{m[1], m[2]}, true
}

// Spoken returns the strings of code that are in both languages.
func Spoken(code string) (texts []Text) {
	lexemes, _ := scan(code)
	for _, l := range lexemes {
		if text, ok := l.split(token.STRING, spoken); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// Bare returns the tokens of code without comments and spacing, so that two
// pieces of code can be compared.
func Bare(code string) string {
	lexemes, _ := scan(code)
	var words []string
	for _, l := range lexemes {
		if l.token != token.COMMENT {
			words = append(words, l.text)
		}
	}
	return strings.Join(words, " ")
}

// verb is where a string takes a value.
var verb = regexp.MustCompile(`%[-+# 0-9.*\[\]]*[a-zA-Z%]`)

// codeErrors says what is wrong with a block's code: what the scanner refuses,
// and comments and strings in one language only. Lines count from 0.
func codeErrors(code string) map[int]string {
	lexemes, err := scan(code)
	problems := map[int]string{}
	if list, ok := err.(scanner.ErrorList); ok {
		for _, e := range list {
			problems[e.Pos.Line-1] = e.Msg
		}
	}
	for _, l := range lexemes {
		if problem := l.problem(); problem != "" {
			problems[strings.Count(code[:l.start], "\n")] = problem
		}
	}
	return problems
}

func (l lexeme) problem() string {
	text, both := l.split(token.STRING, spoken)
	switch {
	case l.token == token.COMMENT && tag.MatchString(l.text) && !tagged.MatchString(l.text):
		return "a comment in one language: write // en: … // zh: …"
	case l.token == token.STRING && strings.HasPrefix(l.text, `"en: `) && !both:
		return `a string in one language: write "en: … // zh: …"`
	case both && !slices.Equal(kinds(text.EN), kinds(text.ZH)):
		return "the two languages of a string take other values"
	}
	return ""
}

// kinds are the letters of a format's verbs: its widths may differ.
func kinds(format string) (letters []string) {
	for _, v := range verb.FindAllString(format, -1) {
		letters = append(letters, v[len(v)-1:])
	}
	return letters
}

// solution is what a learner writes: from one comment line to the other.
var solution = regexp.MustCompile(`(?m)^([ \t]*)// BEGIN SOLUTION\n((?:.*\n)*?)[ \t]*// END SOLUTION$`)

var stub = regexp.MustCompile(`(?m)^([ \t]*)// STUB ?(.*)\n?`)

// HasSolution says whether code marks a solution.
func HasSolution(code string) bool { return solution.MatchString(code) }

// Solved returns an exercise's code with its solution.
func Solved(code string) string {
	return solution.ReplaceAllStringFunc(code, func(region string) string {
		body := solution.FindStringSubmatch(region)[2]
		return strings.TrimSuffix(stub.ReplaceAllString(body, ""), "\n")
	})
}

// Stripped returns an exercise's code as a learner gets it: every solution is
// replaced by its // STUB lines, or by a panic that says it is not written yet.
func Stripped(code, todo string) string {
	return solution.ReplaceAllStringFunc(code, func(region string) string {
		m := solution.FindStringSubmatch(region)
		lines := []string{m[1] + todo}
		for _, s := range stub.FindAllStringSubmatch(m[2], -1) {
			lines = append(lines, s[1]+s[2])
		}
		if len(lines) == 1 {
			lines = append(lines, m[1]+`panic("not implemented")`)
		}
		return strings.Join(lines, "\n")
	})
}

// Expressions splits the code of a check into its expressions, comments before
// each kept with it.
func Expressions(code string) ([]string, error) {
	const head = "package p; func _() {\n"
	fset := token.NewFileSet()
	src := head + code + "\n}"
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		if list, ok := err.(scanner.ErrorList); ok {
			return nil, &Error{list[0].Pos.Line - 2, list[0].Msg}
		}
		return nil, err
	}
	if len(file.Decls) != 1 {
		return nil, &Error{0, "a check is a list of expressions"}
	}
	var expressions []string
	at := len(head)
	for _, s := range file.Decls[0].(*ast.FuncDecl).Body.List {
		if _, ok := s.(*ast.ExprStmt); !ok {
			return nil, &Error{fset.Position(s.Pos()).Line - 2, "a check is a list of expressions: this is a statement"}
		}
		end := fset.Position(s.End()).Offset
		expressions = append(expressions, strings.Trim(src[at:end], "; \t\n"))
		at = end
	}
	return expressions, nil
}
