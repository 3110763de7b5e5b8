package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"

	"github.com/convnotes/convnotes/internal/download"
)

// A dataset is what convnotes data get can bring.
type dataset struct {
	name   string
	about  text
	terms  text // of use
	use    string
	files  []download.File
	unpack string // the folder that the archive becomes
}

// datasets lists them. Sums are the publishers' or those of PyTorch's loaders.
func datasets() []dataset {
	idx := func(base string, sums [4]string, sizes [4]int64) (files []download.File) {
		for i, n := range []string{"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"} {
			files = append(files, download.File{URL: base + n, Name: n, Size: sizes[i], Sum: "md5:" + sums[i]})
		}
		return files
	}
	return []dataset{
		{"fashion-mnist", text{"70,000 pictures of clothes, 28×28", "70000 张 28×28 的服装图片"}, text{"MIT, © 2017 Zalando SE", "MIT，© 2017 Zalando SE"},
			`data.LoadFashionMNIST(%q, true)`, idx("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
				[4]string{"8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe", "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310"},
				[4]int64{26421880, 29515, 4422102, 5148}), ""},
		{"mnist", text{"70,000 handwritten digits, 28×28", "70000 张 28×28 的手写数字"}, text{"© LeCun and Cortes; terms unclear", "© LeCun 与 Cortes；许可不明确"},
			`data.LoadMNIST(%q, true)`, idx("https://ossci-datasets.s3.amazonaws.com/mnist/",
				[4]string{"f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432", "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c"},
				[4]int64{9912422, 28881, 1648877, 4542}), ""},
		{"cifar-10", text{"60,000 colour pictures of ten things, 32×32", "60000 张 32×32 的彩色图片，共十类"}, text{"no terms are stated", "未说明许可"},
			`data.LoadCIFAR10(%q, true)`, []download.File{{URL: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", Name: "cifar-10-binary.tar.gz", Size: 170052171,
				Sum: "sha256:c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"}}, "cifar-10-batches-bin"},
	}
}

// dataCommand lists data sets, or brings one: besides lab's environment the only
// thing that downloads, and it says so first.
func dataCommand(ctx context.Context, c *call) error {
	f := c.flags()
	to := f.String("to", "", c.say("`FOLDER` for the files (default: data/NAME beside the lessons)", "存放文件的 `目录`（默认：课程旁的 data/名称）"))
	asJSON := f.Bool("json", false, c.say("print JSON", "输出 JSON"))
	others, err := c.parse(f, 1, 2)
	if err != nil {
		return err
	}
	switch {
	case others[0] == "list" && len(others) == 1:
		return c.listData(*asJSON)
	case others[0] == "get" && len(others) == 2:
		i := slices.IndexFunc(datasets(), func(d dataset) bool { return d.name == others[1] })
		if i < 0 {
			return c.usage("there is no data set %q: convnotes data list shows them", "没有数据集 %q：用 convnotes data list 查看", others[1])
		}
		folder := *to
		if folder == "" {
			home, err := os.UserHomeDir()
			if err != nil {
				return c.environment(err, "your home folder is not known: name a folder with --to", "找不到你的主目录：请用 --to 指定目录")
			}
			folder = filepath.Join(home, "convnotes", "data", others[1]) // beside the lessons
		}
		return c.getData(ctx, http.DefaultClient, datasets()[i], folder)
	}
	return c.usage("say convnotes data list, or convnotes data get NAME", "请用 convnotes data list 或 convnotes data get 名称")
}

func (c *call) listData(asJSON bool) error {
	type row struct {
		Name  string `json:"name"`
		About string `json:"about"`
		Terms string `json:"terms"`
		Bytes int64  `json:"bytes"`
	}
	var rows []row
	for _, d := range datasets() {
		rows = append(rows, row{d.name, c.say(d.about.en, d.about.zh), c.say(d.terms.en, d.terms.zh), d.size()})
	}
	if asJSON {
		return c.json(rows)
	}
	for _, r := range rows {
		fmt.Fprintf(c.stdout, "%-14s %5.0f MB  %s (%s)\n", r.Name, float64(r.Bytes)/1e6, r.About, r.Terms)
	}
	return nil
}

func (d dataset) size() (n int64) {
	for _, f := range d.files {
		n += f.Size
	}
	return n
}

// getData says what it is about to do, brings the files, and says how to use them.
func (c *call) getData(ctx context.Context, client *http.Client, d dataset, folder string) error {
	c.tell("downloading %s (%.0f MB) from %s to %s; terms of use: %s", "将从 %[3]s 下载 %[1]s（%.0[2]f MB）到 %[4]s；许可：%[5]s",
		d.name, float64(d.size())/1e6, host(d.files[0].URL), folder, c.say(d.terms.en, d.terms.zh))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return c.environment(err, "the folder %s cannot be made: name another with --to", "无法创建目录 %s：请用 --to 指定别的目录", folder)
	}
	for _, file := range d.files {
		bar := progressbar.NewOptions64(file.Size, progressbar.OptionSetWriter(c.stderr), progressbar.OptionSetDescription(file.Name),
			progressbar.OptionShowBytes(true), progressbar.OptionSetVisibility(isTerminal(c.stderr)), progressbar.OptionClearOnFinish())
		err := download.Fetch(ctx, client, file, filepath.Join(folder, file.Name), func(have, _ int64) { bar.Set64(have) })
		if err != nil {
			return c.environment(err, "%s did not arrive; the same command goes on where it stopped", "%s 未能下载完成；重新运行同一命令会从断点继续", file.Name)
		}
	}
	use := folder
	if d.unpack != "" {
		use = filepath.Join(folder, d.unpack)
		if err := unpack(filepath.Join(folder, d.files[0].Name), folder); err != nil {
			return c.environment(err, "%s cannot be unpacked", "无法解压 %s", d.files[0].Name)
		}
	}
	fmt.Fprintf(c.stdout, d.use+"\n", use)
	return nil
}

func host(url string) string {
	_, rest, _ := strings.Cut(url, "//")
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// unpack unpacks a .tar.gz; names that lead out of the folder are refused.
func unpack(archive, folder string) error {
	in, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		return err
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !filepath.IsLocal(h.Name) {
			return fmt.Errorf("the archive holds %q, which leads out of its folder", h.Name)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if err := unpackFile(filepath.Join(folder, h.Name), t, h.Size); err != nil {
			return err
		}
	}
}

func unpackFile(path string, in io.Reader, size int64) error {
	if info, err := os.Stat(path); err == nil && info.Size() == size {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	out, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.LimitReader(in, 1<<30))
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}
