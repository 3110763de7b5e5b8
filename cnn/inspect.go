package cnn

import (
	"fmt"
	"strings"
)

// Inspect lists the tensors that t was made from, and t itself, in the order of
// their making: what a drawing of the graph shows. Only what is tracked has a
// history, so inputs that are not appear as leaves.
func Inspect(t *Tensor) []Node {
	given("Inspect", t)
	var nodes []Node
	place := map[*Tensor]int{}
	var visit func(t *Tensor)
	visit = func(t *Tensor) {
		n := Node{Name: t.node.name, Op: t.node.op, Shape: t.Shape(), Tensor: t}
		for _, e := range t.node.inputs {
			if _, known := place[e.from]; !known {
				visit(e.from)
			}
			n.Inputs = append(n.Inputs, place[e.from])
		}
		if len(n.Inputs) == 0 {
			n.Op = ""
		}
		place[t] = len(nodes)
		nodes = append(nodes, n)
	}
	visit(t)
	return nodes
}

// A GradStep is one step of Backward: one node hands its gradient to what it
// was made from.
type GradStep struct {
	Node      int       // whose gradient is passed on: a place in Inspect's list
	Gradient  *Tensor   // that gradient
	Inputs    []int     // to whom
	Gradients []*Tensor // their gradients afterwards; nil for what is not tracked
}

// BackwardSteps does what [Tensor.Backward] does and records every step, for
// drawings and small graphs: it copies each gradient.
func BackwardSteps(t *Tensor, start ...*Tensor) []GradStep {
	given("BackwardSteps", t)
	given("BackwardSteps", start...)
	place := map[*Tensor]int{}
	for i, n := range Inspect(t) {
		place[n.Tensor] = i
	}
	t.seed(start)
	var steps []GradStep
	for _, n := range t.history() {
		if n.node.inputs == nil {
			continue
		}
		s := GradStep{Node: place[n], Gradient: n.Grad()}
		n.passOn()
		for _, e := range n.node.inputs {
			s.Inputs = append(s.Inputs, place[e.from])
			var g *Tensor
			if e.from.tracked {
				g = e.from.Grad()
			}
			s.Gradients = append(s.Gradients, g)
		}
		steps = append(steps, s)
	}
	return steps
}

// A Node is one tensor, or one [Value], of a graph.
type Node struct {
	Name   string
	Op     string  // "" for a leaf
	Inputs []int   // places in the list of what it was made from
	Shape  []int   // nil for a Value
	Tensor *Tensor // nil for a Value
	Value  *Value  // nil for a Tensor
}

// String writes the node as a line: MatMul(#1, #2) 4×5.
func (n Node) String() string {
	in := make([]string, len(n.Inputs))
	for i, at := range n.Inputs {
		in[i] = fmt.Sprint("#", at)
	}
	s := n.Op
	if s == "" {
		s = "leaf"
	} else {
		s += "(" + strings.Join(in, ", ") + ")"
	}
	if n.Name != "" {
		s = n.Name + " = " + s
	}
	if n.Value != nil {
		return fmt.Sprintf("%s: value %s, gradient %s", s, short(n.Value.Data), short(n.Value.Grad))
	}
	return s + " " + Dims(n.Shape)
}
