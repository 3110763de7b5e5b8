package data

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"  // image.Decode
	_ "image/jpeg" // knows
	_ "image/png"  // these
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/convnotes/convnotes/cnn"
)

// maxPixels bounds a picture that is decoded.
const maxPixels = 1 << 26

// LoadImage reads a PNG, JPEG or GIF picture as 3×H×W.
func LoadImage(path string) (*cnn.Tensor, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return decode(path, f)
}

// decode reads a picture after a look at its size.
func decode(name string, r io.Reader) (*cnn.Tensor, error) {
	b, err := contents(name, r)
	if err != nil {
		return nil, err
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err == nil && (c.Width < 1 || c.Height < 1 || c.Width > maxPixels/c.Height) {
		err = fmt.Errorf("the picture has %d×%d pixels", c.Height, c.Width)
	}
	if err != nil {
		return nil, &FileError{name, -1, err.Error(), "a PNG, JPEG or GIF picture"}
	}
	m, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, &FileError{name, -1, err.Error(), "a whole picture"}
	}
	return FromImage(m), nil
}

// FromImage returns the red, green and blue planes of a picture, 3×H×W.
func FromImage(m image.Image) *cnn.Tensor {
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	x := make([]float32, 3*h*w)
	for i := range h {
		for j := range w {
			r, g, bl, _ := m.At(b.Min.X+j, b.Min.Y+i).RGBA()
			x[i*w+j] = float32(r) / 0xffff
			x[(h+i)*w+j] = float32(g) / 0xffff
			x[(2*h+i)*w+j] = float32(bl) / 0xffff
		}
	}
	return cnn.FromData(x, 3, h, w)
}

// Gray returns the brightness of a 3×H×W picture as 1×H×W, by the weights of
// ITU-R BT.601.
func Gray(x *cnn.Tensor) *cnn.Tensor {
	w := cnn.FromValues([]float64{0.299, 0.587, 0.114}, 3, 1, 1)
	return cnn.Sum(cnn.Mul(x, w), 0).Reshape(1, x.Dim(1), x.Dim(2))
}

// A Folder is a set of pictures in a folder of one's own: a folder for each
// class, named by it, with PNG, JPEG or GIF files. They are read when they are
// needed, so a folder may be larger than the memory.
type Folder struct {
	Height, Width int
	Broken        []error // files that could not be read, by name

	paths  []string
	labels []int
	names  []string
}

// OpenFolder lists the pictures of a folder; each is scaled so that it covers
// height×width and its middle cut out. Files that are no pictures, broken or cut
// off are left out and listed in Broken.
func OpenFolder(folder string, height, width int) (*Folder, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	f := &Folder{Height: height, Width: width}
	for _, e := range entries {
		if e.IsDir() {
			f.addClass(folder, e.Name())
		}
	}
	if len(f.paths) == 0 {
		return nil, &FileError{folder, -1, "there are no pictures", "a folder for each class, such as cats/ and dogs/, with PNG or JPEG files"}
	}
	return f, nil
}

func (f *Folder) addClass(folder, class string) {
	entries, err := os.ReadDir(filepath.Join(folder, class))
	if err != nil {
		f.Broken = append(f.Broken, err)
		return
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	label := len(f.names)
	f.names = append(f.names, class)
	for _, e := range entries {
		switch strings.ToLower(filepath.Ext(e.Name())) {
		case ".png", ".jpg", ".jpeg", ".gif":
		default:
			continue
		}
		path := filepath.Join(folder, class, e.Name())
		if err := checkPicture(path); err != nil {
			f.Broken = append(f.Broken, err)
			continue
		}
		f.paths, f.labels = append(f.paths, path), append(f.labels, label)
	}
}

// checkPicture reads the header of a picture, and all of one whose end is
// missing: a copy that was cut off is told now, not in the middle of a training.
func checkPicture(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	c, format, err := image.DecodeConfig(file)
	switch {
	case err != nil:
		return &FileError{path, -1, err.Error(), "a PNG, JPEG or GIF picture"}
	case c.Width < 1 || c.Height < 1 || c.Width > maxPixels/c.Height:
		return &FileError{path, -1, fmt.Sprintf("the picture has %d×%d pixels", c.Height, c.Width), fmt.Sprintf("at most %d", maxPixels)}
	case !endsWith(file, lastBytes[format]):
		_, err = LoadImage(path)
	}
	return err
}

// lastBytes are those of a whole file in a format; a few have more behind them.
var lastBytes = map[string]string{"jpeg": "\xff\xd9", "png": "IEND\xaeB`\x82", "gif": ";"}

func endsWith(file *os.File, want string) bool {
	end := make([]byte, len(want))
	if _, err := file.Seek(-int64(len(want)), io.SeekEnd); err != nil {
		return false
	}
	_, err := io.ReadFull(file, end)
	return err == nil && string(end) == want
}

// Len returns the number of pictures.
func (f *Folder) Len() int { return len(f.paths) }

// Item reads picture i, 3×Height×Width, and its label. A file that has become
// unreadable panics with its error.
func (f *Folder) Item(i int) (x, y *cnn.Tensor) {
	picture, err := LoadImage(f.paths[i])
	if err != nil {
		panic(err)
	}
	return Cover(picture, f.Height, f.Width), cnn.Scalar(float64(f.labels[i]))
}

// Path returns the file of picture i.
func (f *Folder) Path(i int) string { return f.paths[i] }

// Label returns the class of picture i.
func (f *Folder) Label(i int) int { return f.labels[i] }

// Classes returns the number of classes.
func (f *Folder) Classes() int { return len(f.names) }

// ClassName returns the name of a class.
func (f *Folder) ClassName(class int) string { return f.names[class] }

// Cover scales a picture so that it covers height×width and cuts its middle out.
func Cover(x *cnn.Tensor, height, width int) *cnn.Tensor {
	h, w := x.Dim(1), x.Dim(2)
	scale := max(float64(height)/float64(h), float64(width)/float64(w))
	nh, nw := max(height, int(float64(h)*scale+0.5)), max(width, int(float64(w)*scale+0.5))
	scaled := cnn.Resize(x.Reshape(1, x.Dim(0), h, w), nh, nw)
	return CenterCrop(scaled.Index(0), height, width)
}
