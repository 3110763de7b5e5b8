package plotting

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

var (
	update = flag.Bool("update", false, "write the golden images anew")
	save   = flag.String("save", "", "write all figures into this folder, as PNG, SVG and HTML, to look at them")
)

// A drawing is a figure that is compared with testdata/<name>.png.
type drawing struct {
	name     string
	language string
	frame    int // of a stepper
	draw     func() *Figure
}

var drawings = []drawing{
	{"image", "en", 0, func() *Figure { return Image(Titled("a ramp", ramp8())) }},
	{"image-signed", "zh", 0, func() *Figure { return Image(lectureOutput()) }},
	{"images", "en", 0, func() *Figure {
		return Images(Titled("ramp", ramp8()), Titled("lecture's input", lectureInput()), lectureOutput(), Titled("in colour", colours()))
	}},
	{"matrix", "en", 0, func() *Figure { return Matrix(Titled("X", lectureInput())) }},
	{"matrix-signed", "zh", 0, func() *Figure { return Matrix(Titled("竖直边缘", lectureOutput())) }},
	{"matrix-fractions", "en", 0, func() *Figure { return Matrix(cnn.Matrix([]float64{.25, -1234.5, 1}, []float64{0, 1. / 3, 2})) }},
	{"matrix-large", "en", 0, func() *Figure { return Matrix(sine(40, 60)) }},
	{"slide", "en", 6, func() *Figure {
		return Slide(lectureInput(), lectureKernel(), cnn.CrossCorrelateSteps(lectureInput(), lectureKernel()))
	}},
	{"slide-row", "en", 1, func() *Figure { return Slide(stripes(), edges(), cnn.CrossCorrelateSteps(stripes(), edges())) }},
	{"slide-padding-stride", "zh", 2, func() *Figure {
		x := cnn.Matrix([]float64{0, 1, 2}, []float64{3, 4, 5}, []float64{6, 7, 8})
		k := cnn.Matrix([]float64{0, 1}, []float64{2, 3})
		return Slide(x, k, cnn.CrossCorrelateSteps(x, k, cnn.Padding(1), cnn.Stride(2)))
	}},
	{"slide-stride", "en", 1, func() *Figure {
		x := cnn.Arange(48).Reshape(6, 8)
		k := cnn.Matrix([]float64{.5, 0, -.5}, []float64{1, 0, -1}, []float64{.5, 0, -.5})
		return Slide(x, k, cnn.CrossCorrelateSteps(x, k, cnn.Stride(2), cnn.Bias(cnn.Vector(5)), cnn.ThenReLU()))
	}},
	{"slide-channels", "en", 2, func() *Figure {
		x, k := twoChannels()
		return Slide(x, k.Index(0), cnn.CrossCorrelateSteps(x, k.Index(0)))
	}},
	{"slide-filters", "zh", 6, func() *Figure {
		x, k := twoChannels()
		return Slide(x, k, cnn.CrossCorrelateSteps(x, k, cnn.Bias(cnn.Vector(1, -2, 0)), cnn.Padding(0)))
	}},
	{"slide-large", "en", 100, func() *Figure {
		x, k := sine(14, 14), cnn.Arange(49).Reshape(7, 7)
		return Slide(x, k, cnn.CrossCorrelateSteps(x, k, cnn.Padding(3)))
	}},
	{"slide-dilation", "zh", 1, func() *Figure {
		x, k := cnn.Arange(36).Reshape(6, 6), cnn.Ones(2, 2)
		return Slide(x, k, cnn.CrossCorrelateSteps(x, k, cnn.Dilation(2), cnn.Stride(2), cnn.ThenReLU()))
	}},
	{"pool-max", "en", 2, func() *Figure { return Pool(poolInput(), cnn.MaxPool2DSteps(poolInput(), 2)) }},
	{"pool-average", "zh", 1, func() *Figure { return Pool(poolInput(), cnn.AvgPool2DSteps(poolInput(), 2)) }},
	{"pool-channels", "zh", 4, func() *Figure {
		x, _ := twoChannels()
		return Pool(x, cnn.MaxPool2DSteps(x, 3, cnn.Stride(2), cnn.Padding(1)))
	}},
	{"pool-backward", "en", 2, func() *Figure {
		return PoolBackward(poolInput(), cnn.MaxPool2DSteps(poolInput(), 3, cnn.Stride(1)), cnn.Matrix([]float64{1, 2}, []float64{3, -1}))
	}},
	{"pool-backward-average", "zh", 1, func() *Figure {
		return PoolBackward(poolInput(), cnn.AvgPool2DSteps(poolInput(), 2), cnn.Matrix([]float64{1, 2}, []float64{3, 4}))
	}},
	{"filters", "en", 0, func() *Figure {
		return Filters(cnn.FromValues([]float64{1, 0, -1, 2, 0, -2, 1, 0, -1, 1, 2, 1, 0, 0, 0, -1, -2, -1, 3, 0, -3, 10, 0, -10, 3, 0, -3}, 3, 1, 3, 3))
	}},
	{"filters-many", "zh", 0, func() *Figure { return Filters(waves(16, 6, 5, 5)) }},
	{"filters-colour", "en", 0, func() *Figure { return Filters(waves(24, 3, 7, 7)) }},
	{"feature-maps", "en", 0, func() *Figure { return FeatureMaps(cnn.ReLU(waves(6, 28, 28))) }},
	{"feature-maps-many", "zh", 0, func() *Figure { return FeatureMaps(Titled("第二层", waves(1, 192, 10, 10))) }},
	{"feature-colors", "en", 0, func() *Figure { return FeatureColors(Titled("layer 2", cnn.ReLU(waves(12, 24, 32)))) }},
	{"augmented", "en", 0, func() *Figure {
		return Augmented("RandomShift(2)", data.RandomShift(2), 7, Titled("the ramp", ramp8()), colours())
	}},
	{"augmented-zh", "zh", 0, func() *Figure {
		return Augmented("RandomFlip 与 RandomErase(0.5)", data.Compose(data.RandomFlip(), data.RandomErase(.5)), 1, lectureInput(), colours(), ramp8())
	}},
	{"live", "en", 0, func() *Figure { return trainingCurves().Figure() }},
	{"training", "zh", 0, func() *Figure { return reported().live.Figure() }},
	{"confusion", "en", 0, func() *Figure { return Confusion(nil, tenClasses()) }},
	{"confusion-names", "zh", 0, func() *Figure {
		return Confusion([]string{"T恤", "裤子", "套头衫"}, [][]int{{90, 2, 8}, {0, 99, 1}, {15, 0, 85}})
	}},
	{"confusion-long-names", "en", 0, func() *Figure {
		return Confusion([]string{"T-shirt", "trousers", "ankle boot"}, [][]int{{90, 2, 8}, {0, 99, 1}, {15, 0, 85}})
	}},
	{"predictions", "en", 0, func() *Figure { return Predictions(nil, predictions()...) }},
	{"predictions-names", "zh", 0, func() *Figure {
		return Predictions([]string{"T恤", "裤子", "套头衫", "一个非常长的类别名称"}, predictions()...)
	}},
	{"costs", "en", 0, func() *Figure { return Costs(lenet(), 1, 1, 28, 28) }},
	{"costs-blocks", "zh", 0, func() *Figure { return Costs(googLeNetStart(), 1, 3, 224, 224) }},
	{"architecture-lenet", "zh", 0, func() *Figure { return Architecture(lenet(), 1, 1, 28, 28) }},
	{"architecture-alexnet", "en", 0, func() *Figure { return Architecture(alexNet(), 1, 3, 224, 224) }},
	{"architecture-googlenet", "en", 0, func() *Figure { return Architecture(googLeNetStart(), 1, 3, 224, 224) }},
	{"paths", "en", 2, func() *Figure { return Paths(inception(), 1, 192, 28, 28) }},
	{"paths-joined", "zh", 5, func() *Figure { return Paths(googLeNetStart(), 1, 3, 224, 224) }},
	{"receptive-field", "en", 3, func() *Figure {
		return ReceptiveField(13, Window{Name: "conv 3×3", Size: 3}, Window{Name: "pool 2×2", Size: 2, Stride: 2}, Window{Name: "conv 3×3", Size: 3, Padding: 1})
	}},
	{"receptive-field-zh", "zh", 2, func() *Figure { return ReceptiveField(7, Window{Size: 3}, Window{Size: 3}) }},
	{"receptive-overlay", "en", 0, func() *Figure { return ReceptiveOverlay(waves(1, 32, 32), lenet32()) }},
	{"network", "zh", 0, func() *Figure { return Network(4, 3, 1) }},
	{"network-large", "en", 0, func() *Figure { return Network(784, 120, 84, 10) }},
	{"graph", "en", 0, func() *Figure { return Graph(lectureGraph(true).Inspect()) }},
	{"graph-tensors", "zh", 0, func() *Figure { return Graph(cnn.Inspect(tensorGraph())) }},
	{"backpropagation", "en", 6, func() *Figure { return Backpropagation(lectureGraph(false)) }},
	{"connections", "zh", 1, func() *Figure {
		return Connections(diagonals(), ones3(), cnn.CrossCorrelateSteps(diagonals(), ones3()))
	}},
	{"line", "en", 0, func() *Figure {
		return Line(Axes{Title: "LeNet on digits", X: "epoch", Y: "loss"},
			Series{Name: "training", Y: []float64{2.3, 1.1, .62, .41, .3, .24, .2, .17}},
			Series{Name: "test", Y: []float64{2.31, 1.2, .75, .58, .5, .49, .5, .52}},
			Series{Name: "chance", X: []float64{1, 8}, Y: []float64{2.3026, 2.3026}})
	}},
	{"line-log", "zh", 0, func() *Figure {
		return Line(Axes{X: "步数", Y: "损失", LogY: true}, Series{Y: []float64{10, 1, .1, .05, math.NaN(), .01, .004, .003}})
	}},
	{"scatter", "en", 0, func() *Figure {
		return Line(Axes{Title: "House prices", X: "size (m²)", Y: "price"},
			Series{Name: "houses", X: []float64{50, 62, 80, 95, 110, 130}, Y: []float64{110, 130, 155, 205, 215, 262}, Marks: true},
			Series{Name: "the neuron", X: []float64{45, 135}, Y: []float64{92, 270}})
	}},
	{"scatter-marks", "zh", 0, func() *Figure {
		var networks []Series
		for i, name := range []string{"LeNet", "AlexNet", "VGG-11", "VGG-16", "NiN", "GoogLeNet", "ResNet"} {
			networks = append(networks, Series{Name: name, X: []float64{float64(20 * i)}, Y: []float64{float64(1 + i*i)}})
		}
		return Scatter(Axes{X: "P / 10⁶", Y: "MAC / 10⁹", LogY: true}, networks...)
	}},
	{"func", "en", 0, func() *Figure { return Func("ReLU", func(x float64) float64 { return max(0, x) }, -4, 4) }},
	{"func-sigmoid", "zh", 0, func() *Figure {
		return Func("σ", func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, -6, 6)
	}},
	{"histogram", "zh", 0, func() *Figure {
		var values []float64
		for i := range 500 {
			values = append(values, math.Sin(float64(i))+math.Cos(float64(i*i)))
		}
		return Histogram(Axes{Title: "第一层的权重", X: "值"}, values, 0)
	}},
	{"bars", "en", 0, func() *Figure {
		return Bars(Axes{Title: "Test accuracy", X: "optdigits, 360 images"}, Bar{"pixels", .908}, Bar{"untrained convolution", .918}, Bar{"trained convolution", .961})
	}},
	{"bars-signed", "zh", 0, func() *Figure {
		return Bars(Axes{Title: "梯度"}, Bar{"权重 1", -2.5}, Bar{"权重 2", 1.25}, Bar{"偏置", 0})
	}},
}

