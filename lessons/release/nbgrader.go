package release

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/convnotes/convnotes/lessons/notebook"
)

// mark tells nbgrader what a cell is, by its metadata of version 3: an answer is
// a solution, a check is graded and locked, and the first cell is locked.
//
// https://nbgrader.readthedocs.io/en/stable/contributor_guide/metadata.html
func mark(c *notebook.Cell) {
	facts := map[string]any{"schema_version": 3, "grade_id": c.ID, "task": false}
	switch Kind(*c) {
	case "start":
		facts["grade"], facts["solution"], facts["locked"] = false, false, true
	case "exercise":
		if c.Type != notebook.Code {
			return // the text of a question
		}
		facts["grade"], facts["solution"], facts["locked"] = false, true, false
	case "check":
		facts["grade"], facts["solution"], facts["locked"] = true, false, true
		facts["points"] = Points(*c)
	default:
		return
	}
	c.Metadata["nbgrader"] = facts
}

// Points returns what a check cell can earn.
func Points(c notebook.Cell) float64 {
	facts, _ := c.Metadata["convnotes"].(map[string]any)
	switch v := facts["points"].(type) {
	case float64:
		return v
	case json.Number:
		points, _ := v.Float64()
		return points
	}
	return 0
}

// addChecksum adds what nbgrader writes into the notebooks that it releases.
func addChecksum(c *notebook.Cell) {
	if facts, ok := c.Metadata["nbgrader"].(map[string]any); ok {
		facts["checksum"], facts["cell_type"] = checksum(c, facts), c.Type
	}
}

// checksum is nbgrader's: the MD5 sum of the source and of what kind of cell it
// is, as Python writes it.
func checksum(c *notebook.Cell, facts map[string]any) string {
	grade, solution := facts["grade"] == true, facts["solution"] == true
	locked := !solution && (grade || facts["locked"] == true)
	id, _ := facts["grade_id"].(string)
	text := c.Source + c.Type + pythonBool(grade) + pythonBool(solution) + pythonBool(locked) + id
	if grade {
		points, _ := facts["points"].(float64)
		text += pythonFloat(points)
	}
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

func pythonBool(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// pythonFloat writes 2.0, 0.5, 1e+16 and 1e-05.
func pythonFloat(v float64) string {
	scientific := strconv.FormatFloat(v, 'e', -1, 64)
	_, exponent, _ := strings.Cut(scientific, "e")
	if e, err := strconv.Atoi(exponent); err == nil && (e < -4 || e >= 16) {
		return scientific
	}
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
