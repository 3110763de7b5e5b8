package data

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/convnotes/convnotes/cnn"
)

// files holds what files/README.md lists.
//
//go:embed files/*.gz files/*.jpg
var files embed.FS

// sums are those of the uncompressed contents.
var sums = map[string]string{
	"digits.csv.gz":               "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8",
	"fashion-train-images.idx.gz": "626b8bf8433327de7912bae1d0e4c70fdcca53de33970297bf9a2205500c574a",
	"fashion-train-labels.idx.gz": "86cccad95ab36653e416733235fc8fbb50b9429417f4eb2feb35e0b9a294e83c",
	"fashion-test-images.idx.gz":  "7a6d8e07ea021ec5bc73135ebd0a5770799557ec6f8242d8749c4f32a3cf4643",
	"fashion-test-labels.idx.gz":  "b40abac7ec8228f434940f579deb7cf7b6e3103b5274cb91d1545771f5ef1c8b",
}

// embedded returns the uncompressed contents of a file of ours.
func embedded(name string) ([]byte, error) {
	f, err := files.Open("files/" + name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := contents(name, f)
	if err != nil {
		return nil, err
	}
	if want := sums[name]; want != "" {
		if got := sha256.Sum256(b); hex.EncodeToString(got[:]) != want {
			return nil, &FileError{name, -1, "the contents are not those of the release", "sha256 " + want}
		}
	}
	return b, nil
}

// FashionNames are the classes of Fashion-MNIST.
var FashionNames = []string{"T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"}

var fashion = map[bool]func() (*Images, error){
	true:  sync.OnceValues(func() (*Images, error) { return embeddedFashion("train") }),
	false: sync.OnceValues(func() (*Images, error) { return embeddedFashion("test") }),
}

func embeddedFashion(part string) (*Images, error) {
	images, labels := "fashion-"+part+"-images.idx.gz", "fashion-"+part+"-labels.idx.gz"
	ib, err := embedded(images)
	if err != nil {
		return nil, err
	}
	lb, err := embedded(labels)
	if err != nil {
		return nil, err
	}
	return fromIDX(images, ib, labels, lb, FashionNames)
}

// FashionMNIST returns the first n of the 5,000 training pictures that come with
// the package: clothes of 1×28×28 in ten classes. [LoadFashionMNIST] reads all
// 60,000 from files.
//
// Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for
// benchmarking machine learning algorithms", 2017.
func FashionMNIST(n int) (*Images, error) { return firstFashion(true, n) }

// FashionMNISTTest returns the first n of 1,000 test pictures.
func FashionMNISTTest(n int) (*Images, error) { return firstFashion(false, n) }

func firstFashion(training bool, n int) (*Images, error) {
	s, err := fashion[training]()
	if err != nil {
		return nil, err
	}
	if n < 1 || n > s.Len() {
		return nil, fmt.Errorf("there are %d pictures of Fashion-MNIST in the package, not %d: for more, install the files (Debian: dataset-fashion-mnist) and use data.LoadFashionMNIST", s.Len(), n)
	}
	return s.Head(n), nil
}

var digits = sync.OnceValues(func() (*Images, error) {
	b, err := embedded("digits.csv.gz")
	if err != nil {
		return nil, err
	}
	return parseDigits("digits.csv.gz", string(b))
})

// Digits returns the 1,797 handwritten digits of 1×8×8 that come with the
// package, in the order of the file: the usual split is the first 1,437 and the
// last 360.
//
// Alpaydin and Kaynak, "Optical recognition of handwritten digits", UCI Machine
// Learning Repository, 1998.
func Digits() (*Images, error) { return digits() }

// parseDigits reads lines of 64 values 0…16 and a label.
func parseDigits(name, text string) (*Images, error) {
	s := &Images{shape: []int{1, 8, 8}, names: DigitNames}
	for n, line := range strings.Split(strings.TrimSpace(text), "\n") {
		fields := strings.Split(strings.TrimSpace(line), ",")
		if len(fields) != 65 {
			return nil, &FileError{name, -1, fmt.Sprintf("line %d has %d fields", n+1, len(fields)), "64 values and a label"}
		}
		for i, f := range fields {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil || v < 0 || v > 16 || i == 64 && v > 9 {
				return nil, &FileError{name, -1, fmt.Sprintf("line %d, field %d is %q", n+1, i+1, f), "values of 0 to 16 and a label of 0 to 9"}
			}
			if i < 64 {
				s.floats = append(s.floats, float32(v/16))
			} else {
				s.labels = append(s.labels, int(v))
			}
		}
	}
	return s, nil
}

// Photo returns one of the photographs that come with the package, "china" or
// "flower", as 3×427×640.
func Photo(name string) (*cnn.Tensor, error) {
	f, err := files.Open("files/" + name + ".jpg")
	if err != nil {
		return nil, fmt.Errorf("there is no photograph %q: take \"china\" or \"flower\"", name)
	}
	defer f.Close()
	return decode(name+".jpg", f)
}
