//go:build !js

package native

import (
	"crypto/hkdf"
	"crypto/pbkdf2"
	_ "database/sql" // for convertAssign
	"hash"
	_ "unsafe" // for linkname
)

// ConvertAssign is what the Scan methods of package sql convert with; the
// package keeps it open for linkname.
func ConvertAssign(dest, src any) error { return convertAssign(dest, src) }

//go:linkname convertAssign database/sql.convertAssign
func convertAssign(dest, src any) error

// Extract, Expand and Key are those of hkdf, PBKDF2 is the Key of pbkdf2.
func Extract(h func() hash.Hash, secret, salt []byte) ([]byte, error) {
	return hkdf.Extract(h, secret, salt)
}

func Expand(h func() hash.Hash, key []byte, info string, length int) ([]byte, error) {
	return hkdf.Expand(h, key, info, length)
}

func Key(h func() hash.Hash, secret, salt []byte, info string, length int) ([]byte, error) {
	return hkdf.Key(h, secret, salt, info, length)
}

func PBKDF2(h func() hash.Hash, password string, salt []byte, iter, length int) ([]byte, error) {
	return pbkdf2.Key(h, password, salt, iter, length)
}
