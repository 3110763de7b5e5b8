package train

import (
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/internal/atomicfile"
)

// A Checkpoint is a training at the end of an epoch: the weights, what the
// optimizer remembers, and where it was. A training resumed from it takes the
// same steps, to the last bit, as one that was never interrupted.
type Checkpoint struct {
	tensors     []layers.NamedTensor
	state       [][]float32
	epoch, step int
	patience
}

const statePrefix, bestPrefix = "optimizer.", "best."

// checkpoint is the training as it stands after the current epoch.
func (f *fit) checkpoint() *Checkpoint {
	c := &Checkpoint{tensors: layers.Everything(f.net), epoch: f.epoch + 1, step: f.step, patience: f.patience}
	if a, ok := f.stepper.(Accumulator); ok {
		c.state = a.State()
	}
	return c
}

// Save writes the checkpoint to a file of safetensors, whole or not at all.
func (c *Checkpoint) Save(path string) error {
	all := append([]layers.NamedTensor(nil), c.tensors...)
	for prefix, lists := range map[string][][]float32{statePrefix: c.state, bestPrefix: c.kept} {
		for i, s := range lists {
			all = append(all, layers.NamedTensor{Name: prefix + strconv.Itoa(i), Tensor: cnn.FromData(s, len(s))})
		}
	}
	meta := map[string]string{"epoch": strconv.Itoa(c.epoch), "step": strconv.Itoa(c.step), "waited": strconv.Itoa(c.waited), "best": strconv.FormatFloat(c.best, 'g', -1, 64)}
	return atomicfile.Stream(path, 0o644, func(w io.Writer) error { return layers.WriteSafetensors(w, all, meta) })
}

// LoadCheckpoint reads what Options.Checkpoint wrote, for Options.Resume.
func LoadCheckpoint(path string) (*Checkpoint, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	tensors, meta, err := layers.ReadSafetensors(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c := &Checkpoint{}
	if c.epoch, err = strconv.Atoi(meta["epoch"]); err == nil {
		c.step, err = strconv.Atoi(meta["step"])
	}
	if err != nil {
		return nil, fmt.Errorf("%s: the file holds weights but no checkpoint: epoch and step are missing", path)
	}
	lists := map[string][]float32{}
	for _, t := range tensors {
		if strings.HasPrefix(t.Name, statePrefix) || strings.HasPrefix(t.Name, bestPrefix) {
			lists[t.Name] = t.Tensor.Values()
		} else {
			c.tensors = append(c.tensors, t)
		}
	}
	c.state, c.kept = numbered(lists, statePrefix), numbered(lists, bestPrefix)
	c.best = math.Inf(1)
	if len(c.kept) != len(c.tensors) {
		c.kept = nil
		return c, nil
	}
	if c.best, err = strconv.ParseFloat(meta["best"], 64); err == nil {
		c.waited, err = strconv.Atoi(meta["waited"])
	}
	if err != nil {
		return nil, fmt.Errorf("%s: the checkpoint has best weights but not how good they are", path)
	}
	return c, nil
}

// numbered returns prefix0, prefix1 … in order.
func numbered(lists map[string][]float32, prefix string) (all [][]float32) {
	for {
		l, ok := lists[prefix+strconv.Itoa(len(all))]
		if !ok {
			return all
		}
		all = append(all, l)
	}
}

// Epoch returns how many epochs were done.
func (c *Checkpoint) Epoch() int { return c.epoch }

// restore puts a training where the checkpoint was.
func (c *Checkpoint) restore(f *fit) error {
	if err := layers.Fits(f.net, c.tensors); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	var own [][]float32
	if a, ok := f.stepper.(Accumulator); ok {
		own = a.State()
	}
	if len(own) != len(c.state) {
		return fmt.Errorf("train: the checkpoint is of another optimizer: it remembers %d things, this one %d", len(c.state), len(own))
	}
	for i, t := range layers.Everything(f.net) {
		if len(c.kept) > 0 && len(c.kept[i]) != t.Tensor.Size() {
			return fmt.Errorf("train: the checkpoint's best values of %s are %d, not %d", t.Name, len(c.kept[i]), t.Tensor.Size())
		}
	}
	for i := range own {
		if len(own[i]) != len(c.state[i]) {
			return fmt.Errorf("train: the checkpoint is of another optimizer: memory %d holds %d values, not %d", i, len(c.state[i]), len(own[i]))
		}
	}
	if err := layers.Assign(f.net, c.tensors, nil); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	for i := range own {
		copy(own[i], c.state[i])
	}
	f.epoch, f.step = c.epoch, c.step
	if f.o.Patience > 0 {
		f.patience = c.patience
	}
	return nil
}
