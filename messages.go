package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"
)

// A text is what we say, in English and in Chinese.
type text struct{ en, zh string }

// say picks the language of the person.
func (c *call) say(en, zh string) string {
	if c.chinese {
		return zh
	}
	return en
}

// tell prints a message on stderr.
func (c *call) tell(en, zh string, args ...any) {
	fmt.Fprintf(c.stderr, c.say(en, zh)+"\n", args...)
}

// language is the session's language as display.SetLanguage takes it.
func (c *call) language() string { return c.say("en", "zh") }

// speaksChinese follows the environment as gettext does: the first of these that
// is set decides.
func speaksChinese(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := getenv(name); value != "" {
			return strings.HasPrefix(value, "zh")
		}
	}
	return systemSpeaksChinese()
}

// A failure is an error with its exit code and a sentence for the person.
type failure struct {
	code     int
	sentence string
	cause    error // more to know, shown below the sentence
}

func (f *failure) Error() string { return f.sentence }
func (f *failure) Unwrap() error { return f.cause }

// errSaid says that everything was said already.
var errSaid = errors.New("said already")

// usage is the failure of a call that cannot be understood.
func (c *call) usage(en, zh string, args ...any) error {
	return &failure{exitUsage, fmt.Sprintf(c.say(en, zh), args...), nil}
}

// environment is the failure of a machine that lacks something.
func (c *call) environment(cause error, en, zh string, args ...any) error {
	return &failure{exitEnvironment, fmt.Sprintf(c.say(en, zh), args...), cause}
}

// exit prints an error and returns its exit code. An error that is no failure is
// one of the machine: a file, a folder, the network.
func (c *call) exit(err error) int {
	var f *failure
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.Is(err, errSaid):
		return exitUsage
	case !errors.As(err, &f):
		f = &failure{exitEnvironment, err.Error(), nil}
	}
	if f.sentence != "" {
		fmt.Fprintln(c.stderr, "convnotes: "+f.sentence)
	}
	if f.cause != nil {
		fmt.Fprintln(c.stderr, indent(2, f.cause.Error()))
	}
	return f.code
}

// indent puts n spaces before every line.
func indent(n int, text string) string {
	space := strings.Repeat(" ", n)
	return space + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+space)
}