// every is 1 to test all figures.
var every = 1

func tested() (some []drawing) {
	for i := 0; i < len(drawings); i += every {
		some = append(some, drawings[i])
	}
	return some
}

func TestGoldenImages(t *testing.T) {
	for _, d := range tested() {
		t.Run(d.name, func(t *testing.T) {
			f := d.figure()
			got := raster(f, d.frame)
			if *save != "" {
				saveFigure(t, f, d)
			}
			golden := filepath.Join("testdata", d.name+".png")
			if *update {
				writePNG(t, golden, got)
				return
			}
			want := readPNG(t, golden)
			if difference := compare(got, want); difference != "" {
				failed := filepath.Join(t.ArtifactDir(), d.name+".png")
				writePNG(t, failed, got)
				t.Errorf("differs from %s: %s (see %s; -update accepts it)", golden, difference, failed)
			}
		})
	}
}

func TestNoGoldenImageIsLeftOver(t *testing.T) {
	files, err := filepath.Glob("testdata/*.png")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, d := range drawings {
		if names[d.name+".png"] {
			t.Errorf("two figures have the name %s", d.name)
		}
		names[d.name+".png"] = true
	}
	for _, f := range files {
		if !names[filepath.Base(f)] {
			t.Errorf("%s belongs to no figure", f)
		}
	}
}

