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
	once  *sync.Once
	data  []float32
	users int
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
		e.once = new(sync.Once)
	}
}

// floats returns the n floats of a key, made by build the first time since the
// last Drop; the caller says done when it has read them.
func (c *Cache) floats(key packedWeights, n int, build func([]float32)) (data []float32, done func()) {
	if c == nil {
		s := borrow(n)
		build(s)
		return s, func() { giveBack(s) }
	}
	e, once := c.enter(key, n)
	once.Do(func() { build(e.data) })
	return e.data, func() {
		c.mu.Lock()
		e.users--
		c.mu.Unlock()
	}
}

func (c *Cache) enter(key packedWeights, n int) (*entry, *sync.Once) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[key]
	if e == nil {
		if c.entries == nil {
			c.entries = map[packedWeights]*entry{}
		}
		e = &entry{once: new(sync.Once), data: aligned(n)}
		c.entries[key] = e
	}
	e.users++
	return e, e.once
}
