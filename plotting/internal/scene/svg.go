package scene

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/image/draw"

	"github.com/convnotes/convnotes/plotting/internal/glyph"
)

// SVG draws one frame of the scene as a file of its own. The title is what a
// screen reader says.
func (s *Scene) SVG(frame int, title string) string {
	w := &svg{used: map[rune]bool{}, id: "g", frame: frame}
	paint(w, s.nodes)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %[1]s %[2]s" role="img"><title>%[3]s</title>`,
		num(s.Width), num(s.Height), escape(title))
	b.WriteString(w.defs())
	b.WriteString(w.out.String())
	b.WriteString("</svg>\n")
	return b.String()
}

// Pages draws all frames as one SVG element for a page that turns them: a
// group with data-f="first last" is to be seen only in those frames, and one
// with data-s holds a text that is still to be set from the letters, which are
// the symbols #prefix-<code point> with their advance in data-a.
func (s *Scene) Pages(prefix string) string {
	w := &svg{used: map[rune]bool{}, id: prefix + "-", pages: true}
	paint(w, s.nodes)
	return fmt.Sprintf(`<svg viewBox="0 0 %s %s" aria-hidden="true">%s%s</svg>`, num(s.Width), num(s.Height), w.defs(), w.out.String())
}

type svg struct {
	out   strings.Builder
	used  map[rune]bool
	id    string // before the code point of a letter
	pages bool   // all frames, instead of the one
	frame int
}

func (w *svg) page(first, last int, nodes []Node) {
	if !w.pages {
		if first <= w.frame && w.frame <= last {
			paint(w, nodes)
		}
		return
	}
	hidden := ""
	if first > 0 {
		hidden = ` display="none"`
	}
	fmt.Fprintf(&w.out, `<g data-f="%d %d"%s>`, first, last, hidden)
	paint(w, nodes)
	w.out.WriteString("</g>")
}

func (w *svg) move(dx, dy float64, nodes []Node) {
	if dx == 0 && dy == 0 {
		paint(w, nodes)
		return
	}
	fmt.Fprintf(&w.out, `<g transform="translate(%s %s)">`, num(dx), num(dy))
	paint(w, nodes)
	w.out.WriteString("</g>")
}

func (w *svg) path(p Path, st Style) {
	w.out.WriteString(`<path d="` + p.data() + `"` + paintOf("fill", st.Fill))
	if st.Stroke != nil && st.Width > 0 {
		w.out.WriteString(paintOf("stroke", st.Stroke))
		fmt.Fprintf(&w.out, ` stroke-width="%s" stroke-linejoin="round"`, num(st.Width))
		if len(st.Dash) > 0 {
			dash := make([]string, len(st.Dash))
			for i, d := range st.Dash {
				dash[i] = num(d)
			}
			fmt.Fprintf(&w.out, ` stroke-dasharray="%s"`, strings.Join(dash, " "))
		}
	}
	w.out.WriteString("/>")
}

func (w *svg) text(t Text) {
	dx, dy := t.origin()
	turn, k := "", num4(t.Size/glyph.Em)
	if t.Angle != 0 {
		turn = fmt.Sprintf("translate(%s %s)rotate(%s)", num(t.X), num(t.Y), num(-t.Angle))
	} else {
		dx, dy = dx+t.X, dy+t.Y
	}
	fmt.Fprintf(&w.out, `<g transform="%stranslate(%s %s)scale(%s)"%s`, turn, num(dx), num(dy), k, paintOf("fill", t.Color))
	for _, r := range t.String {
		w.used[r] = true
	}
	if w.pages {
		fmt.Fprintf(&w.out, ` data-s="%s"/>`, escape(t.String))
		return
	}
	w.out.WriteString(">")
	x := 0
	for _, r := range t.String {
		fmt.Fprintf(&w.out, `<use href="#%s%x" x="%d"/>`, w.id, r, x)
		x += glyph.Of(r).Advance
	}
	w.out.WriteString("</g>")
}

func (w *svg) image(i Image) {
	var b bytes.Buffer
	if err := png.Encode(&b, i.shrunk()); err != nil {
		panic("scene: " + err.Error()) // only for an image without an area
	}
	crisp := ` style="image-rendering:pixelated"`
	if i.Smooth {
		crisp = ""
	}
	fmt.Fprintf(&w.out, `<image x="%s" y="%s" width="%s" height="%s" preserveAspectRatio="none"%s href="data:image/png;base64,%s"/>`,
		num(i.X), num(i.Y), num(i.W), num(i.H), crisp, base64.StdEncoding.EncodeToString(b.Bytes()))
}

// shrunk returns the picture, or a smaller one where it has many more pixels
// than can be seen.
func (i Image) shrunk() image.Image {
	w, h := max(1, round(Scale*i.W)), max(1, round(Scale*i.H))
	if size := i.Picture.Bounds().Size(); size.X <= 2*w && size.Y <= 2*h {
		return i.Picture
	}
	small := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(small, small.Bounds(), i.Picture, i.Picture.Bounds(), draw.Src, nil)
	return small
}

// defs holds the outline of every letter used, once.
func (w *svg) defs() string {
	if len(w.used) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("<defs>")
	for _, r := range slices.Sorted(maps.Keys(w.used)) {
		g := glyph.Of(r)
		advance := ""
		if w.pages {
			advance = fmt.Sprintf(` data-a="%d"`, g.Advance)
		}
		fmt.Fprintf(&b, `<path id="%s%x"%s d="%s"/>`, w.id, r, advance, letter(g.Outline, 1, 0, 0).data())
	}
	b.WriteString("</defs>")
	return b.String()
}

// data returns the path as SVG writes it.
func (p Path) data() string {
	var b strings.Builder
	for _, s := range p {
		b.WriteByte(s.op)
		for k := range s.points() {
			if k > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(num(s.to[k].X))
			b.WriteByte(' ')
			b.WriteString(num(s.to[k].Y))
		}
	}
	return b.String()
}

func paintOf(what string, c color.Color) string {
	if c == nil {
		return ` ` + what + `="none"`
	}
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	s := fmt.Sprintf(` %s="#%02x%02x%02x"`, what, n.R, n.G, n.B)
	if n.A != 255 {
		s += fmt.Sprintf(` %s-opacity="%s"`, what, num(float64(n.A)/255))
	}
	return s
}

// num writes a length with at most two decimals.
func num(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }

func num4(v float64) string { return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64) }

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s))
	return b.String()
}
