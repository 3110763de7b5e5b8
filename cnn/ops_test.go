package cnn

import (
	"errors"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/convnotes/convnotes/cnn/internal/compute"
)

// A row of the conformance table is one operation with everything a test needs
// to know about it.
type row struct {
	name string // the exported function, and what is special about this row

	shapes [][]int // of the inputs, filled with random numbers in −1…1
	adjust func(in []*Tensor)
	op     func(in []*Tensor) *Tensor

	// want is the definition, in float64: the value of every output cell and,
	// as its scale, the sum of the absolute values that were added up.
	want func(in []*Tensor) (values, scales []float64)

	wrong []func() // calls whose shapes do not fit

	constant  []int   // inputs that have no gradient, such as labels
	noGrad    bool    // the function has no gradient at all
	tolerance float64 // of values, in parts of the scale; 1e-5 if 0
}

func (r *row) inputs(seed uint64) []*Tensor {
	random := rand.New(rand.NewPCG(seed, uint64(len(r.name))))
	in := make([]*Tensor, len(r.shapes))
	for i, s := range r.shapes {
		in[i] = Zeros(s...)
		for j := range in[i].storage.data {
			in[i].storage.data[j] = 2*random.Float32() - 1
		}
	}
	if r.adjust != nil {
		r.adjust(in)
	}
	return in
}

// same wraps a definition without cancellation: the scale is the value.
func same(f func(in []*Tensor) []float64) func([]*Tensor) ([]float64, []float64) {
	return func(in []*Tensor) ([]float64, []float64) {
		v := f(in)
		s := make([]float64, len(v))
		for i := range v {
			s[i] = max(1, math.Abs(v[i]))
		}
		return v, s
	}
}

// cell by cell definition of a function of one tensor.
func cellwise(f func(float64) float64) func([]*Tensor) ([]float64, []float64) {
	return same(func(in []*Tensor) []float64 {
		var out []float64
		for _, v := range in[0].Values() {
			out = append(out, f(float64(v)))
		}
		return out
	})
}

// stepValues reads the definition off the recorded steps.
func stepValues(steps []Step) (values, scales []float64) {
	for _, s := range steps {
		scale := math.Abs(s.Bias)
		for _, p := range s.Products {
			scale += math.Abs(p.Input * p.Weight)
		}
		values, scales = append(values, s.Sum), append(scales, scale)
	}
	return values, scales
}

func near(t *testing.T, got *Tensor, want, scale []float64, tolerance float64) {
	t.Helper()
	values := got.Values()
	if len(values) != len(want) {
		t.Fatalf("%d values, definition has %d", len(values), len(want))
	}
	for i, v := range values {
		if d := math.Abs(float64(v) - want[i]); !(d <= tolerance*max(scale[i], 1e-3)) && float64(v) != want[i] {
			t.Fatalf("at %v: %v, definition says %v", indexOf(i, got.shape), v, want[i])
		}
	}
}

func TestFastIsDefinition(t *testing.T) {
	for _, r := range table() {
		t.Run(r.name, func(t *testing.T) {
			for seed := range uint64(3) {
				in := r.inputs(seed)
				values, scales := r.want(in)
				tolerance := max(r.tolerance, 1e-5)
				near(t, r.op(in), values, scales, tolerance)
			}
		})
	}
}

// The same inputs as views whose cells do not lie side by side.
func TestViewsAreAsGood(t *testing.T) {
	for _, r := range table() {
		t.Run(r.name, func(t *testing.T) {
			in := r.inputs(4)
			want := r.op(in).Values()
			for i := range in {
				in[i] = Transpose(Transpose(in[i]).Clone())
			}
			if got := r.op(in).Values(); !slices.Equal(got, want) {
				t.Fatalf("of a transposed copy %v, want %v", got, want)
			}
		})
	}
}

func TestGradients(t *testing.T) {
	for _, r := range table() {
		if r.noGrad {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			in := r.inputs(5)
			var variable []*Tensor
			for i, x := range in {
				if !slices.Contains(r.constant, i) {
					variable = append(variable, x)
				}
			}
			report := GradCheck(func(v []*Tensor) *Tensor {
				all := slices.Clone(in)
				for i := range all {
					if !slices.Contains(r.constant, i) {
						all[i], v = v[0], v[1:]
					}
				}
				return r.op(all)
			}, variable...)
			if !report.OK || report.Kinks > report.Checked {
				t.Fatal(report)
			}
		})
	}
}

