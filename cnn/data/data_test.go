package data

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/cnn"
)

func TestWhatComesAlong(t *testing.T) {
	clothes, err := FashionMNIST(5000)
	if err != nil {
		t.Fatal(err)
	}
	test, err := FashionMNISTTest(1000)
	if err != nil {
		t.Fatal(err)
	}
	digits, err := Digits()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		set  *Images
		want string
	}{
		{"clothes", clothes, "5000 pictures of 1×28×28 in 10 classes"},
		{"test", test, "1000 pictures of 1×28×28 in 10 classes"},
		{"digits", digits, "1797 pictures of 1×8×8 in 10 classes"},
	} {
		if got := c.set.String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	counts := make([]int, 10)
	for _, l := range digits.Labels() {
		counts[l]++
	}
	if want := []int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}; !slices.Equal(counts, want) {
		t.Errorf("digits by class %v, want %v", counts, want)
	}
	if clothes.ClassName(clothes.Label(0)) != "ankle boot" {
		t.Errorf("the first picture of Fashion-MNIST is a %s", clothes.ClassName(clothes.Label(0)))
	}
	if _, err := FashionMNIST(5001); err == nil || !strings.Contains(err.Error(), "LoadFashionMNIST") {
		t.Errorf("too many pictures: %v", err)
	}
	for _, name := range []string{"china", "flower"} {
		if p, err := Photo(name); err != nil || cnn.Dims(p.Shape()) != "3×427×640" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSetsAreCutAndMixed(t *testing.T) {
	digits, _ := Digits()
	first, rest := digits.Split(0.8)
	if first.Len() != 1438 || rest.Len() != 359 {
		t.Errorf("split into %d and %d", first.Len(), rest.Len())
	}
	mixed := digits.Shuffled(3)
	if fmt.Sprint(mixed.Labels()) == fmt.Sprint(digits.Labels()) || fmt.Sprint(mixed.Labels()) != fmt.Sprint(digits.Shuffled(3).Labels()) {
		t.Error("an order does not follow from its seed")
	}
	two := digits.Only(7, 3)
	if two.Classes() != 2 || two.ClassName(0) != "7" || two.Len() != 179+183 {
		t.Errorf("of 7 and 3: %v", two)
	}
	x, y := digits.Head(3).Tensors()
	if cnn.Dims(x.Shape()) != "3×1×8×8" || fmt.Sprint(y.Values()) != "[0 1 2]" {
		t.Errorf("tensors %v and %v", x.Shape(), y.Values())
	}
}

// Every picture comes once in an epoch, whatever the batch, and the draws follow
// from seed, epoch and place alone.
func TestLoader(t *testing.T) {
	digits, _ := Digits()
	part := digits.Head(50)
	collect := func(size, first int) (at []int, sum []float64) {
		l := NewLoader(part, size, RandomShift(1), 9)
		l.Epoch(2, first, true, func(_ int, b Batch) bool {
			at = append(at, b.At...)
			for k := range b.At {
				sum = append(sum, cnn.Sum(b.X.Index(k)).Item())
			}
			return true
		})
		return at, sum
	}
	at, sums := collect(7, 0)
	sorted := slices.Sorted(slices.Values(at))
	if !slices.Equal(sorted, seq(50)) {
		t.Errorf("the pictures of an epoch are %v", sorted)
	}
	at2, sums2 := collect(20, 0)
	if !slices.Equal(at, at2) || fmt.Sprint(sums) != fmt.Sprint(sums2) {
		t.Error("another batch size changes the order or the augmentation")
	}
	if rest, _ := collect(7, 3); !slices.Equal(rest, at[21:]) {
		t.Error("an epoch does not go on in its middle")
	}
	stopped := 0
	NewLoader(part, 5, nil, 1).Epoch(0, 0, false, func(n int, _ Batch) bool { stopped++; return n < 2 })
	if stopped != 3 {
		t.Errorf("%d batches after a stop at the third", stopped)
	}
}

type ragged struct{}

func (ragged) Len() int                      { return 4 }
func (ragged) Item(i int) (x, y *cnn.Tensor) { return cnn.Zeros(1, 2+i, 3), cnn.Scalar(0) }

func TestMistakesOfASetReachTheCaller(t *testing.T) {
	defer func() {
		if e, ok := recover().(*cnn.ShapeError); !ok || !strings.Contains(e.Error(), "resize") {
			t.Errorf("got %v", e)
		}
	}()
	NewLoader(ragged{}, 4, nil, 1).Epoch(0, 0, false, func(int, Batch) bool { return true })
}

func idxBytes(shape []int, values []byte) []byte {
	b := []byte{0, 0, 8, byte(len(shape))}
	for _, d := range shape {
		b = binary.BigEndian.AppendUint32(b, uint32(d))
	}
	return append(b, values...)
}

func TestIDX(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) {
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		w.Write(b)
		w.Close()
		if err := os.WriteFile(filepath.Join(dir, name), z.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("t10k-images-idx3-ubyte.gz", idxBytes([]int{2, 1, 2}, []byte{0, 255, 51, 102}))
	write("t10k-labels-idx1-ubyte.gz", idxBytes([]int{2}, []byte{3, 9}))
	s, err := LoadMNIST(dir, false)
	if err != nil || s.Len() != 2 || s.Label(1) != 9 || math.Abs(s.Image(1).At(0, 0, 1)-0.4) > 1e-6 {
		t.Fatalf("%v, %v", s, err)
	}
	if _, err := LoadMNIST(dir, true); err == nil || !strings.Contains(err.Error(), "train-images-idx3-ubyte") {
		t.Errorf("a missing file: %v", err)
	}
	write("t10k-images-idx3-ubyte.gz", idxBytes([]int{10000, 1, 1}, make([]byte, 10000)))
	write("t10k-labels-idx1-ubyte.gz", idxBytes([]int{10000}, make([]byte, 10000)))
	if _, err := LoadMNIST(dir, false); err == nil || !strings.Contains(err.Error(), "t10k-images-idx3-ubyte.gz: the contents are not what was published") {
		t.Errorf("as many pictures as MNIST's, but others: %v", err)
	}
	good := idxBytes([]int{2, 1, 2}, []byte{1, 2, 3, 4})
	for want, b := range map[string][]byte{
		"byte 0: this is not an IDX file":   []byte("PNG"),
		"byte 2: the values are of type":    {0, 0, 9, 3},
		"byte 3: there are 1 axes":          idxBytes([]int{4}, []byte{1, 2, 3, 4}),
		"byte 19: 3 values follow":          good[:len(good)-1],
		"byte 20: 5 values follow":          append(slices.Clone(good), 1),
		"axis 1 has length 0":               idxBytes([]int{2, 0, 2}, nil),
		"byte 10: the file ends in its":     good[:10],
		"byte 8: axis 1 has length 4294967": append([]byte{0, 0, 8, 3, 0, 0, 1, 0, 255, 255, 255, 255, 255, 255, 255, 255}, 1),
	} {
		var e *FileError
		if _, err := parseIDX("f", b, 3); !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := contents("f.gz", strings.NewReader("not gzip")); err == nil {
		t.Error("a file that is no gzip is taken")
	}
}

// Debian's files are packed in another way than the published ones; the contents
// are theirs, and those of another set, whose files have the same names, are told.
func TestWholeFashionMNIST(t *testing.T) {
	const folder = "/usr/share/datasets/fashion-mnist"
	s, err := LoadFashionMNIST(folder, false)
	if errors.As(err, new(*FileError)) && strings.Contains(err.Error(), "there is no file") {
		t.Skip("Debian's dataset-fashion-mnist is not installed")
	}
	if err != nil || s.Len() != 10000 {
		t.Fatalf("%v, %v", s, err)
	}
	if _, err := LoadMNIST(folder, false); err == nil || !strings.Contains(err.Error(), "the contents are Fashion-MNIST t10k-images; expected MNIST t10k-images") {
		t.Errorf("clothes for digits: %v", err)
	}
}

func TestCIFAR10(t *testing.T) {
	dir := t.TempDir()
	record := make([]byte, 3073*2)
	record[0], record[3073], record[3073+1024] = 6, 9, 255
	os.WriteFile(filepath.Join(dir, "test_batch.bin"), record, 0o644)
	s, err := LoadCIFAR10(dir, false)
	if err != nil || s.Len() != 2 || s.ClassName(s.Label(0)) != "frog" || s.Image(1).At(0, 31, 31) != 1 {
		t.Fatalf("%v, %v", s, err)
	}
	record[3073] = 10
	for want, b := range map[string][]byte{"byte 3073: the label is 10": record, "the file has 3072 bytes": record[:3072], "the file has 0 bytes": nil} {
		if err := (&Images{}).addCIFAR("f", b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func npyBytes(header string, body []byte) []byte {
	b := []byte("\x93NUMPY\x01\x00")
	b = binary.LittleEndian.AppendUint16(b, uint16(len(header)))
	return append(append(b, header...), body...)
}

func TestNPY(t *testing.T) {
	floats := binary.LittleEndian.AppendUint32(nil, math.Float32bits(1.5))
	floats = binary.LittleEndian.AppendUint32(floats, math.Float32bits(-2))
	for _, c := range []struct {
		header string
		body   []byte
		want   string
	}{
		{"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", floats, "2 [1.5 -2]"},
		{"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }", []byte{1, 2, 3, 4, 5, 6}, "2×3 [1 2 3 4 5 6]"},
		{"{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", []byte{1, 4, 2, 5, 3, 6}, "2×3 [1 2 3 4 5 6]"},
		{"{'descr': '>i2', 'fortran_order': False, 'shape': (1, 1), }", []byte{255, 254}, "1×1 [-2]"},
	} {
		x, err := parseNPY("f", npyBytes(c.header, c.body))
		if err != nil {
			t.Errorf("%s: %v", c.header, err)
		} else if got := cnn.Dims(x.Shape()) + fmt.Sprint(" ", x.Values()); got != c.want {
			t.Errorf("%s: %s, want %s", c.header, got, c.want)
		}
	}
	for want, b := range map[string][]byte{
		"not a .npy file":  []byte("PK\x03\x04 and more bytes"),
		"pickled":          npyBytes("{'descr': '|O8', 'fortran_order': False, 'shape': (1,), }", nil),
		"3 bytes of value": npyBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", []byte{1, 2, 3}),
		"is not possible":  npyBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }", nil),
		"version 9":        append([]byte("\x93NUMPY\x09\x00"), make([]byte, 20)...),
	} {
		if _, err := parseNPY("f", b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	path := filepath.Join(t.TempDir(), "a.npz")
	f, _ := os.Create(path)
	z := zip.NewWriter(f)
	w, _ := z.Create("x_train.npy")
	w.Write(npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", []byte{1, 2, 3}))
	z.Close()
	f.Close()
	if arrays, err := LoadNPZ(path); err != nil || arrays["x_train"].Size() != 3 {
		t.Errorf("npz: %v, %v", arrays, err)
	}
}

// Every type that NumPy writes numbers in, in both orders of bytes.
func TestTypesOfNPY(t *testing.T) {
	for kind, body := range map[string][]byte{
		"|i1": {0xfe}, "|b1": {1}, "<u2": {2, 1}, ">u2": {1, 2}, "<i2": {0xfe, 0xff}, "<u4": {2, 1, 0, 0}, ">i4": {0xff, 0xff, 0xff, 0xfe},
		"<u8": {2, 1, 0, 0, 0, 0, 0, 0}, "<i8": {0xfe, 255, 255, 255, 255, 255, 255, 255}, ">f4": {0x3f, 0xc0, 0, 0}, "<f8": {0, 0, 0, 0, 0, 0, 0xf8, 0x3f},
	} {
		path := filepath.Join(t.TempDir(), "a.npy")
		os.WriteFile(path, npyBytes("{'descr': '"+kind+"', 'fortran_order': False, 'shape': (1,), }", body), 0o644)
		want := map[byte]float64{'i': -2, 'b': 1, 'u': 258, 'f': 1.5}[kind[1]]
		if x, err := LoadNPY(path); err != nil || x.Item() != want {
			t.Errorf("%s: %v, %v, want %v", kind, x, err, want)
		}
	}
}

func FuzzIDX(f *testing.F) {
	f.Add(idxBytes([]int{2, 1, 2}, []byte{1, 2, 3, 4}))
	f.Fuzz(func(t *testing.T, b []byte) { parseIDX("f", b, 3) })
}

func FuzzNPY(f *testing.F) {
	f.Add(npyBytes("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", []byte{1, 4, 2, 5, 3, 6}))
	f.Fuzz(func(t *testing.T, b []byte) { parseNPY("f", b) })
}

func FuzzDigits(f *testing.F) {
	f.Add(strings.Repeat("1,", 64) + "3")
	f.Fuzz(func(t *testing.T, text string) { parseDigits("f", text) })
}

func FuzzImage(f *testing.F) {
	var b bytes.Buffer
	png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2)))
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 1<<12 {
			decode("f", bytes.NewReader(b))
		}
	})
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	for i, class := range []string{"cats", "dogs"} {
		os.Mkdir(filepath.Join(dir, class), 0o755)
		for k := range 2 + i {
			m := image.NewRGBA(image.Rect(0, 0, 40+10*k, 30))
			for j := range m.Pix {
				m.Pix[j] = byte(100 * i)
			}
			m.Set(0, 0, color.White)
			f, _ := os.Create(filepath.Join(dir, class, fmt.Sprintf("%d.png", k)))
			png.Encode(f, m)
			f.Close()
		}
	}
	whole, err := os.ReadFile(filepath.Join(dir, "dogs", "0.png"))
	if err != nil {
		t.Fatal(err)
	}
	var photo bytes.Buffer
	jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 50, 50)), nil)
	bad := map[string][]byte{"broken.jpg": []byte("this is no picture"), "cut.png": whole[:len(whole)-20], "cut.jpg": photo.Bytes()[:photo.Len()*2/3], "empty.gif": nil}
	for name, b := range bad {
		os.WriteFile(filepath.Join(dir, "cats", name), b, 0o644)
	}
	os.WriteFile(filepath.Join(dir, "dogs", "1.png"), append(whole, "more"...), 0o644) // a whole one with something behind it
	os.WriteFile(filepath.Join(dir, "cats", "notes.txt"), nil, 0o644)
	f, err := OpenFolder(dir, 20, 24)
	if err != nil {
		t.Fatal(err)
	}
	if f.Len() != 5 || f.Classes() != 2 || f.ClassName(1) != "dogs" || len(f.Broken) != len(bad) {
		t.Errorf("%d pictures, %d classes, broken %v", f.Len(), f.Classes(), f.Broken)
	}
	for _, err := range f.Broken {
		var e *FileError
		if !errors.As(err, &e) || bad[filepath.Base(e.File)] == nil && filepath.Base(e.File) != "empty.gif" {
			t.Errorf("broken: %v", err)
		}
	}
	for i := range f.Len() {
		if x, y := f.Item(i); cnn.Dims(x.Shape()) != "3×20×24" || int(y.Item()) != f.Label(i) {
			t.Errorf("picture %d: %v, %v", i, x.Shape(), y)
		}
	}
	if _, err := OpenFolder(t.TempDir(), 8, 8); err == nil || !strings.Contains(err.Error(), "cats/") {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestAugmentation(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	x := cnn.Uniform(0, 1, 3, 8, 6)
	if fmt.Sprint(FlipH(FlipH(x)).Values()) != fmt.Sprint(x.Values()) || FlipH(x).At(1, 2, 0) != x.At(1, 2, 5) {
		t.Error("flipping twice is not the picture")
	}
	if s := Shift(x, 2, -1); s.At(0, 2, 0) != x.At(0, 0, 1) || s.At(0, 1, 3) != 0 || s.At(2, 5, 5) != 0 {
		t.Error("a shift puts pixels elsewhere")
	}
	if a := Affine(x, 0, 1, 0, 0); maxDifference(a, x) > 1e-5 {
		t.Error("turning by 0 degrees changes the picture")
	}
	twice := Compose(func(x *cnn.Tensor, _ *rand.Rand) *cnn.Tensor { return cnn.Shift(x, 1) }, func(x *cnn.Tensor, _ *rand.Rand) *cnn.Tensor { return cnn.Scale(x, 2) })
	if got := twice(cnn.Ones(1, 1, 1), r).Item(); got != 4 {
		t.Errorf("1 shifted by 1, then doubled is %v", got)
	}
	if g := Gray(cnn.FromValues([]float64{1, 0, 0, 1, 0, 0}, 3, 1, 2)); g.At(0, 0, 0) != float64(float32(0.299)) || math.Abs(g.At(0, 0, 1)-0.587) > 1e-6 {
		t.Errorf("red and green are %v bright", g)
	}
	square := cnn.Uniform(0, 1, 1, 5, 5)
	if a := Affine(square, 90, 1, 0, 0); math.Abs(a.At(0, 4, 0)-square.At(0, 0, 0)) > 1e-5 {
		t.Error("a quarter turn counter-clockwise takes the upper left corner elsewhere than down left")
	}
	seen := map[[2]int]bool{}
	ramp := cnn.Arange(64).Reshape(1, 8, 8)
	for range 300 {
		c := RandomCrop(ramp, 7, 6, r)
		at := int(c.At(0, 0, 0))
		seen[[2]int{at / 8, at % 8}] = true
	}
	if len(seen) != 2*3 {
		t.Errorf("crops begin at %d places, want 6", len(seen))
	}
	for name, a := range map[string]Augmentation{"flip": RandomFlip(), "shift": RandomShift(2), "crop": RandomCropPad(1), "affine": RandomAffine(20, 0.8, 1.2, 0.1), "resize-crop": RandomResizeCrop(0.5),
		"erase": RandomErase(0.5), "color": ColorJitter(0.3, 0.3, 0.3)} {
		one, two := a(x.Clone(), rand.New(rand.NewPCG(4, 4))), a(x.Clone(), rand.New(rand.NewPCG(4, 4)))
		if fmt.Sprint(one.Values()) != fmt.Sprint(two.Values()) || fmt.Sprint(one.Shape()) != fmt.Sprint(x.Shape()) {
			t.Errorf("%s: the draw does not follow from the seed, or the shape changes", name)
		}
		if v := cnn.Max(one).Item(); v > 1 || cnn.Min(one).Item() < 0 {
			t.Errorf("%s leaves the range 0 to 1", name)
		}
	}
}

// A crop of a ramp of rows and one of columns tells how much was cut out: the
// area stays between the least share and all, the sides' ratio between ¾ and 4⁄3,
// and both are used.
func TestRandomResizeCrop(t *testing.T) {
	const n, least = 64, 0.25
	x := cnn.Zeros(2, n, n)
	for i := range n {
		for j := range n {
			x.Set(float64(i), 0, i, j)
			x.Set(float64(j), 1, i, j)
		}
	}
	small, wide, tall := 1.0, 0.0, math.Inf(1)
	for k := range 300 {
		y := RandomResizeCrop(least).At(x, 5, 0, k)
		rows := (y.At(0, n-1, 0) - y.At(0, 0, 0) + 1) / n
		columns := (y.At(1, 0, n-1) - y.At(1, 0, 0) + 1) / n
		small, wide, tall = min(small, rows*columns), max(wide, columns/rows), min(tall, columns/rows)
		if area := rows * columns; area < least-.03 || area > 1.001 || columns/rows < 3./4-.04 || columns/rows > 4./3+.04 {
			t.Fatalf("crop %d is %.2f of the rows and %.2f of the columns", k, rows, columns)
		}
	}
	if small > least+.05 || wide < 1.25 || tall > .8 {
		t.Errorf("the smallest crop has %.2f of the area, the widest ratio is %.2f, the narrowest %.2f", small, wide, tall)
	}
}

func maxDifference(a, b *cnn.Tensor) float64 { return cnn.Max(cnn.Abs(cnn.Sub(a, b))).Item() }

func TestGeneratedPictures(t *testing.T) {
	cluttered := func(n, size int, seed uint64) *Images {
		s, err := ClutteredDigits(n, true, seed)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, make := range map[string]func(n, size int, seed uint64) *Images{"shapes": Shapes, "strokes": Strokes, "edges": Edges, "cluttered": cluttered} {
		a, b, c := make(40, 24, 1), make(40, 24, 1), make(40, 24, 2)
		x, _ := a.Tensors()
		same, _ := b.Tensors()
		other, _ := c.Tensors()
		if maxDifference(x, same) != 0 || maxDifference(x, other) == 0 {
			t.Errorf("%s do not follow from their seed", name)
		}
		for i := range a.Len() {
			if cnn.Max(a.Image(i)).Item() < 0.5 {
				t.Errorf("%s: picture %d is empty", name, i)
			}
		}
	}
}
