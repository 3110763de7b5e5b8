package plotting

import (
	"crypto/rand"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"math"
	"strings"

	"github.com/convnotes/convnotes/plotting/internal/scene"
)

//go:embed stepper.css
var stepperCSS string

//go:embed stepper.js
var stepperJS string

// stepper returns the frames as one element with its own style and script,
// which needs neither a kernel nor a network. Where a page removes scripts,
// one frame remains as an image.
func (f *Figure) stepper() string {
	id := randomID()
	s := scene.New(math.Ceil(f.body.w), math.Ceil(f.body.h))
	s.Add(f.body.at(0, 0))
	config, err := json.Marshal(map[string]any{"id": id, "say": f.steps, "words": f.words})
	if err != nil {
		panic("plotting: " + err.Error()) // strings can always be written
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<div id="%s" class="cn-stepper" role="group" aria-label="%s" data-lm-suppress-shortcuts="true">`, id, html.EscapeString(f.alt))
	b.WriteString("<style>" + strings.ReplaceAll(strings.TrimSpace(stepperCSS), "#id", "#"+id) + "</style>")
	b.WriteString(`<div class="cn-first">` + f.img("image/png", f.PNG()))
	fmt.Fprintf(&b, "<p><em>%s</em></p></div>", f.words.Run)
	fmt.Fprintf(&b, `<div class="cn-live" style="display:none;width:%.0fpx;max-width:100%%">%s</div>`, s.Width, s.Pages(id))
	b.WriteString("<script>" + strings.TrimSpace(stepperJS) + "(" + string(config) + ");</script></div>")
	return b.String()
}

// words are what a stepper says of itself.
type words struct {
	Language string `json:"-"`
	Run      string `json:"-"`
	Previous string `json:"previous"`
	Next     string `json:"next"`
	Play     string `json:"play"`
	Pause    string `json:"pause"`
	Step     string `json:"step"`
	Keys     string `json:"keys"`
	Space    string `json:"space"`
}

func currentWords() words {
	return words{
		Language: say("en", "zh"),
		Run:      say("Run this cell to move through the steps.", "运行这个单元格，就可以一步一步地看。"),
		Previous: say("Previous", "上一步"),
		Next:     say("Next", "下一步"),
		Play:     say("Play", "播放"),
		Pause:    say("Pause", "暂停"),
		Step:     say("Step", "步骤"),
		Keys:     say("Keys: ← → one step, Home and End jump", "按键：← → 前后一步，Home 和 End 跳到首尾"),
		Space:    say(", space plays", "，空格播放"),
	}
}

// randomID keeps the steppers of one page apart.
func randomID() string {
	var b [6]byte
	rand.Read(b[:])
	return "cn" + hex.EncodeToString(b[:])
}
