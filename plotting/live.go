package plotting

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// A Live is a plot that grows while a cell runs: losses and accuracies during
// training. Every quantity has axes of its own, beside each other.
//
//	live := plotting.NewLive("LeNet", "epoch")
//	for … {
//		live.Add("loss", "training", epoch, loss)
//		live.Add("accuracy", "test", epoch, accuracy)
//	}
//	live.Done()
//
// Add may be called as often as there are values, from several goroutines: the
// display changes at most five times a second, and more rarely where drawing is
// slow, so that it takes at most a twentieth of the time.
type Live struct {
	mu     sync.Mutex
	title  string
	x      string
	panels []panel
	share  float64 // of the work that is done, when status says of what
	status string
	id     string // of the display, "" before the first
	next   time.Time
	now    func() time.Time
}

// A panel is one quantity.
type panel struct {
	name   string
	series []liveSeries
}

type liveSeries struct {
	Series
	every, skipped int // of every values one is kept
	last           [2]float64
}

// mostPoints is how many points a live curve keeps; beyond, every second goes.
const mostPoints = 600

// NewLive returns a plot with a title and the name of the x axis. It is shown
// when the first value comes.
func NewLive(title, x string) *Live { return &Live{title: title, x: x, now: time.Now} }

// Add appends the point x, y to a series of a quantity.
func (l *Live) Add(quantity, series string, x, y float64) {
	l.add(quantity, Series{Name: series}, x, y)
}

// progress is shown with the next value.
func (l *Live) progress(share float64, status string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.share, l.status = share, status
}

func (l *Live) add(quantity string, series Series, x, y float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.series(quantity, series).add(x, y)
	if now := l.now(); !now.Before(l.next) {
		l.show()
		drawing := l.now().Sub(now)
		l.next = now.Add(max(200*time.Millisecond, 20*drawing))
	}
}

// Done shows what was added last.
func (l *Live) Done() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.panels) > 0 {
		l.show()
	}
}

// Figure returns the plot as it stands.
func (l *Live) Figure() *Figure {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.figure()
}

func (l *Live) show() {
	if l.id == "" {
		l.id = randomID()
		display.ShowAs(l.id, l.figure())
		return
	}
	display.Update(l.id, l.figure())
}

func (l *Live) figure() *Figure {
	if len(l.panels) == 0 {
		misuse("Live", "no values have been added yet")
	}
	var plots []block
	var facts []string
	for _, p := range l.panels {
		a := Axes{X: l.x, Y: p.name, small: len(l.panels) > 1}
		var series []Series
		for _, s := range p.series {
			series = append(series, s.withLast())
		}
		body, _, text := a.lines("Live", series)
		plots, facts = append(plots, body), append(facts, text)
	}
	h := 0.0
	for _, p := range plots {
		h = max(h, p.h)
	}
	for i, p := range plots { // axes of a row in line
		plots[i] = block{p.w, h, []scene.Node{p.at(0, h-p.h)}}
	}
	text := strings.Join(facts, "\n")
	if l.title != "" {
		text = l.title + "\n" + text
	}
	body := tiled(2, 20, plots, make([]block, len(plots)))
	if l.status != "" {
		body = stack(12, centre, progressBar(l.share, l.status), body)
		text += "\n" + l.status
	}
	return newFigure(titled(l.title, body, ""), sentence(strings.Split(text, "\n")), text)
}

// series finds a series, or begins it.
func (l *Live) series(quantity string, like Series) *liveSeries {
	p := slices.IndexFunc(l.panels, func(p panel) bool { return p.name == quantity })
	if p < 0 {
		p, l.panels = len(l.panels), append(l.panels, panel{name: quantity})
	}
	found := &l.panels[p].series
	s := slices.IndexFunc(*found, func(s liveSeries) bool { return s.Name == like.Name })
	if s < 0 {
		s, *found = len(*found), append(*found, liveSeries{Series: like, every: 1})
	}
	return &(*found)[s]
}

func (s *liveSeries) add(x, y float64) {
	s.last = [2]float64{x, y}
	s.skipped++
	if s.skipped < s.every {
		return
	}
	s.skipped = 0
	s.X, s.Y = append(s.X, x), append(s.Y, y)
	if len(s.X) > mostPoints {
		s.X, s.Y, s.every = thin(s.X), thin(s.Y), 2*s.every
	}
}

// withLast returns the series with its last point, kept or not.
func (s *liveSeries) withLast() Series {
	all := s.Series
	all.X, all.Y = slices.Clone(s.X), slices.Clone(s.Y)
	if s.skipped > 0 {
		all.X, all.Y = append(all.X, s.last[0]), append(all.Y, s.last[1])
	}
	return all
}

// thin keeps every second value.
func thin(values []float64) []float64 {
	for i := range len(values) / 2 {
		values[i] = values[2*i+1]
	}
	return values[:len(values)/2]
}
