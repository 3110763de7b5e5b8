package notebooks

import "embed"

// Files holds the notebooks of the lessons: en/*.ipynb and zh/*.ipynb.
var Files embed.FS
