package scene

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
)

var (
	black = color.NRGBA{0, 0, 0, 255}
	red   = color.NRGBA{255, 0, 0, 255}
	half  = color.NRGBA{0, 0, 255, 128}
)

// at tests what a scene of 20×20 shows at a place.
func TestRaster(t *testing.T) {
	picture := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	picture.SetNRGBA(0, 0, red)
	picture.SetNRGBA(1, 0, black)
	for _, test := range []struct {
		name         string
		node         Node
		inside, free image.Point
	}{
		{"rectangle", Rect{X: 5, Y: 5, W: 10, H: 5, Style: Style{Fill: black}}, image.Pt(10, 7), image.Pt(10, 11)},
		{"rectangle off the grid", Rect{X: 4.5, Y: 4.5, W: 10, H: 5, Style: Style{Fill: black}}, image.Pt(10, 7), image.Pt(10, 11)},
		{"rounded corner", Rect{X: 0, Y: 0, W: 20, H: 20, Radius: 10, Style: Style{Fill: black}}, image.Pt(10, 10), image.Pt(0, 0)},
		{"frame", Rect{X: 5, Y: 5, W: 10, H: 10, Style: Style{Stroke: black, Width: 2}}, image.Pt(5, 10), image.Pt(10, 10)},
		{"corner of a frame", Rect{X: 5, Y: 5, W: 10, H: 10, Style: Style{Stroke: black, Width: 4}}, image.Pt(5, 5), image.Pt(10, 10)},
		{"ellipse", Ellipse{X: 10, Y: 10, RX: 8, RY: 4, Style: Style{Fill: black}}, image.Pt(15, 10), image.Pt(10, 16)},
		{"line", Line(black, 2, Point{2, 10}, Point{18, 10}), image.Pt(10, 9), image.Pt(10, 12)},
		{"bent line", Line(black, 4, Point{2, 18}, Point{10, 4}, Point{18, 18}), image.Pt(10, 5), image.Pt(10, 16)},
		{"head of an arrow", Arrow(black, 1, Point{2, 10}, Point{18, 10}), image.Pt(14, 10), image.Pt(16, 6)},
		{"gap of a dashed line", Shape{Polyline(Point{0, 10}, Point{20, 10}), Style{Stroke: black, Width: 4, Dash: []float64{5, 5}}}, image.Pt(2, 10), image.Pt(7, 10)},
		{"group", Group{DX: 10, DY: 10, Nodes: []Node{Rect{W: 5, H: 5, Style: Style{Fill: black}}}}, image.Pt(12, 12), image.Pt(2, 2)},
		{"text", Text{X: 10, Y: 10, Size: 20, Anchor: Middle, Centred: true, Color: black, String: "■"}, image.Pt(10, 11), image.Pt(1, 1)},
		{"turned text", Text{X: 10, Y: 19, Size: 16, Angle: 90, Color: black, String: "——"}, image.Pt(5, 10), image.Pt(15, 10)},
		{"image", Image{X: 0, Y: 0, W: 20, H: 10, Picture: picture}, image.Pt(15, 5), image.Pt(15, 15)},
		{"page that is seen", During(0, 2, Rect{W: 5, H: 5, Style: Style{Fill: black}}), image.Pt(2, 2), image.Pt(9, 9)},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := New(20, 20)
			s.Add(test.node)
			m := s.Raster(0, 1)
			if c := m.RGBAAt(test.inside.X, test.inside.Y); c.A < 200 || c.R > 50 {
				t.Errorf("at %v is %v, want black", test.inside, c)
			}
			if c := m.RGBAAt(test.free.X, test.free.Y); c.A > 50 {
				t.Errorf("at %v is %v, want nothing", test.free, c)
			}
		})
	}
}

func TestPages(t *testing.T) {
	s := New(10, 10)
	s.Add(During(1, 2, Rect{W: 10, H: 10, Style: Style{Fill: red}}))
	for frame, want := range []uint8{0, 255, 255, 0} {
		if got := s.Raster(frame, 1).RGBAAt(5, 5).R; got != want {
			t.Errorf("frame %d has red %d, want %d", frame, got, want)
		}
	}
	if text := s.SVG(0, ""); strings.Contains(text, "<path") {
		t.Errorf("the first frame shows what comes later: %s", text)
	}
	if text := s.Pages("p"); !strings.Contains(text, `<g data-f="1 2" display="none">`) {
		t.Errorf("the page is missing: %s", text)
	}
}

