//go:build ignore

package pbkdf2

import (
	"hash"

	"github.com/convnotes/convnotes/kernel/gocell/packages/native"
)

func Key[Hash hash.Hash](h func() Hash, password string, salt []byte, iter, keyLength int) ([]byte, error) {
	return native.PBKDF2(func() hash.Hash { return h() }, password, salt, iter, keyLength)
}
