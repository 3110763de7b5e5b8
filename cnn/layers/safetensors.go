package layers

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/internal/atomicfile"
)

// The format of safetensors (Hugging Face): the length of a JSON header, the
// header with type, shape and place of every tensor, and the values.

// maxHeader is the limit of the reference implementation.
const maxHeader = 100_000_000

type tensorInfo struct {
	Type    string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

// WriteSafetensors writes tensors in the format of safetensors, sorted by name.
func WriteSafetensors(w io.Writer, tensors []NamedTensor, metadata map[string]string) error {
	sorted := slices.Clone(tensors)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Name < sorted[j].Name })
	header, at := map[string]any{}, 0
	for _, t := range sorted {
		if _, twice := header[t.Name]; twice {
			return fmt.Errorf("safetensors: there are two tensors named %q", t.Name)
		}
		end := at + 4*t.Tensor.Size()
		header[t.Name] = tensorInfo{"F32", t.Tensor.Shape(), [2]int{at, end}}
		at = end
	}
	if len(metadata) > 0 {
		header["__metadata__"] = metadata
	}
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	text = append(text, strings.Repeat(" ", (8-len(text)%8)%8)...)
	if err := binary.Write(w, binary.LittleEndian, uint64(len(text))); err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	for _, t := range sorted {
		if err := binary.Write(w, binary.LittleEndian, t.Tensor.Values()); err != nil {
			return err
		}
	}
	return nil
}

// ReadSafetensors reads all tensors of a file, with F32, F64, F16 or BF16
// values, in the order of the file. Headers that lie about the size of anything
// are refused before memory is taken.
func ReadSafetensors(b []byte) ([]NamedTensor, map[string]string, error) {
	head, body, err := safetensorsParts(b)
	if err != nil {
		return nil, nil, err
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(head, &raw); err != nil {
		return nil, nil, fmt.Errorf("safetensors: byte 8: the header is no JSON object: %w", err)
	}
	var metadata map[string]string
	if m, ok := raw["__metadata__"]; ok {
		if err := json.Unmarshal(m, &metadata); err != nil {
			return nil, nil, fmt.Errorf("safetensors: __metadata__ holds something that is no text: %w", err)
		}
		delete(raw, "__metadata__")
	}
	return readTensors(raw, body, metadata)
}

// safetensorsParts cuts a file into header and values.
func safetensorsParts(b []byte) (head, body []byte, err error) {
	if len(b) < 8 {
		return nil, nil, fmt.Errorf("safetensors: byte %d: the file ends before its header; expected at least 8 bytes", len(b))
	}
	n := binary.LittleEndian.Uint64(b)
	switch {
	case n > maxHeader || n > uint64(len(b)-8):
		return nil, nil, fmt.Errorf("safetensors: byte 0: a header of %d bytes; expected at most %d", n, min(maxHeader, len(b)-8))
	case n == 0 || b[8] != '{':
		return nil, nil, fmt.Errorf("safetensors: byte 8: the header does not begin with {")
	}
	return b[8 : 8+n], b[8+n:], nil
}

func readTensors(raw map[string]json.RawMessage, body []byte, metadata map[string]string) ([]NamedTensor, map[string]string, error) {
	infos := map[string]tensorInfo{}
	var names []string
	for name, text := range raw {
		var info tensorInfo
		d := json.NewDecoder(bytes.NewReader(text))
		if err := d.Decode(&info); err != nil {
			return nil, nil, fmt.Errorf("safetensors: tensor %q: %w", name, err)
		}
		infos[name] = info
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := infos[names[i]].Offsets, infos[names[j]].Offsets
		return a[0] < b[0] || a[0] == b[0] && (a[1] < b[1] || a[1] == b[1] && names[i] < names[j])
	})
	var all []NamedTensor
	at := 0
	for _, name := range names {
		info := infos[name]
		if info.Offsets[0] != at || info.Offsets[1] < at || info.Offsets[1] > len(body) {
			return nil, nil, fmt.Errorf("safetensors: tensor %q lies at bytes %d to %d of the values; expected it to begin at %d and end by %d", name, info.Offsets[0], info.Offsets[1], at, len(body))
		}
		t, err := readTensor(name, info, body[info.Offsets[0]:info.Offsets[1]])
		if err != nil {
			return nil, nil, err
		}
		all = append(all, NamedTensor{name, t})
		at = info.Offsets[1]
	}
	if at != len(body) {
		return nil, nil, fmt.Errorf("safetensors: %d bytes at the end belong to no tensor", len(body)-at)
	}
	return all, metadata, nil
}

