package data

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/convnotes/convnotes/cnn"
)

// LoadNPY reads an array that NumPy saved (.npy, versions 1 to 3) as a tensor:
// integers, floats and booleans; pickled objects are refused.
//
// NumPy Enhancement Proposal 1, "A simple file format for NumPy arrays".
func LoadNPY(path string) (*cnn.Tensor, error) {
	b, err := read(path)
	if err != nil {
		return nil, err
	}
	return parseNPY(path, b)
}

// LoadNPZ reads the arrays of a NumPy archive (.npz) by name.
func LoadNPZ(path string) (map[string]*cnn.Tensor, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, &FileError{path, -1, err.Error(), "a zip archive of .npy files"}
	}
	defer z.Close()
	arrays := map[string]*cnn.Tensor{}
	for _, f := range z.File {
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, &FileError{path + "/" + f.Name, -1, err.Error(), ""}
		}
		b, err := contents(path+"/"+f.Name, r)
		r.Close()
		if err != nil {
			return nil, err
		}
		if arrays[name], err = parseNPY(path+"/"+f.Name, b); err != nil {
			return nil, err
		}
	}
	return arrays, nil
}

var npyHeader = regexp.MustCompile(`'descr'\s*:\s*'([^']*)'|'fortran_order'\s*:\s*(True|False)|'shape'\s*:\s*\(([0-9, ]*)\)`)

func parseNPY(name string, b []byte) (*cnn.Tensor, error) {
	head, body, err := npyParts(name, b)
	if err != nil {
		return nil, err
	}
	var kind, shapeText string
	fortran := false
	for _, m := range npyHeader.FindAllStringSubmatch(head, -1) {
		switch {
		case m[1] != "":
			kind = m[1]
		case m[2] != "":
			fortran = m[2] == "True"
		default:
			shapeText = m[3]
		}
	}
	shape, n, err := npyShape(name, shapeText)
	if err != nil {
		return nil, err
	}
	width, decode, err := npyKind(name, kind)
	if err != nil {
		return nil, err
	}
	if len(body) != n*width {
		return nil, &FileError{name, int64(len(b) - len(body) + min(len(body), n*width)), fmt.Sprintf("%d bytes of values", len(body)), fmt.Sprintf("%d for %s of %s", n*width, cnn.Dims(shape), kind)}
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = decode(body[i*width:])
	}
	if !fortran {
		return cnn.FromData(values, shape...), nil
	}
	reversed := make([]int, len(shape))
	for i, d := range shape {
		reversed[len(shape)-1-i] = d
	}
	return cnn.Transpose(cnn.FromData(values, reversed...)).Clone(), nil
}

// npyParts cuts a file into header and values.
func npyParts(name string, b []byte) (head string, body []byte, err error) {
	if len(b) < 12 || string(b[:6]) != "\x93NUMPY" {
		return "", nil, &FileError{name, 0, "this is not a .npy file", `the mark \x93NUMPY`}
	}
	start, n := 10, int(binary.LittleEndian.Uint16(b[8:]))
	if b[6] >= 2 {
		start, n = 12, int(binary.LittleEndian.Uint32(b[8:]))
	}
	if b[6] < 1 || b[6] > 3 || n > len(b)-start {
		return "", nil, &FileError{name, 6, fmt.Sprintf("version %d with a header of %d bytes", b[6], n), "version 1 to 3 and a header inside the file"}
	}
	return string(b[start : start+n]), b[start+n:], nil
}

func npyShape(name, text string) (shape []int, n int, err error) {
	n = 1
	for _, s := range strings.Split(text, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		d, err := strconv.Atoi(s)
		if err != nil || d < 1 || n > maxFile/d {
			return nil, 0, &FileError{name, 10, "the shape (" + text + ") is not possible", "lengths from 1 that a file can hold"}
		}
		shape, n = append(shape, d), n*d
	}
	return shape, n, nil
}

// npyKind returns how wide a value is and how to read it.
func npyKind(name, kind string) (int, func([]byte) float32, error) {
	if len(kind) < 3 {
		return 0, nil, &FileError{name, 10, "the values are of type " + strconv.Quote(kind), "one such as <f4, |u1 or <i8"}
	}
	var order binary.ByteOrder = binary.LittleEndian
	if kind[0] == '>' {
		order = binary.BigEndian
	}
	switch kind[1:] {
	case "u1", "b1":
		return 1, func(b []byte) float32 { return float32(b[0]) }, nil
	case "i1":
		return 1, func(b []byte) float32 { return float32(int8(b[0])) }, nil
	case "u2":
		return 2, func(b []byte) float32 { return float32(order.Uint16(b)) }, nil
	case "i2":
		return 2, func(b []byte) float32 { return float32(int16(order.Uint16(b))) }, nil
	case "u4":
		return 4, func(b []byte) float32 { return float32(order.Uint32(b)) }, nil
	case "i4":
		return 4, func(b []byte) float32 { return float32(int32(order.Uint32(b))) }, nil
	case "u8":
		return 8, func(b []byte) float32 { return float32(order.Uint64(b)) }, nil
	case "i8":
		return 8, func(b []byte) float32 { return float32(int64(order.Uint64(b))) }, nil
	case "f4":
		return 4, func(b []byte) float32 { return math.Float32frombits(order.Uint32(b)) }, nil
	case "f8":
		return 8, func(b []byte) float32 { return float32(math.Float64frombits(order.Uint64(b))) }, nil
	}
	return 0, nil, &FileError{name, 10, "the values are of type " + kind, "integers, floats or booleans; pickled objects are not read"}
}
