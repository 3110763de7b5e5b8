package display_test

import (
	"fmt"

	"github.com/convnotes/convnotes/kernel/display"
)

func ExampleOf() {
	type city struct {
		Name    string
		Million float64
	}
	b := display.Of([]city{{"Shanghai", 24.9}, {"Chengdu", 20.9}})
	fmt.Println(b.Data["text/plain"])
	// Output:
	//    Name      Million
	// 0  Shanghai  24.9
	// 1  Chengdu   20.9
}

func ExampleMath() {
	fmt.Println(display.Math(`\lfloor (n + 2p - k)/s \rfloor + 1`).Data["text/latex"])
	// Output: $$\lfloor (n + 2p - k)/s \rfloor + 1$$
}
