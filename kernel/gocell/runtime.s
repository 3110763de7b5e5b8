// Functions without a body in runtime.go are the Go runtime's; this file lets the compiler take them.
