package lessons

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/convnotes/convnotes/kernel/display"
	"github.com/convnotes/convnotes/lessons/check"
	"github.com/convnotes/convnotes/lessons/source"
)

// A Session is what the first cell of a notebook sets: %lesson 06 zh.
type Session struct {
	Lesson   Lesson
	Language string // of checks, figures and explanations
	Seed     int64  // of random inputs and weights
}

// ParseSession reads what follows %lesson: the number of a lesson, a language,
// and, where another seed than the lesson's own is wanted, seed=N.
func ParseSession(arguments string) (Session, error) {
	words := strings.Fields(arguments)
	if len(words) < 2 || len(words) > 3 {
		return Session{}, fmt.Errorf("%%lesson %s: want a lesson and a language, as %%lesson 06 en", strings.TrimSpace(arguments))
	}
	lesson, err := Find(words[0])
	if err != nil {
		return Session{}, err
	}
	s := Session{Lesson: lesson, Language: words[1], Seed: int64(lesson.Seed)}
	if s.Language != "en" && s.Language != "zh" {
		return Session{}, fmt.Errorf("%%lesson: language %q: want en or zh", s.Language)
	}
	if len(words) == 3 {
		value, ok := strings.CutPrefix(words[2], "seed=")
		if s.Seed, err = strconv.ParseInt(value, 10, 64); !ok || err != nil {
			return Session{}, fmt.Errorf("%%lesson: %q: want seed=N with a whole number", words[2])
		}
	}
	return s, nil
}

// Begin sets the language and the seed of the session's checks and figures. The
// seed of cnn is the caller's to set.
func (s Session) Begin() {
	display.SetLanguage(s.Language)
	check.Seed(s.Seed)
}

// String greets: the lesson's number, title and language.
func (s Session) String() string {
	format := source.Text{EN: "Lesson %s: %s", ZH: "第 %s 课：%s"}.In(s.Language)
	return fmt.Sprintf(format, strings.TrimPrefix(s.Lesson.ID, "0"), s.Lesson.Title().In(s.Language))
}
