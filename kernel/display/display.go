// Package display turns Go values into what a notebook shows: a bundle of
// representations by MIME type, of which a front end takes the richest it can.
package display

import "sync"

// A Bundle is one thing to show. Text types (text/*, image/svg+xml, JavaScript)
// hold a string, binary types (image/png ...) a []byte, which is sent as
// base64, and JSON types any value that encoding/json can write, or JSON text as
// a []byte.
type Bundle struct {
	Data     map[string]any
	Metadata map[string]any

	// ID names the display so that a later bundle with Update set replaces it.
	ID     string
	Update bool
}

// A Sink takes what Show and Update show.
type Sink func(Bundle)

var (
	mu       sync.Mutex
	sink     Sink = func(Bundle) {}
	clearer       = func(bool) {}
	renderer      = func(any) (Bundle, bool) { return Bundle{}, false }
	language      = "en"
)

// SetSink says where Show and Update send to, and returns what it replaces.
// The kernel binds it to the running cell.
func SetSink(s Sink) (old Sink) {
	mu.Lock()
	defer mu.Unlock()
	old, sink = sink, s
	return old
}

// SetLanguage sets the language of figures, checks and explanations: "en" or "zh".
func SetLanguage(l string) {
	mu.Lock()
	defer mu.Unlock()
	language = l
}

// Language returns the language of the session, "en" or "zh".
func Language() string {
	mu.Lock()
	defer mu.Unlock()
	return language
}

// SetClearer says what Clear does, and returns what it replaces. The kernel
// binds it to the running cell.
func SetClearer(c func(wait bool)) (old func(wait bool)) {
	mu.Lock()
	defer mu.Unlock()
	old, clearer = clearer, c
	return old
}
