//go:build !race

package train_test

const raced = false
