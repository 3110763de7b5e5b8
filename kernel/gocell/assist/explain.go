package assist

import (
	"errors"
	"go/scanner"
	"go/types"
	"reflect"
	"regexp"
)

// A rule explains one kind of error. The pattern narrows a code to one of its
// messages; what it captures fills $1, $2 … of the phrase.
type rule struct {
	code    int
	pattern *regexp.Regexp // nil fits every message of the code
	phrase
}

// Explain says in one line, in the session's language, what an error of the
// type checker or the parser means and what to do. It is empty where the message
// needs no help.
func Explain(err error, lang string) string {
	var checker types.Error
	var syntax *scanner.Error
	var list scanner.ErrorList
	switch {
	case errors.As(err, &checker):
		return explain(checkerRules, codeOf(checker), checker.Msg, lang)
	case errors.As(err, &syntax):
		return explain(syntaxRules, 0, syntax.Msg, lang)
	case errors.As(err, &list) && len(list) > 0:
		return explain(syntaxRules, 0, list[0].Msg, lang)
	}
	return ""
}

func explain(rules []rule, code int, message, lang string) string {
	for _, r := range rules {
		if r.code != code {
			continue
		}
		if r.pattern == nil {
			return r.in(lang)
		}
		if m := r.pattern.FindStringSubmatchIndex(message); m != nil {
			return string(r.pattern.ExpandString(nil, r.in(lang), message, m))
		}
	}
	return ""
}

// codeOf reads the number of a checker error, 0 where there is none. go/types
// keeps the field to itself but says that tools may read it by reflection, and
// never gives a number a second meaning.
func codeOf(err types.Error) int {
	f := reflect.ValueOf(err).FieldByName("go116code")
	if !f.IsValid() || !f.CanInt() {
		return 0
	}
	return int(f.Int())
}

// ExplainPanic says in one line what a panic means and what to do. It knows the
// texts of Go's runtime errors and errors that name an operation and its shapes.
func ExplainPanic(value any, lang string) string {
	if op, ok := shapeOp(value); ok {
		return explain(shapeRules, 0, op, lang)
	}
	switch v := value.(type) {
	case error:
		return explain(panicRules, 0, v.Error(), lang)
	case string:
		return explain(panicRules, 0, v, lang)
	}
	return ""
}

// shapeOp returns the operation of a *ShapeError, which the kernel knows by its
// name and its field Op only: it does not import the packages cells compute with.
func shapeOp(value any) (op string, ok bool) {
	v := reflect.ValueOf(value)
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct || v.Type().Name() != "ShapeError" {
		return "", false
	}
	f := v.FieldByName("Op")
	return f.String(), f.IsValid() && f.Kind() == reflect.String
}
