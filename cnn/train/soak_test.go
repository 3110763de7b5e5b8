package train_test

import (
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/convnotes/convnotes/cnn"
	"github.com/convnotes/convnotes/cnn/data"
	"github.com/convnotes/convnotes/cnn/layers"
	"github.com/convnotes/convnotes/cnn/train"
)

// TestMemoryStaysFlat trains for a thousand steps.
func TestMemoryStaysFlat(t *testing.T) {
	training, _ := digits(t)
	var after100, after1000 uint64
	err := train.Fit(digitNet(), training.Head(320), train.Options{Epochs: 100, OnStep: func(s *train.Step) {
		switch s.Number {
		case 100:
			after100 = live()
		case 999:
			after1000 = live()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if after1000 > after100+1<<20 {
		t.Errorf("%d bytes are live after 1000 steps, %d after 100", after1000, after100)
	}
}

func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestFolderLargerThanMemory trains on a folder of pictures ten times as large as
// the memory it may take: make soak.
func TestFolderLargerThanMemory(t *testing.T) {
	if os.Getenv("CONVNOTES_SOAK") == "" {
		t.Skip("makes 800 MB of pictures: set CONVNOTES_SOAK=1 (make soak)")
	}
	const limit, count, side = 80 << 20, 3200, 512
	dir := t.TempDir()
	var bytes int64
	r := rand.New(rand.NewPCG(1, 1))
	for i := range count {
		m := image.NewGray(image.Rect(0, 0, side, side))
		for j := range m.Pix {
			m.Pix[j] = byte(r.Uint32()>>24)/2 + byte(i%2)*64 // class 1 is brighter
		}
		bytes += write(t, filepath.Join(dir, fmt.Sprint(i%2), fmt.Sprintf("%04d.png", i)), m)
	}
	if bytes < 10*limit {
		t.Fatalf("the folder has %d bytes only", bytes)
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(limit))
	folder, err := data.OpenFolder(dir, 32, 32)
	if err != nil {
		t.Fatal(err)
	}
	cnn.Seed(1)
	net := layers.Sequential(layers.Conv2D(3, 4, 3), layers.ReLU(), layers.GlobalAvgPool2D(), layers.Linear(4, 2))
	var most uint64
	err = train.Fit(net, folder, train.Options{BatchSize: 16, Optimizer: train.Adam{Rate: 0.02}, OnStep: func(s *train.Step) {
		if s.Number%20 == 0 {
			most = max(most, live())
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d MB of pictures, at most %d MB live", bytes>>20, most>>20)
	if most > limit {
		t.Errorf("%d bytes are live; %d are allowed", most, uint64(limit))
	}
}

func write(t *testing.T, path string, m image.Image) int64 {
	os.MkdirAll(filepath.Dir(path), 0o755)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(f, m); err != nil {
		t.Fatal(err)
	}
	info, _ := f.Stat()
	return info.Size()
}
