//go:build amd64 && !noasm

package compute

import (
	"os"
	"regexp"
	"testing"
)

// TestNoInstructionMixesVectorWidths holds the kernels to instructions that
// begin with V: the older forms keep the upper half of a register, which a
// machine may pay for with hundreds of cycles.
func TestNoInstructionMixesVectorWidths(t *testing.T) {
	text, err := os.ReadFile("kernels_amd64.s")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range regexp.MustCompile(`(?m)^\t[A-UW-Z]\w*\s.*\b[XYZ]\d+\b.*$`).FindAll(text, -1) {
		t.Errorf("%s", line)
	}
}
