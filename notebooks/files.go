package notebooks

import "embed"

// Files holds the notebooks of the lessons: en/*.ipynb and zh/*.ipynb.
//
//go:embed en/*.ipynb zh/*.ipynb
var Files embed.FS
