package compute

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"unsafe"
)

// TestLargeArraysAskForLargePages looks the array up among the mappings of this
// process: the flag hg says that the system was asked.
func TestLargeArraysAskForLargePages(t *testing.T) {
	if _, err := os.Stat("/sys/kernel/mm/transparent_hugepage"); err != nil {
		t.Skip("this system has no large pages")
	}
	x, y := Zeros[float32](8<<20), Room(8<<20)
	for name, p := range map[string]*float32{"first of Zeros": &x[0], "last of Zeros": &x[len(x)-1], "first of Room": &y[0], "last of Room": &y[len(y)-1]} {
		if flags := mappingFlags(t, uintptr(unsafe.Pointer(p))); !strings.Contains(flags+" ", " hg ") {
			t.Errorf("%s lies in a mapping with the flags%s", name, flags)
		}
	}
}

// mappingFlags returns the flags of the mapping with an address.
func mappingFlags(t *testing.T, address uintptr) string {
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	inside := false
	for s := bufio.NewScanner(f); s.Scan(); {
		var lo, hi uintptr
		if n, _ := fmt.Sscanf(s.Text(), "%x-%x ", &lo, &hi); n == 2 {
			inside = lo <= address && address < hi
		}
		if flags, ok := strings.CutPrefix(s.Text(), "VmFlags:"); ok && inside {
			return flags
		}
	}
	t.Fatalf("no mapping has the address %x", address)
	return ""
}
