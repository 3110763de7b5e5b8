package data

import (
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
// four files under their usual names, compressed or not.
func LoadMNIST(folder string, training bool) (*Images, error) {
	return loadMNIST(folder, training, DigitNames)
}

// LoadFashionMNIST reads all of Fashion-MNIST from a folder, such as
// /usr/share/datasets/fashion-mnist of Debian's dataset-fashion-mnist.
func LoadFashionMNIST(folder string, training bool) (*Images, error) {
	return loadMNIST(folder, training, FashionNames)
}

func loadMNIST(folder string, training bool, names []string) (*Images, error) {
	part := "t10k"
	if training {
		part = "train"
	}
	images, err := find(folder, part+"-images-idx3-ubyte", part+"-images.idx3-ubyte")
	if err != nil {
		return nil, err
	}
	labels, err := find(folder, part+"-labels-idx1-ubyte", part+"-labels.idx1-ubyte")
	if err != nil {
		return nil, err
	}
	return LoadIDX(images, labels, names)
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
