package kernel

import "golang.org/x/sys/unix"

// dup2 makes to a copy of from. Linux on arm64 and riscv64 has dup3 only.
func dup2(from, to int) error { return unix.Dup3(from, to, 0) }
