package plotting

import (
	"fmt"
	"math"
	"time"

	"github.com/convnotes/convnotes/cnn/train"
	"github.com/convnotes/convnotes/plotting/internal/scene"
)

// shortTraining is the number of steps below which a training is not shown:
// lessons train many small networks in one cell.
const shortTraining = 30

// Training returns a reporter that shows a training in a notebook: a bar, and
// the curves of loss and accuracy, in one display that changes at most five
// times a second. A training of fewer than 30 steps is not shown.
//
//	train.SetReporter(plotting.Training)
func Training() train.Reporter { return &training{live: NewLive("", say("epoch", "轮"))} }

type training struct {
	live *Live
	run  train.Run
	last train.Step
}

func (t *training) Start(r train.Run) { t.run = r }

func (t *training) Step(s train.Step) {
	t.last = s
	if !t.shown() {
		return
	}
	t.live.progress(float64(s.Number+1)/float64(max(1, s.Steps)), t.status(""))
	t.live.add(say("loss", "损失"), Series{Name: say("batches", "批量"), pale: true}, t.epochs(s.Number+1), s.Loss)
}

func (t *training) Epoch(e train.Epoch) {
	if !t.shown() {
		return
	}
	loss, accuracy := say("loss", "损失"), say("accuracy", "准确率")
	learned, unseen := say("training", "训练"), say("validation", "验证")
	x := float64(e.Number + 1)
	t.live.Add(loss, learned, x, e.Loss)
	if !math.IsNaN(e.Accuracy) {
		t.live.Add(accuracy, learned, x, e.Accuracy)
	}
	if v := e.Validation; v != nil {
		t.live.Add(loss, unseen, x, v.Loss)
		if !math.IsNaN(v.Accuracy) {
			t.live.Add(accuracy, unseen, x, v.Accuracy)
		}
	}
}

func (t *training) End(err error) {
	if !t.shown() {
		return
	}
	ending := ""
	switch {
	case err != nil:
		ending = say(", stopped", "，已停止")
	case t.last.Number+1 < t.run.Steps:
		ending = say(", ended early", "，提前结束")
	}
	t.live.progress(float64(t.last.Number+1)/float64(max(1, t.run.Steps)), t.status(ending))
	t.live.Done()
}

func (t *training) shown() bool { return t.run.Steps >= shortTraining }

// epochs converts a number of steps.
func (t *training) epochs(steps int) float64 {
	return float64(steps) / float64(max(1, t.run.Steps)) * float64(max(1, t.run.Epochs))
}

func (t *training) status(ending string) string {
	return sayf("%s parameters; epoch %d of %d, step %d of %d, %s", "%s 个参数；第 %d 轮，共 %d 轮；第 %d 步，共 %d 步；%s", grouped(float64(t.run.Parameters)),
		min(t.last.Epoch+1, t.run.Epochs), t.run.Epochs, t.last.Number+1, t.run.Steps, clock(t.last.Elapsed)) + ending
}

// clock writes a time as 1:05, and below ten seconds as 3.2 s.
func clock(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	seconds := int(d.Seconds())
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// progressBar is a bar filled up to a share, with a line of text.
func progressBar(share float64, status string) block {
	const w, h = 420.0, 8.0
	bar := block{w: w, h: h}
	bar.add(scene.Rect{W: w, H: h, Radius: 4, Style: scene.Style{Fill: rgb(0xe4e8ec)}})
	if share > 0 {
		bar.add(scene.Rect{W: max(h, w*min(share, 1)), H: h, Radius: 4, Style: scene.Style{Fill: blue}})
	}
	return stack(6, centre, bar, line(status, 12, muted))
}
