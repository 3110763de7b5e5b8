package display

// Markdown is text with headings, lists, tables and formulas.
func Markdown(s string) Bundle { return mime("text/markdown", s, s) }

// Text is plain text.
func Text(s string) Bundle { return Bundle{Data: map[string]any{"text/plain": s}} }

func mime(typ string, v any, plain string) Bundle {
	return Bundle{Data: map[string]any{typ: v, "text/plain": plain}}
}
