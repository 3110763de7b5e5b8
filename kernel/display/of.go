package display

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"  // for the sizes of pictures
	_ "image/jpeg" // for the sizes of pictures
	"image/png"
	"reflect"
)

// What a value can be shown as is said by its methods. Any type may have them;
// it need not know this package.
type (
	MIMEBundler    interface{ MIMEBundle() map[string]any } // everything at once
	SimpleRenderer interface{ SimpleRender() MIMEMap }
	Renderer       interface{ Render() Data }
	HTMLer         interface{ HTML() string }
	Markdowner     interface{ Markdown() string }
	Latexer        interface{ Latex() string }
	SVGer          interface{ SVG() string }
	PNGer          interface{ PNG() []byte }
	JPEGer         interface{ JPEG() []byte }
	PDFer          interface{ PDF() []byte }
	JavaScripter   interface{ JavaScript() string }
	JSONer         interface{ JSON() map[string]any }
)

// whole are the ways to show a value of which the first that fits is taken.
var whole = []func(any) (Bundle, bool){
	rule(func(b Bundle) Bundle { return b }),
	rule(func(v MIMEBundler) Bundle { return Bundle{Data: v.MIMEBundle()} }),
	rule(func(v Renderer) Bundle { return v.Render() }),
	rule(func(v SimpleRenderer) Bundle { return Bundle{Data: v.SimpleRender()} }),
	parts,
	rule(ofImage),
	table,
}

// SetRenderer says how the values of packages that do not know this one are
// shown, in the session's language: render is asked before their methods, and
// passes on what is not its own.
func SetRenderer(render func(v any) (Bundle, bool)) {
	mu.Lock()
	defer mu.Unlock()
	renderer = render
}

// Parts returns what the methods of a value (HTML, SVG, String …) say, as a
// renderer shows a value that it has put into another form.
func Parts(v any) Bundle {
	b, _ := parts(v)
	return withText(b, v)
}

func rule[T any](show func(T) Bundle) func(any) (Bundle, bool) {
	return func(v any) (Bundle, bool) {
		t, ok := v.(T)
		if !ok {
			return Bundle{}, false
		}
		return show(t), true
	}
}

// Of returns what a value looks like: what its methods say, an image as PNG, a
// slice of structs or a map as a table. There is always plain text: what the
// bundle has, String or Error say, or fmt prints, with the middle of long lists
// left out. A method that panics says so in the plain text.
func Of(v any) (b Bundle) {
	defer func() {
		if p := recover(); p != nil {
			b = Text(fmt.Sprintf("%T cannot be shown: panic: %v", v, p))
		}
	}()
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && r.IsNil() {
		return Text("<nil>") // its methods would panic
	}
	mu.Lock()
	render := renderer
	mu.Unlock()
	if b, ok := render(v); ok {
		return withText(b, v)
	}
	for _, show := range whole {
		if b, ok := show(v); ok {
			return withText(b, v)
		}
	}
	return Text(text(v))
}

// withText adds plain text where there is none. It leaves b's map alone.
func withText(b Bundle, v any) Bundle {
	if s, ok := b.Data[MIMETypeText].(string); ok && s != "" {
		return b
	}
	data := MIMEMap{MIMETypeText: plainOf(b, v)}
	for mimeType, d := range b.Data {
		if mimeType != MIMETypeText {
			data[mimeType] = d
		}
	}
	b.Data = data
	return b
}

// plainOf describes a value by its own text, or by the types of its bundle.
func plainOf(b Bundle, v any) string {
	if _, bundle := v.(Bundle); !bundle && v != nil {
		if s := text(v); s != "" {
			return s
		}
	}
	for _, mimeType := range []string{MIMETypeMarkdown, MIMETypeLatex} {
		if s, ok := b.Data[mimeType].(string); ok && s != "" {
			return s
		}
	}
	for mimeType := range b.Data {
		return "<" + mimeType + ">"
	}
	return "<nothing>"
}

// parts asks for one representation at a time.
func parts(v any) (Bundle, bool) {
	data := MIMEMap{}
	if v, ok := v.(HTMLer); ok {
		data[MIMETypeHTML] = v.HTML()
	}
	if v, ok := v.(Markdowner); ok {
		data[MIMETypeMarkdown] = v.Markdown()
	}
	if v, ok := v.(Latexer); ok {
		data[MIMETypeLatex] = v.Latex()
	}
	if v, ok := v.(SVGer); ok {
		data[MIMETypeSVG] = v.SVG()
	}
	if v, ok := v.(PNGer); ok {
		data[MIMETypePNG] = v.PNG()
	}
	if v, ok := v.(JPEGer); ok {
		data[MIMETypeJPEG] = v.JPEG()
	}
	if v, ok := v.(PDFer); ok {
		data[MIMETypePDF] = v.PDF()
	}
	if v, ok := v.(JavaScripter); ok {
		data[MIMETypeJavaScript] = v.JavaScript()
	}
	if v, ok := v.(JSONer); ok {
		data[MIMETypeJSON] = v.JSON()
	}
	return Bundle{Data: data}, len(data) > 0
}

func ofImage(m image.Image) Bundle {
	size := m.Bounds().Size()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return Text(fmt.Sprintf("image of %d×%d pixels cannot be shown: %v", size.X, size.Y, err))
	}
	return PNG(b.Bytes())
}