func readTensor(name string, info tensorInfo, b []byte) (*cnn.Tensor, error) {
	width, value := valueOf(info.Type)
	if width == 0 {
		return nil, fmt.Errorf("safetensors: tensor %q has values of type %q; expected F32, F64, F16 or BF16", name, info.Type)
	}
	n := 1
	for _, d := range info.Shape {
		if d < 1 || n > len(b)/d+1 {
			return nil, fmt.Errorf("safetensors: tensor %q of %v does not fit its %d bytes", name, info.Shape, len(b))
		}
		n *= d
	}
	if n*width != len(b) {
		return nil, fmt.Errorf("safetensors: tensor %q of %s takes %d bytes; its offsets span %d", name, cnn.Dims(info.Shape), n*width, len(b))
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = value(b[i*width:])
	}
	return cnn.FromData(values, info.Shape...), nil
}

// valueOf returns the width of a type and how to read it.
func valueOf(kind string) (int, func([]byte) float32) {
	switch kind {
	case "F32":
		return 4, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }
	case "F64":
		return 8, func(b []byte) float32 { return float32(math.Float64frombits(binary.LittleEndian.Uint64(b))) }
	case "BF16":
		return 2, func(b []byte) float32 { return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16) }
	case "F16":
		return 2, func(b []byte) float32 { return half(binary.LittleEndian.Uint16(b)) }
	}
	return 0, nil
}

// half widens an IEEE 754 half-precision number.
func half(h uint16) float32 {
	sign, exponent, fraction := float64(1), int(h>>10&31), float64(h&1023)
	if h>>15 != 0 {
		sign = -1
	}
	switch {
	case exponent == 31 && fraction == 0:
		return float32(math.Inf(int(sign)))
	case exponent == 31:
		return float32(math.NaN())
	case exponent == 0:
		return float32(sign * fraction * math.Pow(2, -24))
	}
	return float32(sign * (1 + fraction/1024) * math.Pow(2, float64(exponent-15)))
}

// Everything returns the parameters and the state of a network by name: what a
// file of weights holds.
func Everything(net Layer) []NamedTensor { return append(NamedParameters(net), NamedState(net)...) }

// Save writes the weights of a network to a file of safetensors, whole or not
// at all.
func Save(path string, net Layer) error {
	return atomicfile.Stream(path, 0o644, func(w io.Writer) error { return WriteSafetensors(w, Everything(net), nil) })
}

// Load reads the weights of a network from a file of safetensors written by
// Save, or by others when rename, which may be nil, translates their names; a
// name it turns into "" is left out. A file that does not fit is refused, with
// the names that differ, and the network keeps its weights.
func Load(path string, net Layer, rename func(string) string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	tensors, _, err := ReadSafetensors(b)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := Assign(net, tensors, rename); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// Assign copies tensors into the network by name; see [Load].
func Assign(net Layer, tensors []NamedTensor, rename func(string) string) error {
	from := byName(tensors, rename)
	own := Everything(net)
	if err := differences(own, from); err != nil {
		return err
	}
	for _, t := range own {
		t.Tensor.CopyFrom(from[t.Name])
	}
	return nil
}

// Fits says what Assign would refuse, and changes nothing.
func Fits(net Layer, tensors []NamedTensor) error {
	return differences(Everything(net), byName(tensors, nil))
}

func byName(tensors []NamedTensor, rename func(string) string) map[string]*cnn.Tensor {
	from := map[string]*cnn.Tensor{}
	for _, t := range tensors {
		name := t.Name
		if rename != nil {
			name = rename(name)
		}
		if name != "" {
			from[name] = t.Tensor
		}
	}
	return from
}

// A MismatchError lists how a file and a network differ.
type MismatchError struct {
	Missing []string // in the file
	Extra   []string // in the file, not in the network
	Shapes  []string // tensors of other shapes
}

func (e *MismatchError) Error() string {
	var parts []string
	for _, p := range []struct {
		what  string
		names []string
	}{{"the file lacks", e.Missing}, {"the network lacks", e.Extra}, {"the shapes differ of", e.Shapes}} {
		if len(p.names) > 0 {
			shown := p.names[:min(8, len(p.names))]
			more := ""
			if len(p.names) > len(shown) {
				more = fmt.Sprintf(" and %d more", len(p.names)-len(shown))
			}
			parts = append(parts, p.what+" "+strings.Join(shown, ", ")+more)
		}
	}
	return "the weights are of another network: " + strings.Join(parts, "; ")
}

func differences(own []NamedTensor, from map[string]*cnn.Tensor) error {
	e, known := &MismatchError{}, map[string]bool{}
	for _, t := range own {
		known[t.Name] = true
		switch f, ok := from[t.Name]; {
		case !ok:
			e.Missing = append(e.Missing, t.Name)
		case !slices.Equal(f.Shape(), t.Tensor.Shape()):
			e.Shapes = append(e.Shapes, fmt.Sprintf("%s (%s in the file, %s in the network)", t.Name, cnn.Dims(f.Shape()), cnn.Dims(t.Tensor.Shape())))
		}
	}
	for name := range from {
		if !known[name] {
			e.Extra = append(e.Extra, name)
		}
	}
	sort.Strings(e.Extra)
	if len(e.Missing)+len(e.Extra)+len(e.Shapes) == 0 {
		return nil
	}
	return e
}