// Gradients add up: a tensor used twice gets both contributions, and results
// that are views or copies of it pass theirs on.
func TestGradientsAdd(t *testing.T) {
	for _, r := range table() {
		if r.noGrad {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			once, twice := gradientsOf(r, 1), gradientsOf(r, 2)
			for i := range once {
				for j, g := range once[i] {
					if d := math.Abs(float64(twice[i][j] - 2*g)); d > 1e-4*(1+math.Abs(float64(g))) {
						t.Fatalf("input %d: used twice %v, once %v", i, twice[i][j], g)
					}
				}
			}
		})
	}
}

func gradientsOf(r row, times int) (gradients [][]float32) {
	in := r.inputs(6)
	for i := range in {
		if !slices.Contains(r.constant, i) {
			in[i] = Parameter(in[i])
		}
	}
	for range times {
		y := r.op(in)
		y.Backward(Ones(y.shape...))
	}
	for i := range in {
		if !slices.Contains(r.constant, i) {
			gradients = append(gradients, in[i].Grad().Values())
		}
	}
	return gradients
}

func TestShapeOnlyAgrees(t *testing.T) {
	for _, r := range table() {
		t.Run(r.name, func(t *testing.T) {
			in := r.inputs(7)
			want := r.op(in).Shape()
			shapes := slices.Clone(in)
			for i := range in {
				if !slices.Contains(r.constant, i) {
					shapes[i] = ShapeOnly(in[i].shape...)
				}
			}
			got := r.op(shapes)
			if !got.IsShapeOnly() || !slices.Equal(got.Shape(), want) {
				t.Fatalf("shape-only gives %v, real tensors %s", got, Dims(want))
			}
		})
	}
}

func TestWrongShapesPanic(t *testing.T) {
	for _, r := range table() {
		for i, wrong := range r.wrong {
			t.Run(fmt.Sprintf("%s/%d", r.name, i), func(t *testing.T) {
				e := shapeError(t, wrong)
				if e.Op == "" || e.Problem == "" || e.Want == "" || !strings.HasPrefix(e.Error(), "ShapeError: "+e.Op+": ") {
					t.Errorf("the message does not stand alone: %q", e.Error())
				}
				if function, _, _ := strings.Cut(r.name, " "); e.Op != function {
					t.Errorf("the message names %s, the function called is %s: %v", e.Op, function, e)
				}
			})
		}
		if len(r.wrong) == 0 && !strings.Contains(r.name, " ") && !anyShape[r.name] {
			t.Errorf("%s: no call with wrong shapes", r.name)
		}
	}
}

// A nil tensor is refused by name, wherever it is handed in.
func TestNilIsRefused(t *testing.T) {
	for _, r := range table() {
		for i := range r.shapes {
			optional := strings.HasPrefix(r.name, "Affine") && i == 2 || strings.HasPrefix(r.name, "CrossCorrelate") && i == 2
			if optional {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d", r.name, i), func(t *testing.T) {
				in := r.inputs(0)
				in[i] = nil
				if e := usageError(t, func() { r.op(in) }); !strings.Contains(e.Error(), "a tensor is nil") {
					t.Error(e)
				}
			})
		}
	}
}

func shapeError(t *testing.T, f func()) (e *ShapeError) {
	t.Helper()
	defer func() {
		r := recover()
		err, ok := r.(error)
		if !ok || !errors.As(err, &e) {
			t.Fatalf("panic with %v (%T), want *ShapeError", r, r)
		}
	}()
	f()
	t.Fatal("no panic")
	return nil
}

// Values and gradients have the same bits for any number of threads, also where
// the tensors are large enough for several threads to take part.
func TestThreadsDoNotMatter(t *testing.T) {
	defer compute.SetThreads(compute.Threads())
	for _, r := range slices.Concat(table(), largeRows()) {
		t.Run(r.name, func(t *testing.T) {
			var first [][]float32
			for _, n := range []int{1, 2, 3, 8} {
				compute.SetThreads(n)
				bits := [][]float32{r.op(r.inputs(8)).Values()}
				if !r.noGrad {
					bits = append(bits, gradientsOf(r, 1)...)
				}
				if n == 1 {
					first = bits
				}
				for i := range bits {
					if !slices.EqualFunc(bits[i], first[i], sameBits) {
						t.Fatalf("%d threads give other bits than one", n)
					}
				}
			}
		})
	}
}

func sameBits(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }

