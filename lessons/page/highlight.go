package page

import (
	"go/scanner"
	"go/token"
	"html/template"
	"strings"
)

// highlight marks the keywords, literals and comments of Go code. What is no Go,
// such as a line that begins with %, stays as it is.
func highlight(code string) template.HTML {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(code))
	s.Init(file, []byte(code), nil, scanner.ScanComments)
	var out strings.Builder
	at := 0
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			break
		}
		class := classOf(tok)
		start := file.Offset(pos)
		// The scanner drops carriage returns from literals; then the code is not where it says.
		if class == "" || start < at || !strings.HasPrefix(code[start:], literal) {
			continue
		}
		out.WriteString(template.HTMLEscapeString(code[at:start]))
		at = start + len(literal)
		out.WriteString(`<span class="` + class + `">` + template.HTMLEscapeString(literal) + `</span>`)
	}
	out.WriteString(template.HTMLEscapeString(code[at:]))
	return template.HTML(out.String())
}

func classOf(tok token.Token) string {
	switch {
	case tok.IsKeyword():
		return "k"
	case tok == token.COMMENT:
		return "c"
	case tok == token.STRING, tok == token.CHAR:
		return "s"
	case tok == token.INT, tok == token.FLOAT, tok == token.IMAG:
		return "n"
	}
	return ""
}
