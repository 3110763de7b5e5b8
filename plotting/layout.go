package plotting

import (
	"slices"
)

// A placement is where the nodes of a directed graph lie: in columns from what
// they are made of to what is made of them, after Sugiyama, Tagawa and Toda,
// "Methods for visual understanding of hierarchical system structures" (1981).
type placement struct {
	column  []int   // of every node
	columns [][]int // nodes and, negative, the places where long edges pass
	row     map[int]int
	via     map[[2]int][]int // the passing places of an edge from a node to another
}

// place lays out a graph given by the inputs of every node, which stand before
// it in the list.
func placeGraph(inputs [][]int) placement {
	p := placement{column: make([]int, len(inputs)), row: map[int]int{}, via: map[[2]int][]int{}}
	users := make([][]int, len(inputs))
	for i, in := range inputs {
		for _, j := range in {
			p.column[i] = max(p.column[i], p.column[j]+1)
			users[j] = append(users[j], i)
		}
	}
	// A leaf stands just before the first that uses it.
	for i, in := range inputs {
		if len(in) == 0 && len(users[i]) > 0 {
			first := p.column[users[i][0]]
			for _, u := range users[i] {
				first = min(first, p.column[u])
			}
			p.column[i] = first - 1
		}
	}
	p.fill(inputs)
	p.order(inputs)
	return p
}

// fill puts nodes into their columns, and passing places where an edge skips
// columns.
func (p *placement) fill(inputs [][]int) {
	for i := range inputs {
		p.put(p.column[i], i)
	}
	next := -1
	for i, in := range inputs {
		for _, j := range in {
			edge := [2]int{j, i}
			if p.via[edge] != nil {
				continue
			}
			for c := p.column[j] + 1; c < p.column[i]; c++ {
				p.put(c, next)
				p.via[edge] = append(p.via[edge], next)
				next--
			}
		}
	}
}

func (p *placement) put(column, node int) {
	for len(p.columns) <= column {
		p.columns = append(p.columns, nil)
	}
	p.row[node] = len(p.columns[column])
	p.columns[column] = append(p.columns[column], node)
}

// order sorts columns by the mean row of their neighbours, to and fro, so that
// few edges cross.
func (p *placement) order(inputs [][]int) {
	before, after := p.neighbours(inputs)
	for sweep := range 12 {
		near := before
		columns := p.columns
		if sweep%2 == 1 {
			near, columns = after, slices.Clone(p.columns)
			slices.Reverse(columns)
		}
		for _, column := range columns {
			p.sort(column, near)
		}
	}
}

// neighbours returns for every node and passing place those in the column
// before and after it.
func (p *placement) neighbours(inputs [][]int) (before, after map[int][]int) {
	before, after = map[int][]int{}, map[int][]int{}
	for i, in := range inputs {
		for _, j := range in {
			at := j
			for _, v := range append(slices.Clone(p.via[[2]int{j, i}]), i) {
				before[v], after[at] = append(before[v], at), append(after[at], v)
				at = v
			}
		}
	}
	return before, after
}

func (p *placement) sort(column []int, near map[int][]int) {
	mean := map[int]float64{}
	for _, n := range column {
		mean[n] = float64(p.row[n])
		if len(near[n]) > 0 {
			sum := 0
			for _, m := range near[n] {
				sum += p.row[m]
			}
			mean[n] = float64(sum) / float64(len(near[n]))
		}
	}
	slices.SortStableFunc(column, func(a, b int) int {
		switch {
		case mean[a] < mean[b]:
			return -1
		case mean[a] > mean[b]:
			return 1
		}
		return 0
	})
	for i, n := range column {
		p.row[n] = i
	}
}
