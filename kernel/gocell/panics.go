package gocell

// The functions here fail as compiled Go does, with its own texts, because it
// is compiled Go that fails.

//go:noinline
func panicIndex(i, n int) {
	s := make([]struct{}, n)
	_ = s[i]
}

//go:noinline
func panicNil() {
	var p *int
	*p = 1
}

//go:noinline
func panicShift(n int) int { return 1 << n }

// checkSlice fails as h[i:j] or h[i:j:k] does, where noHigh says that j was left
// out, and array that h is all of an array.
func checkSlice(i, j, k int, h hdr, three, noHigh, array bool) {
	if uint(i) <= uint(j) && uint(j) <= uint(k) && uint(k) <= uint(h.c) {
		return
	}
	s := make([]struct{}, h.n, max(h.n, h.c))
	switch {
	case three && array && k > h.n:
		panic(&plainError{"slice bounds out of range [::" + itoa(k) + "] with length " + itoa(h.n)})
	case three:
		_ = s[i:j:k]
	case noHigh:
		_ = s[i:]
	case array && j > h.n:
		panic(&plainError{"slice bounds out of range [:" + itoa(j) + "] with length " + itoa(h.n)})
	default:
		_ = s[i:j]
	}
}

// A plainError is a run-time error that Go code cannot be made to raise here.
type plainError struct{ text string }

func (e *plainError) Error() string { return "runtime error: " + e.text }
func (*plainError) RuntimeError()   {}

// A stackOverflow is endless recursion.
type stackOverflow struct{}

func (*stackOverflow) Error() string { return "stack overflow" }
func (*stackOverflow) RuntimeError() {}
