package kerneltest_test

import (
	"flag"
	"testing"

	"github.com/convnotes/convnotes/kernel"
	"github.com/convnotes/convnotes/kernel/gocell"
	"github.com/convnotes/convnotes/kernel/gocell/symbols"
	"github.com/convnotes/convnotes/kernel/kerneltest"
)

var update = flag.Bool("update", false, "write the transcripts in testdata anew")

func newGo() kernel.Evaluator { return gocell.New(symbols.Packages) }

func TestGoTranscripts(t *testing.T) {
	kerneltest.Transcripts(t, "testdata/go_*.txtar", *update, newGo, kernel.Options{})
}

func TestGoIsAnEvaluator(t *testing.T) {
	kerneltest.Evaluator(t, newGo, kerneltest.Samples{
		Print:      `fmt.Println("hello")`,
		Warn:       `fmt.Fprintln(os.Stderr, "hello")`,
		Value:      `6 * 7`,
		Define:     "type counter struct{ n int }\nfunc (c counter) twice() int { return 2 * c.n }\nc := counter{21}",
		Use:        `c.twice()`,
		Fail:       "fmt.Println(\"hello\")\nvar none []int\nnone[0]",
		Wrong:      `x := := 1`,
		Endless:    `for i := 0; ; i++ { }`,
		Late:       "go func() {\n\ttime.Sleep(20 * time.Millisecond)\n\tfmt.Println(\"hello\")\n}()",
		Incomplete: "if true {",
		Complete:   `s := "界"; strings.ToUpperSp`,
		Completed:  `s := "界"; strings.ToUpperSpecial`,
		Inspect:    "fmt.Println",
	})
}