func TestOverlapsCountOnce(t *testing.T) {
	s := New(20, 20)
	s.Add(Line(half, 6, Point{3, 3}, Point{10, 17}, Point{17, 3}))
	for y := range 20 {
		for x := range 20 {
			if a := s.Raster(0, 1).RGBAAt(x, y).A; a > 129 {
				t.Fatalf("at %d, %d the stroke covers itself: %d", x, y, a)
			}
		}
	}
}

func TestSVG(t *testing.T) {
	s := New(20, 20)
	s.Add(
		Rect{X: 1, Y: 2, W: 3, H: 4, Style: Style{Fill: half, Stroke: red, Width: 1.5, Dash: []float64{1, 2}}},
		Text{X: 5, Y: 5, Size: 2.048, Color: black, String: "11<"})
	text := s.SVG(0, `a "title" <1>`)
	for _, want := range []string{
		`<title>a &#34;title&#34; &lt;1&gt;</title>`,
		`<path d="M1 2L4 2L4 6L1 6Z" fill="#0000ff" fill-opacity="0.5" stroke="#ff0000" stroke-width="1.5" stroke-linejoin="round" stroke-dasharray="1 2"/>`,
		`<g transform="translate(5 5)scale(0.001)" fill="#000000"><use href="#g31" x="0"/>`,
		`<path id="g3c" d="M`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the file\n%s\ndoes not contain\n%s", text, want)
		}
	}
	if n := strings.Count(text, `id="g31"`); n != 1 {
		t.Errorf("the letter 1 is defined %d times", n)
	}
}

func TestTextIsSetOnce(t *testing.T) {
	s := New(20, 20)
	s.Add(Text{String: `a"b`, Size: 10, Color: black})
	if text := s.Pages("p"); !strings.Contains(text, ` data-s="a&#34;b"/>`) || !strings.Contains(text, `id="p-61" data-a="`) {
		t.Errorf("the text is not left to the script: %s", text)
	}
}

func TestLargePicturesAreShrunk(t *testing.T) {
	s := New(20, 20)
	s.Add(Image{W: 20, H: 20, Smooth: true, Picture: image.NewGray(image.Rect(0, 0, 3000, 3000))})
	if n := len(s.SVG(0, "")); n > 2000 {
		t.Errorf("the file has %d bytes", n)
	}
}

func TestPNGKeepsColours(t *testing.T) {
	for _, colours := range []int{2, 200, 5000} {
		s := New(100, 50)
		for i := range colours {
			c := color.NRGBA{uint8(i * 7), uint8(i / 7), uint8(i * 3), 255}
			s.Add(Rect{X: float64(i % 100), Y: float64(i / 100), W: 1, H: 1, Style: Style{Fill: c}})
		}
		got, err := png.Decode(bytes.NewReader(s.PNG(0)))
		if err != nil {
			t.Fatal(err)
		}
		want := s.Raster(0, Scale)
		for y := range want.Bounds().Dy() {
			for x := range want.Bounds().Dx() {
				c, w := color.RGBAModel.Convert(got.At(x, y)).(color.RGBA), want.RGBAAt(x, y)
				if d := apart(c.R, w.R) + apart(c.G, w.G) + apart(c.B, w.B) + apart(c.A, w.A); d > 96 {
					t.Fatalf("%d colours: at %d, %d is %v, want %v", colours, x, y, c, w)
				}
			}
		}
	}
}

// FuzzPaint asks that nothing a caller can write makes a back end panic.
func FuzzPaint(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 4.0, 1.5, "text")
	f.Add(-5.0, 1e9, -1e300, 0.0, -1.0, "\x00\xff")
	f.Fuzz(func(t *testing.T, x, y, w, h, width float64, text string) {
		s := New(16, 16)
		style := Style{Fill: half, Stroke: black, Width: width}
		s.Add(
			Rect{X: x, Y: y, W: w, H: h, Radius: 2, Style: style},
			Ellipse{X: x, Y: y, RX: w, RY: h, Style: style},
			Line(black, width, Point{x, y}, Point{w, h}),
			Arrow(black, width, Point{x, y}, Point{w, h}),
			Text{X: x, Y: y, Size: min(max(w, -50), 50), Angle: h, Color: black, String: text[:min(len(text), 50)]})
		s.Raster(0, 1)
		s.SVG(0, text)
		s.Pages("p")
	})
}
