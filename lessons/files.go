package lessons

import (
	"bytes"
	"fmt"

	"github.com/convnotes/convnotes/lessons/notebook"
)

// Files returns the notebooks and pages of a language by file name.
func Files(language string, form Form) (map[string][]byte, error) {
	all, err := Pages()
	if err != nil {
		return nil, err
	}
	books := map[string]*notebook.Notebook{}
	for _, l := range all {
		books[l.Name] = l.Notebook(language, form)
	}
	files := map[string][]byte{}
	for name, book := range books {
		var b bytes.Buffer
		if err := notebook.Write(&b, book); err != nil {
			return nil, fmt.Errorf("%s in %s: %w", name, language, err)
		}
		files[name+".ipynb"] = b.Bytes()
	}
	return files, nil
}
