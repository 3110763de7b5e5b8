package cnn

import (
	"math"
	"strings"
	"testing"
)

func TestString(t *testing.T) {
	for _, c := range []struct {
		name string
		x    *Tensor
		want string
	}{
		{"scalar", Scalar(2.5), "2.5"},
		{"vector", Vector(1, -2, 3), " 1 -2  3"},
		{"digits", Vector(1.0/3, 1e7, math.NaN()), "0.3333  1e+07    NaN"},
		{"no minus zero", Vector(math.Copysign(0, -1)), "0"},
		{"matrix", Matrix([]float64{1, 2}, []float64{30, 4}), " 1  2\n30  4\n"},
		{"maps", Ones(2, 1, 2), "Tensor 2×1×2\n[0,:,:]\n1 1\n[1,:,:]\n1 1\n"},
		{"shape", ShapeOnly(1, 28, 28), "Tensor 1×28×28 (shape only)"},
		{"nil", nil, "Tensor <nil>"},
	} {
		if got := c.x.String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A large tensor does not flood the screen.
func TestStringLeavesOut(t *testing.T) {
	for _, x := range []*Tensor{Zeros(128, 128), Zeros(64, 3, 128, 128), Zeros(100_000)} {
		if s := x.String(); len(s) > 8000 || !strings.Contains(s, "…") {
			t.Errorf("%s prints %d bytes", Dims(x.shape), len(s))
		}
	}
	if html := Zeros(128, 128).HTML(); strings.Count(html, "<tr>") > 20 || !strings.Contains(html, "128×128") {
		t.Errorf("the table has %d rows", strings.Count(html, "<tr>"))
	}
	if html := Matrix([]float64{1, 2}).HTML(); !strings.HasPrefix(html, "<table><caption") || strings.Count(html, "<td") != 2 {
		t.Error(html)
	}
	if html := ShapeOnly(2).HTML(); html != `<pre style="margin:0;padding:0">Tensor 2 (shape only)</pre>` {
		t.Error(html)
	}
}
