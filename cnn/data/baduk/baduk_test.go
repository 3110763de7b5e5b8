package baduk

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func position(t *testing.T, text string, next Stone) *Board {
	b, err := Parse(text, next)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLiberties(t *testing.T) {
	for _, c := range []struct {
		text string
		at   Point
		want int
	}{
		{"..... ..... ..X.. ..... .....", Point{2, 2}, 4},
		{"..X.. ..... ..... ..... .....", Point{0, 2}, 3},
		{"X.... ..... ..... ..... .....", Point{0, 0}, 2},
		{"..... ..... .XX.. ..... .....", Point{2, 1}, 6},
		{"..... .X... .XX.. ..... .....", Point{1, 1}, 7},
		{"..... ..O.. .OXO. ..O.. .....", Point{2, 2}, 0},
		{"..... ..... ..... ..... .....", Point{2, 2}, 0},
	} {
		if got := position(t, c.text, Black).Liberties(c.at); got != c.want {
			t.Errorf("%v of %s: %d, want %d", c.at, c.text, got, c.want)
		}
	}
}

func TestCaptureSuicideAndKo(t *testing.T) {
	b := position(t, "..X.. .XO.. ..X.. ..... .....", Black)
	if b.Captures(Point{1, 3}) != 1 {
		t.Error("one stone is to be taken")
	}
	if err := b.Play(Point{1, 3}); err != nil || b.At(Point{1, 2}) != Empty || b.Next != White {
		t.Errorf("%v\n%v", err, b)
	}
	if err := b.Play(Point{1, 2}); err == nil || !strings.Contains(err.Error(), "suicide") {
		t.Errorf("suicide: %v", err)
	}
	ko := position(t, "..XO. .X.XO ..XO. ..... .....", White)
	ko.cells[ko.index(Point{1, 2})] = Empty
	if err := ko.Play(Point{1, 2}); err != nil || ko.At(Point{1, 3}) != Empty {
		t.Fatalf("%v\n%v", err, ko)
	}
	if err := ko.Play(Point{1, 3}); err == nil || !strings.Contains(err.Error(), "ko") {
		t.Errorf("retaking the ko: %v", err)
	}
	ko.Pass()
	ko.Pass()
	if err := ko.Play(Point{1, 3}); err != nil {
		t.Errorf("after two moves elsewhere the ko is free: %v", err)
	}
	if err := b.Play(Point{9, 9}); err == nil {
		t.Error("a move outside the board is taken")
	}
}

func TestPlanesSumToOne(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		b, move := Atari(9, r)
		x, own := Planes(b), 0
		for i := range 81 {
			if x[i]+x[81+i]+x[162+i] != 1 {
				t.Fatal("a point is not one of own, opponent and empty")
			}
			own += int(x[i])
		}
		if b.Captures(move) == 0 {
			t.Fatalf("%v captures nothing in\n%v", move, b)
		}
		other := b.Clone()
		other.Pass()
		y := Planes(other)
		for i := range 81 {
			if y[i] != x[81+i] {
				t.Fatal("the colours do not swap with the player")
			}
		}
		l := LibertyPlanes(b, 4)
		for i := range 81 {
			sum := l[i] + l[81+i] + l[162+i] + l[243+i]
			if (b.cells[i] == Empty) != (sum == 0) {
				t.Fatal("liberty planes mark other points than stones")
			}
		}
	}
}

func TestSymmetries(t *testing.T) {
	b := position(t, "X.... O.... ..... ..... .....", Black)
	seen := map[string]bool{}
	for _, s := range Symmetries() {
		c := s.Board(b)
		seen[c.String()] = true
		if c.At(s.Point(Point{1, 0}, 5)) != White {
			t.Errorf("%v: the stone and its point go different ways", s)
		}
	}
	if len(seen) != 8 {
		t.Errorf("%d different boards, want 8", len(seen))
	}
}

func FuzzParse(f *testing.F) {
	f.Add("X.. .O. ...")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := Parse(text, Black)
		if err != nil {
			return
		}
		if again, err := Parse(b.String(), Black); err != nil || again.String() != b.String() {
			t.Fatalf("%q is not read back: %v", b.String(), err)
		}
		for _, p := range b.LegalMoves() {
			b.Clone().Play(p)
		}
	})
}
