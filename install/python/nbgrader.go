package python

import _ "embed"

// NbgraderConfig is what an nbgrader course needs to know of Go: the text of its
// nbgrader_config.py.
//
//go:embed nbgrader_config.py
var NbgraderConfig string
