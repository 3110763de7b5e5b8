package train

import "sync/atomic"

// A Run tells what is about to be trained.
type Run struct{ Epochs, Steps, Parameters int }

// A Reporter shows the progress of a training: a bar and a live curve in a
// notebook, a bar in a terminal. Fit calls it from one goroutine.
type Reporter interface {
	Start(Run)
	Step(Step)
	Epoch(Epoch)
	End(error)
}

type silent struct{}

func (silent) Start(Run)   {}
func (silent) Step(Step)   {}
func (silent) Epoch(Epoch) {}
func (silent) End(error)   {}

var reporter atomic.Pointer[func() Reporter]

// SetReporter makes every Fit report to what f returns for it; nil reports to
// nobody. It is one of the settings of the process, like log.SetOutput.
func SetReporter(f func() Reporter) {
	if f == nil {
		reporter.Store(nil)
		return
	}
	reporter.Store(&f)
}

func currentReporter() Reporter {
	if f := reporter.Load(); f != nil {
		return (*f)()
	}
	return silent{}
}
