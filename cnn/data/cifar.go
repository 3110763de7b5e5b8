package data

import (
	"fmt"
	"os"
	"path/filepath"
)

// CIFAR10Names are the classes of CIFAR-10.
var CIFAR10Names = []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}

const cifarPixels = 3 * 32 * 32

// LoadCIFAR10 reads the binary version of CIFAR-10 (Krizhevsky, 2009) from its
// folder cifar-10-batches-bin: 50,000 training or 10,000 test pictures of
// 3×32×32. A record is the label and 1024 red, green and blue values each.
func LoadCIFAR10(folder string, training bool) (*Images, error) {
	files := []string{"test_batch.bin"}
	if training {
		files = []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"}
	}
	s := &Images{shape: []int{3, 32, 32}, names: CIFAR10Names}
	for _, name := range files {
		path, err := find(folder, name)
		if err != nil {
			return nil, err
		}
		b, err := read(path)
		if err != nil {
			return nil, err
		}
		if err := s.addCIFAR(path, b); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Images) addCIFAR(name string, b []byte) error {
	const record = 1 + cifarPixels
	if len(b) == 0 || len(b)%record != 0 {
		return &FileError{name, int64(len(b)), fmt.Sprintf("the file has %d bytes", len(b)), fmt.Sprintf("a multiple of %d", record)}
	}
	for at := 0; at < len(b); at += record {
		if b[at] > 9 {
			return &FileError{name, int64(at), fmt.Sprintf("the label is %d", b[at]), "0 to 9"}
		}
		s.labels = append(s.labels, int(b[at]))
		s.pixels = append(s.pixels, b[at+1:at+record]...)
	}
	return nil
}

func exists(path string) bool {
	info, err := os.Stat(filepath.Clean(path))
	return err == nil && !info.IsDir()
}
