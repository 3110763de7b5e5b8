//go:build race

package train_test

// raced: the race detector empties pools at random, so that what is new cannot be counted.
const raced = true
