package display

// Show shows values below the running cell, one after the other.
func Show(values ...any) {
	for _, v := range values {
		send(Of(v))
	}
}

// ShowAs shows a value under a name by which [Update] can replace it.
func ShowAs(id string, v any) {
	b := Of(v)
	b.ID, b.Update = id, false
	send(b)
}

// Update replaces what [ShowAs] showed under a name, wherever it stands.
func Update(id string, v any) {
	b := Of(v)
	b.ID, b.Update = id, true
	send(b)
}

// Clear takes away what the running cell has shown so far; with wait when the
// next output comes, which avoids flicker.
func Clear(wait bool) {
	mu.Lock()
	c := clearer
	mu.Unlock()
	c(wait)
}

func send(b Bundle) {
	mu.Lock()
	s := sink
	mu.Unlock()
	s(b)
}
