// Package train teaches a network: batches, optimizers, schedules, metrics,
// checkpoints.
//
//	clothes, err := data.FashionMNIST(5000)
//	err = train.Fit(models.LeNet(), clothes, train.Options{
//		Epochs: 5, BatchSize: 64, Optimizer: train.SGD{Rate: 0.05, Momentum: 0.9},
//	})
//
// The loop is the one a student writes by hand: forward, loss, Backward, step.
// Around it, batches are made ready beside the computation, the storage of a step
// is used again by the next, progress is reported, and an interrupt keeps the
// weights.
package train

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/layers"
)

// Options say how Fit trains; the zero value trains one epoch by SGD with rate
// 0.01, batches of 32, and cross-entropy.
type Options struct {
	Epochs    int // default 1
	BatchSize int // default 32
	Optimizer Optimizer
	Schedule  Schedule // default: a constant rate
	// Loss compares what the network says with what is right; default
	// cnn.CrossEntropy.
	Loss func(output, target *cnn.Tensor) *cnn.Tensor
	// Clip bounds the norm of all gradients together; 0 does not.
	Clip float64
	// Augment changes the training pictures; see package data.
	Augment data.Augmentation
	// InOrder keeps the order of the set; default: a new order every epoch.
	InOrder bool
	// Seed determines orders, augmentation and dropout; default 1.
	Seed uint64

	// Validation is evaluated after every epoch.
	Validation data.Set
	// Patience stops when the loss on Validation has not become smaller for so
	// many epochs, and the best weights come back; 0 never stops.
	Patience int

	// OnStep is called after every step, OnEpoch after every epoch; Stop of their
	// argument ends the training.
	OnStep  func(*Step)
	OnEpoch func(*Epoch)
	// History, when given, receives the course of the training.
	History *History
	// Resume continues from a checkpoint; see LoadCheckpoint.
	Resume *Checkpoint
	// Checkpoint is written after every epoch to this file, when named.
	Checkpoint string
}

// A Step tells of one step.
type Step struct {
	Epoch, Number int // from 0; Number counts all steps
	Steps         int // of the whole training
	Loss          float64
	Rate          float64 // factor of the schedule
	Samples       int     // in the batch
	Elapsed       time.Duration

	output, target *cnn.Tensor
	stop           bool
}

// Output returns what the network said of the batch; it keeps its values.
func (s *Step) Output() *cnn.Tensor { return s.output.Keep() }

// Target returns what was right; it keeps its values.
func (s *Step) Target() *cnn.Tensor { return s.target.Clone() }

// Stop ends the training after this step.
func (s *Step) Stop() { s.stop = true }

// An Epoch tells of one pass over the training set.
type Epoch struct {
	Number   int     // from 0
	Loss     float64 // mean over the samples, while the weights changed
	Accuracy float64 // likewise; NaN where the targets are no classes
	// Validation is the result on Options.Validation, or nil.
	Validation *Result
	Elapsed    time.Duration

	stop bool
}

// Stop ends the training after this epoch.
func (e *Epoch) Stop() { e.stop = true }

// A History is the course of a training.
type History struct {
	Losses []float64 // of every step
	Epochs []Epoch
}

// Fit trains a network on a set. Mistakes in shapes panic, as the operations do;
// an interrupt returns an error that wraps the cause, and the weights stay as
// they are.
func Fit(net layers.Layer, set data.Set, o Options) (err error) {
	if set.Len() == 0 {
		return errors.New("train: the set is empty")
	}
	f, err := newFit(net, set, o)
	if err != nil {
		return err
	}
	layers.Train(net, true)
	defer layers.Train(net, false)
	f.reporter.Start(Run{Epochs: f.o.Epochs, Steps: f.o.Epochs * f.loader.Batches(), Parameters: layers.CountParameters(net)})
	defer func() { f.reporter.End(err) }()
	defer func() {
		if p := recover(); p != nil {
			stopped, ok := p.(*cnn.Interrupted)
			if !ok {
				panic(p)
			}
			err = fmt.Errorf("train: stopped in epoch %d: %w", f.epoch+1, stopped)
		}
	}()
	return f.run()
}

// A fit is a training under way.
type fit struct {
	net      layers.Layer
	o        Options
	loader   *data.Loader
	lab      *cnn.Workspace
	weights  []*cnn.Tensor
	stepper  Stepper
	reporter Reporter
	began    time.Time

	epoch, step int
	patience
}

// patience is what Options.Patience has seen.
type patience struct {
	best   float64     // loss
	waited int         // epochs since
	kept   [][]float32 // the weights then, and what layers remembered
}

