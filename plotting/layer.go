package plotting

import (
	"slices"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
)

// A layer is what drawings of networks know of a layer.
type layer struct {
	name       string // "Conv2D(1→6, 5×5)"
	kind       kind
	shape      []int // that leaves it, without the batch: C×H×W, or a number of values
	parameters int
	macs       int       // multiply-adds for one image
	paths      [][]layer // of layers side by side
}

// A kind is what a layer does; it decides its colour.
type kind int

const (
	input kind = iota
	convolution
	pooling
	dense
	sideBySide
	other
)

// word returns the name of a kind in the session's language.
func (k kind) word() string {
	return [...]string{
		say("input", "输入"), say("convolution", "卷积"), say("pooling", "池化"), say("fully connected", "全连接"),
		say("side by side", "并列"), say("other", "其他"),
	}[k]
}

// describe runs a network on an input that is only a shape, and returns the
// input and the layers; what lies side by side is one layer with paths.
func describe(op string, net layers.Layer, shape []int) []layer {
	if net == nil {
		misuse(op, "got nil: want a network and the shape of its input, such as 1, 1, 28, 28")
	}
	if n := len(shape); n == 0 {
		misuse(op, "got no shape: want that of the network's input, such as 1, 1, 28, 28")
	}
	net = layers.Sequential(net) // so that every layer has a path
	report := layers.Summary(net, shape...)
	described := []layer{{name: say("input", "输入"), kind: input, shape: oneImage(shape, shape)}}
	sides := sidesOf(net)
	for first := 0; first < len(report.Rows); {
		side := sides.over(report.Rows[first].Path)
		last := first + 1
		for side != "" && last < len(report.Rows) && strings.HasPrefix(report.Rows[last].Path, side+".") {
			last++
		}
		if rows := report.Rows[first:last]; side == "" {
			described = append(described, leaf(rows[0], shape))
		} else {
			described = append(described, joined(sides[side], side, rows, shape))
		}
		first = last
	}
	return described
}

// sideNames are the paths of the containers whose children lie side by side,
// with the name of each.
type sideNames map[string]string

func sidesOf(net layers.Layer) sideNames {
	sides, names := sideNames{}, map[string]string{}
	layers.Walk(net, func(path string, l layers.Layer) {
		names[path] = layers.NameOf(l)
		switch l.(type) {
		case *layers.Side, *layers.Shortcut:
			sides[path] = names[path]
			if parent, ok := names[parentOf(path)]; ok && parent != "" && parent != "Sequential" && path != "" {
				sides[path] = parent
			}
		}
	})
	return sides
}

func parentOf(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i]
	}
	return ""
}

// over returns the outermost of the containers that a path lies in, or "".
func (s sideNames) over(path string) string {
	parts := strings.Split(path, ".")
	for n := 1; n < len(parts); n++ {
		if prefix := strings.Join(parts[:n], "."); s.has(prefix) {
			return prefix
		}
	}
	return ""
}

func (s sideNames) has(path string) bool { _, ok := s[path]; return ok }

func leaf(r layers.Row, in []int) layer {
	return layer{
		name: r.Name, kind: kindOf(r.Layer), shape: oneImage(r.Out, in),
		parameters: r.Parameters, macs: r.MultiplyAdds / batchOf(in),
	}
}

// joined makes one layer of paths whose channels are joined.
func joined(name, path string, rows []layers.Row, in []int) layer {
	l := layer{name: name, kind: sideBySide}
	branch := ""
	for _, r := range rows {
		own, _, _ := strings.Cut(strings.TrimPrefix(r.Path, path+"."), ".")
		if own != branch || len(l.paths) == 0 {
			branch, l.paths = own, append(l.paths, nil)
		}
		last := len(l.paths) - 1
		l.paths[last] = append(l.paths[last], leaf(r, in))
		l.parameters += r.Parameters
		l.macs += r.MultiplyAdds / batchOf(in)
	}
	for i, p := range l.paths {
		end := p[len(p)-1].shape
		if i == 0 {
			l.shape = slices.Clone(end)
		} else {
			l.shape[0] += end[0]
		}
	}
	return l
}

// oneImage drops the batch of a shape when the input has one.
func oneImage(shape, in []int) []int {
	if (len(in) == 4 || len(in) == 2) && len(shape) > 1 {
		return shape[1:]
	}
	return shape
}

func batchOf(in []int) int {
	if len(in) == 4 || len(in) == 2 {
		return max(1, in[0])
	}
	return 1
}

func kindOf(l layers.Layer) kind {
	switch l.(type) {
	case *layers.Convolution:
		return convolution
	case *layers.Pooling:
		return pooling
	case *layers.FullyConnected:
		return dense
	}
	switch name := layers.NameOf(l); { // a layer of another package
	case strings.Contains(name, "Pool"), strings.Contains(name, "Subsampl"):
		return pooling
	case strings.Contains(name, "Conv"):
		return convolution
	}
	return other
}

// total sums the counts of layers.
func total(all []layer) (parameters, macs int) {
	for _, l := range all {
		parameters, macs = parameters+l.parameters, macs+l.macs
	}
	return parameters, macs
}

// lines lists layers as text.
func lines(all []layer) []string {
	var text []string
	for _, l := range all {
		s := l.name + say(": ", "：") + cnn.Dims(l.shape)
		if l.parameters > 0 {
			s += sayf(", %s parameters, %s multiply-adds", "，%s 个参数，%s 次乘加", grouped(float64(l.parameters)), grouped(float64(l.macs)))
		}
		text = append(text, s)
		for _, p := range l.paths {
			text = append(text, "  "+strings.Join(lines(p), " → "))
		}
	}
	return text
}
