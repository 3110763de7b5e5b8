package gocell_test

import (
	"context"
	"testing"

	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/kernel/gocell"
	"github.com/convnotes/convnotes/kernel/gocell/symbols"
)

// TestGophernotesNames shows with the names that gophernotes has; a cell's own
// Display is what it says.
func TestGophernotesNames(t *testing.T) {
	var shown []display.Bundle
	defer display.SetSink(display.SetSink(func(b display.Bundle) { shown = append(shown, b) }))
	engine := gocell.New(symbols.Packages)
	for _, cell := range []string{
		"Display(display.Markdown(\"* one\"))",
		"func show(x any) { Display(x) }\nshow(2)",
		"Display(display.Image(image.NewGray(image.Rect(0, 0, 2, 3))))",
		"func Display(x any) int { return 3 }\nfour := Display(0) + 1",
	} {
		if _, err := engine.Eval(context.Background(), cell, &output{}); err != nil {
			t.Fatalf("%s\n%v", cell, err)
		}
	}
	if len(shown) != 3 || shown[0].Data[display.MIMETypeMarkdown] != "* one" || shown[1].Data[display.MIMETypeText] != "2" || shown[2].Data[display.MIMETypePNG] == nil {
		t.Errorf("shown %v", shown)
	}
	if v, ok := engine.Lookup("four"); !ok || v.Int() != 4 {
		t.Errorf("four is %v", v)
	}
}
