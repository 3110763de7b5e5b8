package display

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	longList = 100       // elements of a list that are all shown
	listEnds = 10        // elements at either end of a longer one
	deep     = 8         // levels of lists in lists
	longText = 100 << 10 // bytes of text
)

// text returns what fmt prints for %v, but for long lists, of which it shows
// the ends, and lists of lists, of which each gets a line.
func text(v any) string {
	var p printer
	p.print(reflect.ValueOf(v), 0)
	return shorten(p.String())
}

// shorten cuts text that no one would read to the end.
func shorten(s string) string {
	if len(s) <= longText {
		return s
	}
	cut := longText
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return fmt.Sprintf("%s… %d more bytes", s[:cut], len(s)-cut)
}

type printer struct{ strings.Builder }

// print writes a value. Values that print themselves do so.
func (p *printer) print(v reflect.Value, depth int) {
	if !v.IsValid() || printsItself(v) {
		p.plain(v)
		return
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		p.list(v, depth)
	case reflect.Map:
		p.mapping(v, depth)
	case reflect.Struct:
		p.fields(v, depth)
	case reflect.Interface:
		p.print(v.Elem(), depth)
	case reflect.Pointer:
		if depth == 0 && !v.IsNil() && isComposite(v.Elem().Kind()) {
			p.WriteByte('&')
			p.print(v.Elem(), depth+1)
			return
		}
		p.plain(v)
	default:
		p.plain(v)
	}
}

// plain leaves a value to fmt, which prints what a reflect.Value holds.
func (p *printer) plain(v reflect.Value) {
	switch {
	case !v.IsValid():
		p.WriteString("<nil>")
	case v.CanInterface():
		fmt.Fprint(p, v.Interface())
	default:
		fmt.Fprint(p, v)
	}
}

func printsItself(v reflect.Value) bool {
	if !v.CanInterface() {
		return false
	}
	switch v.Interface().(type) {
	case error, fmt.Stringer, fmt.Formatter:
		return true
	}
	return false
}

func isComposite(k reflect.Kind) bool {
	return k == reflect.Struct || k == reflect.Slice || k == reflect.Array || k == reflect.Map
}

func (p *printer) list(v reflect.Value, depth int) {
	separator := " "
	if v.Len() > 1 && isList(v.Type().Elem()) {
		separator = "\n" + strings.Repeat(" ", depth+1)
	}
	p.WriteByte('[')
	p.elements(v.Len(), separator, depth, func(i int) { p.print(v.Index(i), depth+1) })
	p.WriteByte(']')
}

func isList(t reflect.Type) bool { return t.Kind() == reflect.Slice || t.Kind() == reflect.Array }

// elements writes n elements, or the first and the last of them.
func (p *printer) elements(n int, separator string, depth int, write func(i int)) {
	if depth >= deep && n > 0 {
		p.WriteString("…")
		return
	}
	for i := 0; i < n; i++ {
		if i > 0 {
			p.WriteString(separator)
		}
		if n > longList && i == listEnds {
			fmt.Fprintf(p, "… %d more …%s", n-2*listEnds, separator)
			i = n - listEnds
		}
		write(i)
	}
}

func (p *printer) mapping(v reflect.Value, depth int) {
	keys := sortedKeys(v)
	p.WriteString("map[")
	p.elements(len(keys), " ", depth, func(i int) {
		p.print(keys[i], depth+1)
		p.WriteByte(':')
		p.print(v.MapIndex(keys[i]), depth+1)
	})
	p.WriteByte(']')
}

func (p *printer) fields(v reflect.Value, depth int) {
	p.WriteByte('{')
	p.elements(v.NumField(), " ", depth, func(i int) { p.print(v.Field(i), depth+1) })
	p.WriteByte('}')
}

// sortedKeys returns a map's keys, numbers and strings in their order and
// others in that of their text.
func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		switch {
		case a.CanInt():
			return cmp.Compare(a.Int(), b.Int())
		case a.CanUint():
			return cmp.Compare(a.Uint(), b.Uint())
		case a.CanFloat():
			return cmp.Compare(a.Float(), b.Float())
		case a.Kind() == reflect.String:
			return cmp.Compare(a.String(), b.String())
		}
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	return keys
}
