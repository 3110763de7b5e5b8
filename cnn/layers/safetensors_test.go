package layers

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/cnn"
)

func safetensors(header string, body ...byte) []byte {
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...), body...)
}

func TestWeightsTravel(t *testing.T) {
	build := func() Layer { return Sequential(Conv2D(1, 2, 3), BatchNorm2D(2), Flatten(), Linear(8, 3)) }
	cnn.Seed(1)
	from, to := build(), build()
	Train(from, true)
	from.Forward(cnn.Normal(0, 1, 4, 1, 4, 4)) // moves the running averages
	Train(from, false)
	path := filepath.Join(t.TempDir(), "net.safetensors")
	if err := Save(path, from); err != nil {
		t.Fatal(err)
	}
	if err := Load(path, to, nil); err != nil {
		t.Fatal(err)
	}
	x := cnn.Normal(0, 1, 2, 1, 4, 4)
	if a, b := from.Forward(x), to.Forward(x); fmt.Sprint(a.Values()) != fmt.Sprint(b.Values()) {
		t.Error("the same weights give other scores")
	}
	before := fmt.Sprint(to.Parameters()[0].Values())
	var wrong *MismatchError
	other := Sequential(Conv2D(1, 2, 3), BatchNorm2D(2), Flatten(), Linear(8, 4), Linear(4, 3))
	if err := Load(path, other, nil); !errors.As(err, &wrong) || fmt.Sprint(wrong.Missing, wrong.Extra, wrong.Shapes) !=
		"[4.weight 4.bias] [] [3.weight (3×8 in the file, 4×8 in the network) 3.bias (3 in the file, 4 in the network)]" {
		t.Errorf("another network: %v", err)
	}
	if fmt.Sprint(to.Parameters()[0].Values()) != before {
		t.Error("a refused file changed weights")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) != 0 {
		t.Errorf("files are left: %v", left)
	}
	if err := Save(filepath.Join(t.TempDir(), "no", "such", "folder"), from); err == nil {
		t.Error("saving into a folder that is not there succeeds")
	}
}

func TestTypesOfSafetensors(t *testing.T) {
	b := safetensors(`{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]},"c":{"dtype":"F64","shape":[],"data_offsets":[6,14]}}`,
		0x00, 0x3c, 0x01, 0x80, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0xf8, 0xbf)
	all, _, err := ReadSafetensors(b)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(all[0].Tensor.Values(), all[1].Tensor.Values(), all[2].Tensor.Values())
	if got != "[1 -5.9604645e-08] [1] [-1.5]" {
		t.Error(got)
	}
}

func TestHostileHeadersAreRefused(t *testing.T) {
	for want, b := range map[string][]byte{
		"before its header":         {1, 2},
		"a header of 1844674407370": {255, 255, 255, 255, 255, 255, 255, 255, '{'},
		"a header of 99":            append(binary.LittleEndian.AppendUint64(nil, 99), '{', '}'),
		"does not begin with {":     safetensors(`[]`),
		"no JSON object":            safetensors(`{"a"`),
		"begin at 0":                safetensors(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 0, 0, 0, 0, 0, 0, 0, 0),
		"begin at 4":                safetensors(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`, 0, 0, 0, 0, 0, 0, 0, 0),
		"belong to no tensor":       safetensors(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 0, 0, 0, 0, 0),
		"does not fit":              safetensors(`{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}`, 0, 0, 0, 0),
		"takes 8 bytes":             safetensors(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 0, 0, 0, 0),
		`type "I64"`:                safetensors(`{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`, 0, 0, 0, 0, 0, 0, 0, 0),
		"lies at bytes 0 to -4":     safetensors(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,-4]}}`),
	} {
		if _, _, err := ReadSafetensors(b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func FuzzSafetensors(f *testing.F) {
	var b bytes.Buffer
	WriteSafetensors(&b, []NamedTensor{{"a", cnn.Ones(2, 3)}, {"b", cnn.Vector(1)}}, map[string]string{"k": "v"})
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		all, meta, err := ReadSafetensors(b)
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := WriteSafetensors(&again, all, meta); err != nil {
			t.Fatal(err)
		}
		twice, _, err := ReadSafetensors(again.Bytes())
		if err != nil || len(twice) != len(all) {
			t.Fatalf("what was read cannot be written and read: %v", err)
		}
	})
}
