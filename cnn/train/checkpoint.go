package train

import (
	"fmt"
	"io"
	"os"
	"strconv"

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
}

const statePrefix = "optimizer."

// checkpoint is the training as it stands after the current epoch.
func (f *fit) checkpoint() *Checkpoint {
	c := &Checkpoint{tensors: layers.Everything(f.net), epoch: f.epoch + 1, step: f.step}
	if a, ok := f.stepper.(Accumulator); ok {
		c.state = a.State()
	}
	return c
}

// Save writes the checkpoint to a file of safetensors, whole or not at all.
func (c *Checkpoint) Save(path string) error {
	all := append([]layers.NamedTensor(nil), c.tensors...)
	for i, s := range c.state {
		all = append(all, layers.NamedTensor{Name: statePrefix + strconv.Itoa(i), Tensor: cnn.FromData(s, len(s))})
	}
	meta := map[string]string{"epoch": strconv.Itoa(c.epoch), "step": strconv.Itoa(c.step)}
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
	state := map[string][]float32{}
	for _, t := range tensors {
		if len(t.Name) > len(statePrefix) && t.Name[:len(statePrefix)] == statePrefix {
			state[t.Name] = t.Tensor.Values()
		} else {
			c.tensors = append(c.tensors, t)
		}
	}
	for i := range len(state) {
		c.state = append(c.state, state[statePrefix+strconv.Itoa(i)])
	}
	return c, nil
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
	return nil
}
