package main

import (
	"strings"

	"golang.org/x/sys/windows"
)

// systemSpeaksChinese answers where the environment names no language, which is
// the rule on Windows: the user's first language for menus decides.
func systemSpeaksChinese() bool {
	languages, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	return err == nil && len(languages) > 0 && strings.HasPrefix(languages[0], "zh")
}