// TestEveryFigureShowsItself holds for every figure, and for frames throughout
// a stepper.
func TestEveryFigureShowsItself(t *testing.T) {
	for _, d := range tested() {
		t.Run(d.name, func(t *testing.T) {
			f := d.figure()
			bundle := f.MIMEBundle()
			if _, err := png.Decode(bytes.NewReader(bundle["image/png"].([]byte))); err != nil {
				t.Errorf("image/png: %v", err)
			}
			if text := bundle["text/plain"].(string); len(text) < 20 || strings.HasSuffix(text, "\n") {
				t.Errorf("text/plain says too little, or ends in a new line: %q", text)
			}
			html := bundle["text/html"].(string)
			if !strings.Contains(html, `<img alt="`) || strings.Contains(html, `alt=""`) {
				t.Error("the HTML has no image with an alternative text")
			}
			for _, outside := range []string{"http:", "https:", "src=\"/"} {
				if strings.Contains(strings.ReplaceAll(html, "http://www.w3.org/2000/svg", ""), outside) {
					t.Errorf("the HTML refers to %s", outside)
				}
			}
			if len(html) > 300_000 {
				t.Errorf("the HTML has %d bytes, more than 300,000", len(html))
			}
			for frame := 0; frame < max(1, len(f.steps)); frame += 1 + len(f.steps)/3 {
				if problem := clipped(f, frame); problem != "" {
					t.Fatalf("frame %d: %s", frame, problem)
				}
			}
		})
	}
}

