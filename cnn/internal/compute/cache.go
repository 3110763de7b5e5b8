package compute

import "sync"

// A Cache keeps what a routine worked out about one array of weights (packed or
// transformed copies), from call to call. The owner of the weights calls Drop
// when their values change; the memory is then used again. A nil *Cache is
// allowed and keeps nothing.
type Cache struct {
	mu      sync.Mutex
	entries map[packedWeights]*entry
}

// packedWeights names a packing: the kind, whether for the gradient of the input
// (or of a transposed matrix), the group, and the geometry it depends on.
type packedWeights struct {
	kind    packing
	flipped bool
	group   int
	a, b    int
}

type packing int

const (
	directPanels packing = iota
	fewTaps
	winogradTiles
	productPanels
)

type entry struct {
	making sync.Mutex // held by who makes the data
	valid  bool       // the data is that of the weights
	data   []float32
	users  int
}

// Drop forgets everything.
func (c *Cache) Drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, e := range c.entries {
		if e.users > 0 { // still being read: leave it to them
			delete(c.entries, k)
			continue
		}
		e.valid = false
	}
}

// A lease is room for what is kept under a key. Who finds it fresh makes the
// data and says ready; who has read it says done.
type lease struct {
	data  []float32
	fresh bool
	entry *entry
	cache *Cache
}

// lend returns the n floats of a key.
func (c *Cache) lend(key packedWeights, n int) lease {
	if c == nil {
		return lease{data: borrow(n), fresh: true}
	}
	e := c.enter(key, n)
	e.making.Lock()
	if e.valid {
		e.making.Unlock()
		return lease{data: e.data, entry: e, cache: c}
	}
	return lease{data: e.data, fresh: true, entry: e, cache: c}
}

func (c *Cache) enter(key packedWeights, n int) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[key]
	if e == nil {
		if c.entries == nil {
			c.entries = map[packedWeights]*entry{}
		}
		e = &entry{data: aligned(n)}
		c.entries[key] = e
	}
	e.users++
	return e
}

func (l *lease) ready() {
	if l.entry != nil {
		l.entry.valid = true
		l.entry.making.Unlock()
	}
}

func (l *lease) done() {
	if l.entry == nil {
		giveBack(l.data)
		return
	}
	l.cache.mu.Lock()
	l.entry.users--
	l.cache.mu.Unlock()
}
