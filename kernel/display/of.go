package display

import "fmt"

// Of returns what a value looks like.
func Of(v any) Bundle {
	if b, ok := v.(Bundle); ok {
		return b
	}
	return Bundle{Data: map[string]any{"text/plain": fmt.Sprint(v)}}
}
