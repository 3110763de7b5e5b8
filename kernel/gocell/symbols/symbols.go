// Package symbols lists what cells may import. The list below is all there is
// to edit: after a change, or when a listed package has changed, run go generate.
package symbols

import "github.com/convnotes/convnotes/kernel/gocell/packages"

//go:generate go run ./internal/generate

// imports are the packages, one a line: std is the whole standard library, a
// line with a minus sign takes one out again. A line that ends in "browser" is in
// the browser's shorter list too; of std these are the ones in browserStd.
//
// Left out are packages that mean nothing in a cell (cgo, plugins, the race
// detector's own package).
const imports = `
std
-plugin
-runtime/cgo
-runtime/coverage
-runtime/race
-crypto/mlkem/mlkemtest
-testing/cryptotest
gonum.org/v1/gonum/floats browser
gonum.org/v1/gonum/floats/scalar
gonum.org/v1/gonum/mat
gonum.org/v1/gonum/stat
gonum.org/v1/gonum/stat/distuv
gonum.org/v1/plot
gonum.org/v1/plot/palette
gonum.org/v1/plot/palette/brewer
gonum.org/v1/plot/palette/moreland
gonum.org/v1/plot/plotter
gonum.org/v1/plot/plotutil
gonum.org/v1/plot/text
gonum.org/v1/plot/vg
gonum.org/v1/plot/vg/draw
gonum.org/v1/plot/vg/vgimg
gonum.org/v1/plot/vg/vgpdf
gonum.org/v1/plot/vg/vgsvg
github.com/convnotes/convnotes/kernel/gocell/packages/native browser
github.com/convnotes/convnotes/cnn browser
github.com/convnotes/convnotes/cnn/layers browser
github.com/convnotes/convnotes/cnn/models browser
github.com/convnotes/convnotes/cnn/data browser
github.com/convnotes/convnotes/cnn/train browser
github.com/convnotes/convnotes/cnn/explain browser
github.com/convnotes/convnotes/plotting browser
github.com/convnotes/convnotes/lessons/check browser
github.com/convnotes/convnotes/kernel/display browser
`

const browserStd = `
bufio bytes cmp compress/flate compress/gzip compress/zlib container/heap
container/list container/ring context crypto/md5 crypto/sha1 crypto/sha256
crypto/sha512 embed encoding encoding/base64 encoding/binary encoding/csv
encoding/gob encoding/hex encoding/json encoding/xml errors flag fmt hash
hash/adler32 hash/crc32 hash/crc64 hash/fnv hash/maphash html image image/color
image/color/palette image/draw image/gif image/jpeg image/png io io/fs io/ioutil
iter log log/slog maps math math/big math/bits math/cmplx math/rand math/rand/v2
os os/signal path path/filepath reflect regexp runtime runtime/debug slices sort
strconv strings structs sync sync/atomic syscall testing testing/fstest
testing/iotest testing/quick text/scanner text/tabwriter text/template time
unicode unicode/utf16 unicode/utf8 unique weak
`

// Packages are the packages of this build by import path.
var Packages = byPath(platform, common, ours)

func byPath(lists ...[]packages.Package) map[string]*packages.Package {
	m := map[string]*packages.Package{}
	for _, list := range lists {
		for i := range list {
			m[list[i].Path] = &list[i]
		}
	}
	return m
}