// In a workspace every operation gives the same values and gradients from
// storage that held something else before.
func TestWorkspaceStorage(t *testing.T) {
	for _, r := range table() {
		if r.noGrad {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			want, wantGradients := r.op(r.inputs(6)).Values(), gradientsOf(r, 1)
			lab := NewWorkspace()
			for range 3 {
				in := r.inputs(6)
				for i := range in {
					if !slices.Contains(r.constant, i) {
						in[i] = Parameter(in[i])
					}
				}
				lent := slices.Clone(in)
				for i := range in {
					lent[i] = lab.Lend(in[i])
				}
				y := r.op(lent)
				if got := y.Values(); !slices.EqualFunc(got, want, sameBits) {
					t.Fatalf("values %v, want %v", got, want)
				}
				y.Backward(Ones(y.shape...))
				i := 0
				for _, x := range in {
					if x.tracked {
						if got := x.Grad().Values(); !slices.Equal(got, wantGradients[i]) { // −0 and 0 alike
							t.Fatalf("gradient %v, want %v", got, wantGradients[i])
						}
						i++
					}
				}
				lab.Reset()
				lab.spoil()
			}
		})
	}
}

// spoil fills what the workspace will lend next with NaN.
func (w *Workspace) spoil() {
	for _, s := range w.stores {
		copy(s.data, Full(math.NaN(), len(s.data)).data())
	}
	for _, free := range w.floats {
		for _, s := range free {
			copy(s, Full(math.NaN(), len(s)).data())
		}
	}
}

// Every exported function that makes a tensor has a row.
func TestEveryFunctionHasARow(t *testing.T) {
	rows := map[string]bool{}
	for _, r := range table() {
		name, _, _ := strings.Cut(r.name, " ")
		rows[name] = true
	}
	for _, name := range operations(t) {
		if !rows[name] && !notOperations[name] {
			t.Errorf("%s has no row in the conformance table", name)
		}
		delete(rows, name)
	}
	for name := range rows {
		t.Errorf("the row %s names no exported function", name)
	}
}

// operations lists the exported functions, and methods of Tensor, that return
// a tensor.
func operations(t *testing.T) (names []string) {
	files := token.NewFileSet()
	packages, err := parser.ParseDir(files, ".", func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range packages["cnn"].Files {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !f.Name.IsExported() || f.Type.Results == nil || len(f.Type.Results.List) == 0 {
				continue
			}
			star, ok := f.Type.Results.List[0].Type.(*ast.StarExpr)
			if !ok || fmt.Sprint(star.X) != "Tensor" || !ofTensor(f) {
				continue
			}
			names = append(names, f.Name.Name)
		}
	}
	return names
}

// ofTensor says whether f is a function or a method of Tensor.
func ofTensor(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	star, ok := f.Recv.List[0].Type.(*ast.StarExpr)
	return ok && fmt.Sprint(star.X) == "Tensor"
}

// Every operation has an example for its documentation.
func TestEveryOperationHasAnExample(t *testing.T) {
	var tests []*ast.File
	for _, name := range []string{"example_test.go", "example_operations_test.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		tests = append(tests, f)
	}
	has := map[string]bool{}
	for _, e := range doc.Examples(tests...) {
		if e.Output == "" {
			t.Errorf("Example%s shows no output", e.Name)
		}
		has[strings.TrimPrefix(e.Name, "Tensor_")] = true
	}
	for _, r := range table() {
		if name, _, _ := strings.Cut(r.name, " "); !has[name] {
			t.Errorf("%s has no example", name)
			has[name] = true
		}
	}
}

// The page for those who know PyTorch names nothing that does not exist.
func TestDocumentationNamesWhatExists(t *testing.T) {
	files := token.NewFileSet()
	packages, err := parser.ParseDir(files, ".", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	text := packages["cnn"].Files["doc.go"].Doc.Text()
	p := doc.New(packages["cnn"], "cnn", 0)
	exists := map[string]bool{}
	for _, f := range p.Funcs {
		exists["cnn."+f.Name] = true
	}
	for _, typ := range p.Types {
		exists["cnn."+typ.Name] = true
		for _, f := range typ.Funcs {
			exists["cnn."+f.Name] = true
		}
		for _, m := range typ.Methods {
			exists[typ.Name+"."+m.Name] = true
		}
	}
	_, table, _ := strings.Cut(text, "torch                ")
	table, _, _ = strings.Cut(table, "What differs")
	rows := 0
	for line := range strings.Lines(table) {
		names := regexp.MustCompile(`\b(cnn|x|w|loss)\.([A-Z]\w+)`).FindAllStringSubmatch(line, -1)
		if len(names) > 0 {
			rows++
		}
		for _, m := range names {
			name := "cnn." + m[2]
			if m[1] != "cnn" {
				name = "Tensor." + m[2]
			}
			if !exists[name] {
				t.Errorf("%s does not exist: %s", name, strings.TrimSpace(line))
			}
		}
	}
	if rows < 20 {
		t.Errorf("only %d rows found", rows)
	}
}
