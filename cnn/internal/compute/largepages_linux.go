package compute

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// inLargePages asks the system to keep a large array in pages of 2 MB. A network's
// weights are read once in every pass, and with pages of 4 KB the processor then
// looks up more page tables than it has room to remember: 4 to 6 % of GoogLeNet's
// time. Linux gives such pages for the asking (or always, or never); what else lies
// in the same 2 MB shares them. An error means that there are none.
func inLargePages(p unsafe.Pointer, bytes int) {
	const page, least = 2 << 20, 256 << 10
	if bytes < least {
		return
	}
	first := uintptr(p) &^ (page - 1)
	end := (uintptr(p) + uintptr(bytes) + page - 1) &^ (page - 1)
	unix.Syscall(unix.SYS_MADVISE, first, end-first, unix.MADV_HUGEPAGE)
}
