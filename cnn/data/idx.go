package data

import (
	"cmp"
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"path/filepath"
)

// An idx is a file in the format of MNIST: two zeros, the type of the values, the
// number of axes, their lengths (big-endian), and the values.
//
// LeCun, Cortes and Burges, "The MNIST database of handwritten digits".
type idx struct {
	shape  []int
	values []byte
}

// parseIDX reads a file of bytes with the given number of axes.
func parseIDX(name string, b []byte, axes int) (idx, error) {
	head := 4 + 4*axes
	if len(b) < 4 || b[0] != 0 || b[1] != 0 {
		return idx{}, &FileError{name, 0, "this is not an IDX file", "two zero bytes at the start"}
	}
	if b[2] != 0x08 {
		return idx{}, &FileError{name, 2, fmt.Sprintf("the values are of type %#02x", b[2]), "0x08, bytes"}
	}
	if int(b[3]) != axes {
		return idx{}, &FileError{name, 3, fmt.Sprintf("there are %d axes", b[3]), fmt.Sprint(axes)}
	}
	if len(b) < head {
		return idx{}, &FileError{name, int64(len(b)), "the file ends in its header", fmt.Sprintf("%d bytes", head)}
	}
	f, n := idx{values: b[head:]}, 1
	for i := range axes {
		d := int(binary.BigEndian.Uint32(b[4+4*i:]))
		if d == 0 || n > maxFile/d {
			return idx{}, &FileError{name, int64(4 + 4*i), fmt.Sprintf("axis %d has length %d", i, d), "lengths from 1 that a file can hold"}
		}
		f.shape, n = append(f.shape, d), n*d
	}
	if len(f.values) != n {
		return idx{}, &FileError{name, int64(head + min(n, len(f.values))), fmt.Sprintf("%d values follow the header", len(f.values)), fmt.Sprint(n)}
	}
	return f, nil
}

// LoadIDX reads pictures and labels from a pair of files in MNIST's format,
// compressed (.gz) or not. names, which may be nil, are those of the classes.
func LoadIDX(images, labels string, names []string) (*Images, error) {
	ib, err := read(images)
	if err != nil {
		return nil, err
	}
	lb, err := read(labels)
	if err != nil {
		return nil, err
	}
	return fromIDX(images, ib, labels, lb, names)
}

func fromIDX(images string, ib []byte, labels string, lb []byte, names []string) (*Images, error) {
	x, err := parseIDX(images, ib, 3)
	if err != nil {
		return nil, err
	}
	y, err := parseIDX(labels, lb, 1)
	if err != nil {
		return nil, err
	}
	if x.shape[0] != y.shape[0] {
		return nil, &FileError{labels, 4, fmt.Sprintf("%d labels for %d pictures", y.shape[0], x.shape[0]), "as many"}
	}
	s := fromBytes([]int{1, x.shape[1], x.shape[2]}, x.values, make([]int, y.shape[0]), names)
	for i, l := range y.values {
		if len(names) > 0 && int(l) >= len(names) {
			return nil, &FileError{labels, int64(8 + i), fmt.Sprintf("label %d is %d", i, l), fmt.Sprintf("0 to %d", len(names)-1)}
		}
		s.labels[i] = int(l)
	}
	return s, nil
}

// DigitNames are the classes of MNIST.
var DigitNames = []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}

// LoadMNIST reads MNIST's training or test pictures from a folder that holds the
// four files under their usual names, compressed or not. Whole files are held to
// the checksums of their uncompressed contents.
func LoadMNIST(folder string, training bool) (*Images, error) {
	return loadMNIST(folder, training, "MNIST", DigitNames)
}

// LoadFashionMNIST reads all of Fashion-MNIST from a folder, such as
// /usr/share/datasets/fashion-mnist of Debian's dataset-fashion-mnist.
func LoadFashionMNIST(folder string, training bool) (*Images, error) {
	return loadMNIST(folder, training, "Fashion-MNIST", FashionNames)
}

// published are the MD5 sums of the uncompressed files. Compressed they differ:
// Debian packed Fashion-MNIST anew.
var published = map[string]string{
	"6bbc9ace898e44ae57da46a324031adb": "MNIST train-images", "a25bea736e30d166cdddb491f175f624": "MNIST train-labels",
	"2646ac647ad5339dbf082846283269ea": "MNIST t10k-images", "27ae3e4e09519cfbb04c329615203637": "MNIST t10k-labels",
	"f4a8712d7a061bf5bd6d2ca38dc4d50a": "Fashion-MNIST train-images", "9018921c3c673c538a1fc5bad174d6f9": "Fashion-MNIST train-labels",
	"8181f5470baa50b63fa0f6fddb340f0a": "Fashion-MNIST t10k-images", "15d484375f8d13e6eb1aabb0c3f46965": "Fashion-MNIST t10k-labels",
}

// checkPublished refuses a file with as many samples as the published one but
// other contents: damaged, or of another set, whose files have the same names.
func checkPublished(path string, b []byte, want string) error {
	if n := binary.BigEndian.Uint32(b[4:]); n != 60000 && n != 10000 {
		return nil // a part, which nobody published
	}
	sum := fmt.Sprintf("%x", md5.Sum(b))
	is := published[sum]
	if is == want {
		return nil
	}
	if is == "" {
		is = "not what was published (MD5 " + sum + ")"
	}
	return &FileError{path, -1, "the contents are " + is, want + "; another set in this format is read by data.LoadIDX"}
}

func loadMNIST(folder string, training bool, set string, names []string) (*Images, error) {
	part := "t10k"
	if training {
		part = "train"
	}
	images, ib, err := readPart(folder, part+"-images", "idx3-ubyte")
	if err != nil {
		return nil, err
	}
	labels, lb, err := readPart(folder, part+"-labels", "idx1-ubyte")
	if err != nil {
		return nil, err
	}
	s, err := fromIDX(images, ib, labels, lb, names)
	if err == nil {
		err = cmp.Or(checkPublished(images, ib, set+" "+part+"-images"), checkPublished(labels, lb, set+" "+part+"-labels"))
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// readPart reads one of the four files; some copies have a dot in its name.
func readPart(folder, name, format string) (path string, b []byte, err error) {
	if path, err = find(folder, name+"-"+format, name+"."+format); err == nil {
		b, err = read(path)
	}
	return path, b, err
}

// find returns the first of the names, with .gz or without, that is in a folder.
func find(folder string, names ...string) (string, error) {
	for _, n := range names {
		for _, end := range []string{"", ".gz"} {
			if path := filepath.Join(folder, n+end); exists(path) {
				return path, nil
			}
		}
	}
	return "", &FileError{folder, -1, "there is no file " + names[0] + " (or " + names[0] + ".gz)", "the files as they are published: name their folder, or bring them with convnotes data get (convnotes data list shows which)"}
}
