//go:build !windows

package main

// systemSpeaksChinese answers where the environment names no language.
func systemSpeaksChinese() bool { return false }
