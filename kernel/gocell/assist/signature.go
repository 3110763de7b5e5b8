package assist

import (
	"go/types"
	"strings"
)

// writeSignature writes parameters and results as source has them, neighbours of
// one type together: (x, k *cnn.Tensor, opts ...cnn.Option) *cnn.Tensor. The
// function name gives parameters their names, empty for none.
func writeSignature(sig *types.Signature, name func(*types.Var) string) string {
	text := "(" + writeVars(sig.Params(), sig.Variadic(), name) + ")"
	results := sig.Results()
	switch {
	case results.Len() == 0:
		return text
	case results.Len() == 1 && results.At(0).Name() == "":
		return text + " " + types.TypeString(results.At(0).Type(), qualify)
	}
	return text + " (" + writeVars(results, false, (*types.Var).Name) + ")"
}

func writeVars(vars *types.Tuple, variadic bool, name func(*types.Var) string) string {
	var b strings.Builder
	before := ""
	for i := range vars.Len() {
		v := vars.At(i)
		text := types.TypeString(v.Type(), qualify)
		if s, ok := v.Type().(*types.Slice); ok && variadic && i == vars.Len()-1 {
			text = "..." + types.TypeString(s.Elem(), qualify)
		}
		n := name(v)
		switch {
		case i == 0:
		case n != "" && text == before:
			b.WriteString(", ")
		case before != "" && n != "":
			b.WriteString(" " + before + ", ")
		default:
			b.WriteString(", ")
		}
		if before = ""; n != "" {
			before = text
			text = n
		}
		b.WriteString(text)
	}
	if before != "" {
		b.WriteString(" " + before)
	}
	return b.String()
}

// writeFunc writes the head of a function or method.
func writeFunc(f *types.Func) string {
	text := types.ObjectString(f, qualify)
	sig, ok := f.Type().(*types.Signature)
	if !ok || sig.TypeParams().Len() > 0 {
		return text
	}
	plain := strings.TrimPrefix(types.TypeString(sig, qualify), "func")
	return strings.TrimSuffix(text, plain) + writeSignature(sig, (*types.Var).Name)
}
