// Package loops has the loops that the engine is measured by, as compiled Go.
package loops
