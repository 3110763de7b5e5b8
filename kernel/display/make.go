package display

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"mime"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// MIME types that notebooks show. These names, and those of most functions
// here, are also those of gophernotes, so that its notebooks' cells run.
const (
	MIMETypeHTML       = "text/html"
	MIMETypeJavaScript = "application/javascript"
	MIMETypeJPEG       = "image/jpeg"
	MIMETypeJSON       = "application/json"
	MIMETypeLatex      = "text/latex"
	MIMETypeMarkdown   = "text/markdown"
	MIMETypePNG        = "image/png"
	MIMETypeGIF        = "image/gif"
	MIMETypePDF        = "application/pdf"
	MIMETypeSVG        = "image/svg+xml"
	MIMETypeText       = "text/plain"
)

// Data is the name that gophernotes has for a Bundle.
type Data = Bundle

// A MIMEMap holds representations of one thing by MIME type.
type MIMEMap = map[string]any

// Text is plain text.
func Text(s string) Bundle { return Bundle{Data: MIMEMap{MIMETypeText: s}} }

// HTML is a piece of a web page. Scripts in it run only in trusted notebooks.
func HTML(html string) Bundle { return MakeData(MIMETypeHTML, html) }

// Markdown is text with headings, lists, tables and formulas between $.
func Markdown(markdown string) Bundle { return MakeData(MIMETypeMarkdown, markdown) }

// Latex is a LaTeX formula in a line of text.
func Latex(latex string) Bundle { return formula(latex, "$") }

// Math is a LaTeX formula on a line of its own.
func Math(latex string) Bundle { return formula(latex, "$$") }

func formula(latex, dollars string) Bundle {
	s := dollars + strings.Trim(latex, "$") + dollars
	return MakeData3(MIMETypeLatex, s, s)
}

// SVG is a drawing.
func SVG(svg string) Bundle { return MakeData3(MIMETypeSVG, "SVG drawing", svg) }

// JavaScript is a script; it runs only in trusted notebooks.
func JavaScript(javascript string) Bundle { return MakeData(MIMETypeJavaScript, javascript) }

// JSON is a value that front ends show as a tree.
func JSON(value map[string]any) Bundle { return MakeData(MIMETypeJSON, value) }

// PNG is the content of a PNG file.
func PNG(png []byte) Bundle { return picture(MIMETypePNG, png) }

// JPEG is the content of a JPEG file.
func JPEG(jpeg []byte) Bundle { return picture(MIMETypeJPEG, jpeg) }

// GIF is the content of a GIF file.
func GIF(gif []byte) Bundle { return picture(MIMETypeGIF, gif) }

// PDF is the content of a PDF file.
func PDF(pdf []byte) Bundle { return picture(MIMETypePDF, pdf) }

// Image is a picture, sent as PNG.
func Image(m image.Image) Bundle { return Of(m) }

// picture says in plain text what the bytes are.
func picture(mimeType string, b []byte) Bundle {
	name := strings.ToUpper(mimeType[strings.Index(mimeType, "/")+1:])
	text := fmt.Sprintf("%s, %d bytes", name, len(b))
	if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil {
		text = fmt.Sprintf("%s, %d×%d pixels", name, c.Width, c.Height)
	}
	return MakeData3(mimeType, text, b)
}

// MakeData is data of one MIME type; its plain text is how fmt prints it.
func MakeData(mimeType string, data any) Bundle {
	return MakeData3(mimeType, text(data), data)
}

// MakeData3 is data of one MIME type with a plain text beside it.
func MakeData3(mimeType, plainText string, data any) Bundle {
	return Bundle{Data: MIMEMap{MIMETypeText: plainText, mimeType: data}}
}

// MIME is a thing in several representations, with metadata by MIME type.
func MIME(data, metadata MIMEMap) Bundle {
	return withText(Bundle{Data: data, Metadata: metadata}, "")
}

// Any is data of a MIME type, which is found out where it is "": a string, a
// []byte, what an io.Reader reads or an io.WriterTo writes, or a value as [Of]
// shows it.
func Any(mimeType string, data any) Bundle {
	var b []byte
	var err error
	switch data := data.(type) {
	case string:
		if mimeType == "" {
			return Text(data)
		}
		return MakeData(mimeType, data)
	case []byte:
		b = data
	case io.Reader:
		b, err = io.ReadAll(data)
	case io.WriterTo:
		var buf bytes.Buffer
		_, err = data.WriteTo(&buf)
		b = buf.Bytes()
	default:
		return Of(data)
	}
	if err != nil {
		return Of(err)
	}
	return fromBytes(mimeType, b)
}

// Auto is Any with the MIME type found out.
func Auto(data any) Bundle { return Any("", data) }

// File is the content of a file; its MIME type is found out where it is "".
// A file that cannot be read panics.
func File(mimeType, path string) Bundle {
	b, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	if mimeType == "" {
		mimeType = mime.TypeByExtension(filepath.Ext(path))
	}
	return fromBytes(mimeType, b)
}

func fromBytes(mimeType string, b []byte) Bundle {
	if mimeType == "" {
		mimeType = detect(b)
	}
	mimeType, _, _ = strings.Cut(mimeType, ";") // without "charset=utf-8"
	if strings.HasPrefix(mimeType, "text/") || mimeType == MIMETypeSVG {
		return MakeData(mimeType, string(b))
	}
	return picture(mimeType, b)
}

// detect tells pictures, PDF and text apart. (net/http knows more types, and
// is larger than the rest of a kernel.)
func detect(b []byte) string {
	if _, format, err := image.DecodeConfig(bytes.NewReader(b)); err == nil {
		return "image/" + format
	}
	switch start := strings.TrimSpace(string(b[:min(len(b), 200)])); {
	case strings.HasPrefix(start, "%PDF-"):
		return MIMETypePDF
	case strings.HasPrefix(start, "<svg"):
		return MIMETypeSVG
	case strings.HasPrefix(strings.ToLower(start), "<!doctype html"):
		return MIMETypeHTML
	case utf8.Valid(b):
		return MIMETypeText
	}
	return "application/octet-stream"
}
