package gocell

import (
	"encoding/json"
	"maps"
	"os"
)

// RememberIn keeps the names that cells declare, with their cells, in a file:
// a restarted kernel with the same file can say which cell to run again when it
// meets a name it does not know. A file that cannot be read counts as empty.
func RememberIn(file string) Option {
	return func(s *Engine) {
		s.helping.file = file
		if text, err := os.ReadFile(file); err == nil {
			_ = json.Unmarshal(text, &s.helping.before)
		}
	}
}

// remember writes the file after a cell that declared something.
func (s *Engine) remember() {
	if s.helping.file == "" {
		return
	}
	names := map[string]int{}
	maps.Copy(names, s.helping.before)
	for name, d := range s.live {
		if d.cell != nil {
			names[name] = d.cell.number
		}
	}
	if maps.Equal(names, s.helping.written) {
		return
	}
	s.helping.written = names
	text, err := json.Marshal(names)
	if err != nil {
		return
	}
	temporary := s.helping.file + ".new"
	if os.WriteFile(temporary, text, 0o600) == nil {
		_ = os.Rename(temporary, s.helping.file)
	}
}
