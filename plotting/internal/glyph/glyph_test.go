package glyph

import "testing"

func TestEmbedded(t *testing.T) {
	for _, r := range "Az09 ×÷−·≤≥≈∞∑∂√∇⌊⌋→←↑↓²ŷσθλ½✓卷积核池化步长填充交叉熵阈值，。：（）⋆x₀a⁻¹yᵢAᵀ" {
		if !Embedded(r) {
			t.Errorf("%q is not in the embedded font", r)
		}
	}
	if Embedded('\U0001F600') {
		t.Error("the embedded font claims to have 😀")
	}
}

func TestOfARuneNoFontHas(t *testing.T) {
	g := Of('\U0010FFFE') // never a character
	if g.Advance != box.Advance || len(g.Outline) != len(box.Outline) {
		t.Errorf("got a glyph of %d segments, want the box", len(g.Outline))
	}
}

func TestWidth(t *testing.T) {
	if one, three := Width("8", 10), Width("888", 10); three != 3*one || one < 5 || one > 6.5 {
		t.Errorf("digits are %g and %g wide in size 10", one, three)
	}
	if han := Width("卷积", 10); han < 18 || han > 22 {
		t.Errorf("two Han are %g wide in size 10, want about 20", han)
	}
	if Width("", 10) != 0 {
		t.Error("an empty string has a width")
	}
}

func TestEveryGlyphHasARoomOfItsOwn(t *testing.T) {
	for _, r := range "0123456789" {
		if Of(r).Advance != Of('0').Advance {
			t.Errorf("%q is not as wide as 0: numbers would not line up", r)
		}
	}
}

func TestDerivedRunesAreSmaller(t *testing.T) {
	for _, r := range "₂⁷ᵢᵀ" {
		if a := Of(r).Advance; a <= 0 || a >= 900 {
			t.Errorf("%q advances by %d, want a small letter", r, a)
		}
	}
}