// clipped reports whether anything is drawn outside the body of a figure: the
// margin of the card must be empty.
func clipped(f *Figure, frame int) string {
	w, h := f.size()
	s := scene.New(w, h)
	s.Add(f.body.at(margin, margin))
	picture := s.Raster(frame, 1)
	const room = margin - 3 // strokes may stand out a little
	body := image.Rect(room, room, int(w)-room, int(h)-room)
	for i := 3; i < len(picture.Pix); i += 4 {
		if picture.Pix[i] > 0 {
			if at := image.Pt(i%picture.Stride/4, i/picture.Stride); !at.In(body) {
				return fmt.Sprint("something reaches into the margin at ", at)
			}
		}
	}
	return ""
}

func saveFigure(t *testing.T, f *Figure, d drawing) {
	t.Helper()
	if err := os.MkdirAll(*save, 0o755); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(*save, d.name)
	if err := os.WriteFile(name+".png", f.card().PNG(d.frame), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, ext := range []string{".svg", ".html"} {
		if err := f.Save(name + ext); err != nil {
			t.Fatal(err)
		}
	}
}

// drawnFigures keeps the figures between tests.
var drawnFigures = map[string]*Figure{}

// figure draws a figure in its language, once.
func (d drawing) figure() *Figure {
	f, ok := drawnFigures[d.name]
	if !ok {
		old := display.Language()
		display.SetLanguage(d.language)
		defer display.SetLanguage(old)
		f = d.draw()
		drawnFigures[d.name] = f
	}
	return f
}

func raster(f *Figure, frame int) image.Image { return f.card().Raster(frame, 1) }

// compare allows for the last bits of floating point: few pixels may differ,
// and those not by much.
func compare(a, b image.Image) string {
	if a.Bounds() != b.Bounds() {
		return "its size is " + a.Bounds().String() + ", not " + b.Bounds().String()
	}
	far, pixels := 0, a.Bounds().Dx()*a.Bounds().Dy()
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if distance(a.At(x, y), b.At(x, y)) > 24 {
				far++
			}
		}
	}
	if far*2000 > pixels {
		return "more than one pixel in 2000 has another colour"
	}
	return ""
}

func distance(a, b color.Color) int {
	p, q := color.RGBAModel.Convert(a).(color.RGBA), color.RGBAModel.Convert(b).(color.RGBA)
	d := func(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
	return max(d(p.R, q.R), d(p.G, q.G), d(p.B, q.B), d(p.A, q.A))
}

func readPNG(t *testing.T, name string) image.Image {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return picture
}

func writePNG(t *testing.T, name string, picture image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
