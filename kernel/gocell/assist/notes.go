package assist

import (
	"fmt"
	"go/token"
	"go/types"
	"regexp"
	"strings"
)

var (
	undefinedName   = regexp.MustCompile(`^undefined: ([\pL_][\pL\pN_]*)$`)
	undefinedInside = regexp.MustCompile(`^undefined: ([\pL_][\pL\pN_]*)\.([\pL_][\pL\pN_]*)$`)
	missingMember   = regexp.MustCompile(`\(type (.+) has no field or method ([\pL_][\pL\pN_]*)\)$`)
	unknownField    = regexp.MustCompile(`^unknown field ([\pL_][\pL\pN_]*) in struct literal of type (.+)$`)
)

// Notes says what a session knows of an error: the cell that declared a name
// before the kernel restarted, and the names that may have been meant. Locals
// are names of the cell itself.
func Notes(err error, s Session, locals []string, lang string) []string {
	checker, ok := err.(types.Error)
	if !ok {
		return nil
	}
	if m := undefinedName.FindStringSubmatch(checker.Msg); m != nil {
		return notesOnName(m[1], s, locals, lang)
	}
	return suggest(nearMember(checker.Msg, s), lang)
}

func notesOnName(name string, s Session, locals []string, lang string) []string {
	if cell, ok := s.BeforeRestart(name); ok {
		return []string{fmt.Sprintf(phrase{"cell %d defined %s before the restart; run it again", "重启之前，%[2]s 由单元格 %[1]d 定义；请重新运行该单元格"}.in(lang), cell, name)}
	}
	if path, ok := s.Known(name); ok { // a program imports what it uses, as a cell need not
		return []string{fmt.Sprintf(phrase{"import %q is missing", "缺少 import %q"}.in(lang), path)}
	}
	candidates := append(append([]string{}, locals...), s.Names()...)
	candidates = append(append(candidates, s.KnownNames()...), types.Universe.Names()...)
	return suggest(DidYouMean(name, append(candidates, keywordNames()...)), lang)
}

func keywordNames() (names []string) {
	for name := range keywordDocs {
		names = append(names, name)
	}
	return names
}

// nearMember returns the members a misspelt one may have meant.
func nearMember(message string, s Session) []string {
	if m := undefinedInside.FindStringSubmatch(message); m != nil {
		return DidYouMean(m[2], exported(packageNamed(m[1], s)))
	}
	if m := missingMember.FindStringSubmatch(message); m != nil {
		return DidYouMean(m[2], memberNames(m[1], s))
	}
	if m := unknownField.FindStringSubmatch(message); m != nil {
		return DidYouMean(m[1], memberNames(m[2], s))
	}
	return nil
}

func packageNamed(name string, s Session) *types.Package {
	if obj, ok := s.Object(name).(*types.PkgName); ok {
		return obj.Imported()
	}
	if path, ok := s.Known(name); ok {
		if pkg, err := s.Import(path); err == nil {
			return pkg
		}
	}
	return nil
}

func exported(pkg *types.Package) (names []string) {
	if pkg == nil {
		return nil
	}
	for _, n := range pkg.Scope().Names() {
		if token.IsExported(n) {
			names = append(names, n)
		}
	}
	return names
}

// memberNames lists the members of a type as an error message writes it.
func memberNames(text string, s Session) (names []string) {
	text, _, _ = strings.Cut(strings.TrimLeft(text, "*"), "[")
	var obj types.Object
	if dot := strings.LastIndexByte(text, '.'); dot < 0 {
		obj = s.Object(text)
	} else if pkg := packageNamed(text[strings.LastIndexByte(text[:dot], '/')+1:dot], s); pkg != nil {
		obj = pkg.Scope().Lookup(text[dot+1:])
	}
	if t, ok := obj.(*types.TypeName); ok {
		for _, m := range membersOf(t.Type()) {
			names = append(names, m.obj.Name())
		}
	}
	return names
}

func suggest(names []string, lang string) []string {
	if len(names) == 0 {
		return nil
	}
	or := phrase{" or ", " 或 "}.in(lang)
	return []string{fmt.Sprintf(phrase{"did you mean %s?", "是不是想写 %s？"}.in(lang), strings.Join(names, or))}
}
