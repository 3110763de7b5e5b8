package gocell

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// machineMemory is what the machine has, in bytes:
// https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-globalmemorystatusex.
func machineMemory() uint64 {
	var status struct {
		length, load                                                 uint32
		total, available, totalPage, freePage, virtual, free, extent uint64
	}
	status.length = uint32(unsafe.Sizeof(status))
	call := windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")
	if ok, _, _ := call.Call(uintptr(unsafe.Pointer(&status))); ok == 0 {
		return unknownMemory
	}
	return status.total
}