func newFit(net layers.Layer, set data.Set, o Options) (*fit, error) {
	o.Epochs, o.BatchSize, o.Seed = max(1, o.Epochs), max(o.BatchSize, 0), max(1, o.Seed)
	if o.BatchSize == 0 {
		o.BatchSize = 32
	}
	if o.Optimizer == nil {
		o.Optimizer = SGD{Rate: 0.01}
	}
	if o.Schedule == nil {
		o.Schedule = Constant()
	}
	if o.Loss == nil {
		o.Loss = cnn.CrossEntropy
	}
	f := &fit{net: net, o: o, lab: cnn.NewWorkspace(), weights: distinct(net.Parameters()), reporter: currentReporter(), began: time.Now(), patience: patience{best: math.Inf(1)}}
	if len(f.weights) == 0 {
		return nil, errors.New("train: the network has no parameters to train")
	}
	f.loader = data.NewLoader(set, o.BatchSize, o.Augment, o.Seed)
	f.stepper = o.Optimizer.Start(f.weights)
	if o.Resume != nil {
		if err := o.Resume.restore(f); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// distinct leaves out what comes again: the weights of a layer that stands in two
// places take one step, not two.
func distinct(weights []*cnn.Tensor) (all []*cnn.Tensor) {
	for _, w := range weights {
		if !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	return all
}

func (f *fit) run() error {
	for ; f.epoch < f.o.Epochs; f.epoch++ {
		e := f.pass()
		if f.o.History != nil {
			f.o.History.Epochs = append(f.o.History.Epochs, *e)
		}
		if f.o.OnEpoch != nil {
			f.o.OnEpoch(e)
		}
		f.reporter.Epoch(*e)
		tired := f.tired(e)
		if f.o.Checkpoint != "" {
			if err := f.checkpoint().Save(f.o.Checkpoint); err != nil {
				return fmt.Errorf("train: writing the checkpoint: %w", err)
			}
		}
		if e.stop || tired {
			break
		}
	}
	if f.kept != nil {
		f.bringBack()
	}
	return nil
}

// pass is one epoch.
func (f *fit) pass() *Epoch {
	cnn.Seed(f.o.Seed*1_000_003 + uint64(f.epoch)) // of dropout, so that a resumed training draws the same
	e := &Epoch{Number: f.epoch}
	began := time.Now()
	var loss, right float64
	samples := 0
	classes := true
	f.loader.Epoch(f.epoch, 0, !f.o.InOrder, func(_ int, b data.Batch) bool {
		s, output := f.one(b)
		n := len(b.At)
		loss += s.Loss * float64(n)
		samples += n
		if hits, ok := countRight(output, b.Y); ok {
			right += float64(hits)
		} else {
			classes = false
		}
		f.tell(s)
		f.lab.Reset()
		e.stop = s.stop
		return !s.stop
	})
	e.Loss, e.Accuracy = loss/float64(max(1, samples)), math.NaN()
	if classes {
		e.Accuracy = right / float64(max(1, samples))
	}
	if f.o.Validation != nil {
		layers.Train(f.net, false)
		r := evaluate(f.net, f.o.Validation, f.o.Loss)
		e.Validation = &r
		layers.Train(f.net, true)
	}
	e.Elapsed = time.Since(began)
	return e
}

// one is a single step: forward, loss, backward, update.
func (f *fit) one(b data.Batch) (*Step, *cnn.Tensor) {
	for _, w := range f.weights {
		w.ZeroGrad()
	}
	output := f.net.Forward(f.lab.Lend(b.X))
	loss := f.o.Loss(output, b.Y)
	loss.Backward()
	if f.o.Clip > 0 {
		clip(f.weights, f.o.Clip)
	}
	factor := f.o.Schedule(f.step, f.o.Epochs*f.loader.Batches())
	f.stepper.Step(factor)
	s := &Step{Epoch: f.epoch, Number: f.step, Steps: f.o.Epochs * f.loader.Batches(), Loss: loss.Item(), Rate: factor, Samples: len(b.At),
		Elapsed: time.Since(f.began), output: output, target: b.Y}
	f.step++
	return s, output
}

func (f *fit) tell(s *Step) {
	if f.o.History != nil {
		f.o.History.Losses = append(f.o.History.Losses, s.Loss)
	}
	if f.o.OnStep != nil {
		f.o.OnStep(s)
	}
	f.reporter.Step(*s)
}

// tired notes the best weights and says whether patience has ended.
func (f *fit) tired(e *Epoch) bool {
	if f.o.Patience <= 0 || e.Validation == nil {
		return false
	}
	if e.Validation.Loss < f.best {
		f.best, f.waited = e.Validation.Loss, 0
		f.kept = nil
		for _, t := range layers.Everything(f.net) {
			f.kept = append(f.kept, t.Tensor.Values())
		}
		return false
	}
	f.waited++
	return f.waited >= f.o.Patience
}

func (f *fit) bringBack() {
	for i, t := range layers.Everything(f.net) {
		t.Tensor.CopyFrom(cnn.FromData(f.kept[i], t.Tensor.Shape()...))
	}
}

// clip scales all gradients so that their norm is at most bound.
func clip(weights []*cnn.Tensor, bound float64) {
	var sum float64
	for _, w := range weights {
		w.Update(func(_, g []float32) {
			for _, v := range g {
				sum += float64(v) * float64(v)
			}
		})
	}
	norm := math.Sqrt(sum)
	if norm <= bound {
		return
	}
	for _, w := range weights {
		w.Update(func(_, g []float32) {
			for i := range g {
				g[i] *= float32(bound / norm)
			}
		})
	}
}
