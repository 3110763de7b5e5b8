package plotting

import (
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convnotes/convnotes/cnn/train"
	"github.com/convnotes/convnotes/kernel/display"
)

// shown collects what is displayed while f runs.
func shown(f func()) (bundles []display.Bundle) {
	old := display.SetSink(func(b display.Bundle) { bundles = append(bundles, b) })
	defer func() { display.SetSink(old) }()
	f()
	return bundles
}

func TestLiveShowsAtMostFiveTimesASecond(t *testing.T) {
	clock := time.Unix(0, 0)
	live := NewLive("LeNet", "step")
	live.now = func() time.Time { return clock }
	bundles := shown(func() {
		for i := range 200 { // two seconds
			live.Add("loss", "training", float64(i), 1/float64(i+1))
			clock = clock.Add(10 * time.Millisecond)
		}
		live.Done()
	})
	if n := len(bundles); n != 11 {
		t.Fatalf("shown %d times in two seconds, want 11", n)
	}
	for i, b := range bundles {
		if b.ID == "" || b.ID != bundles[0].ID || b.Update != (i > 0) {
			t.Fatalf("display %d has the name %q and update %v", i, b.ID, b.Update)
		}
	}
	text := bundles[10].Data["text/plain"].(string)
	if want := "last 0.005,"; !strings.Contains(text, want) {
		t.Errorf("the last display says\n%s\nwant in it %q", text, want)
	}
}

func TestLiveSlowDrawingIsShownMoreRarely(t *testing.T) {
	clock := time.Unix(0, 0)
	live := NewLive("", "step")
	live.now = func() time.Time { clock = clock.Add(25 * time.Millisecond); return clock }
	bundles := shown(func() {
		for i := range 40 { // at least one second
			live.Add("loss", "", float64(i), 1)
		}
	})
	if n := len(bundles); n != 3 {
		t.Errorf("drawing takes 25 ms and was done %d times, want 3", n)
	}
}

func TestLiveKeepsFewPoints(t *testing.T) {
	live := NewLive("", "step")
	live.next = time.Unix(math.MaxInt32, 0)
	for i := range 100_000 {
		live.Add("loss", "", float64(i), float64(i))
	}
	s := live.panels[0].series[0].withLast()
	if n := len(s.X); n < mostPoints/2 || n > mostPoints+1 {
		t.Errorf("%d points are kept, want %d to %d", n, mostPoints/2, mostPoints)
	}
	if last := s.X[len(s.X)-1]; last != 99_999 {
		t.Errorf("the last point is at %g", last)
	}
	for i := 1; i < len(s.X); i++ {
		if s.X[i] <= s.X[i-1] || s.X[i] != s.Y[i] {
			t.Fatalf("point %d is %g, %g after %g", i, s.X[i], s.Y[i], s.X[i-1])
		}
	}
}

func TestLiveFromSeveralGoroutines(t *testing.T) {
	live := NewLive("", "step")
	shown(func() {
		var all sync.WaitGroup
		for g := range 4 {
			all.Go(func() {
				for i := range 50 {
					live.Add("loss", string(rune('a'+g)), float64(i), 1)
				}
			})
		}
		all.Wait()
	})
	if n := len(live.panels[0].series); n != 4 {
		t.Errorf("%d series, want 4", n)
	}
}

func TestTrainingIsShownOnce(t *testing.T) {
	bundles := shown(func() {
		r := reported()
		r.End(nil)
	})
	if len(bundles) != 1 {
		t.Fatalf("shown %d times, want once: the clock stood still", len(bundles))
	}
	text := bundles[0].Data["text/plain"].(string)
	for _, want := range []string{"training: 3 points", "validation: 3 points", "epoch 4 of 5, step 320 of 500, 1:10, ended early"} {
		if !strings.Contains(text, want) {
			t.Errorf("the display says\n%s\nwant in it %q", text, want)
		}
	}
}

func TestShortTrainingIsNotShown(t *testing.T) {
	bundles := shown(func() {
		r := Training()
		r.Start(train.Run{Epochs: 1, Steps: 10})
		r.Step(train.Step{Steps: 10, Loss: 1})
		r.Epoch(train.Epoch{Loss: 1, Accuracy: math.NaN()})
		r.End(nil)
	})
	if len(bundles) != 0 {
		t.Errorf("shown %d times", len(bundles))
	}
}
