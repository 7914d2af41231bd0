package accel

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"
)

// testDigest is what is signed to compare OpenSSL with crypto/rsa.
var testDigest = sha256.Sum256([]byte("self-test"))

// selfTest returns an error if OpenSSL does not sign as crypto/rsa does.
func (l *library) selfTest() error {
	key := testKey()
	want, err := key.Sign(nil, testDigest[:], crypto.SHA256)
	if err != nil {
		return err
	}
	_, err = l.newKey(key, want)
	return err
}

// testKey returns the key of the self-test. It signs nothing else: its primes, in base 62,
// are no secret, and stand here because finding some takes up to a second.
func testKey() *rsa.PrivateKey {
	p, _ := new(big.Int).SetString(""+
		"IdtEQKTF5DAZCaH60xoh9r6GtVJQcPESDlXaiLrp00FFlUdJmlvAsZFRM2dgigP6J3GwfDBOSLdpNBtedclIdAnchQ"+
		"EiD83uL6aaXLKz1bae4ccCotsDZEvBQSc6slW9zlscecA6f0t8E4RW9xUlQJGaFtZJGTE8Q0SWyGSiU0v1", 62)
	q, _ := new(big.Int).SetString(""+
		"Pumd4BIsObCbW0s3e03krgHnylgJfxF73CuUIG4NQkf3vTJ086tOfFYgfO24Dy4o9awzesXXQYGMJ6DHay88z8fT1D"+
		"mqhKAWyqyXos2D1UleeGTtf3rBTPakhRSsUOU6yc29kkbTjXETWahqHTl3mnCjAejUfLcOAFP5t2gfAraL", 62)
	e, one := big.NewInt(65537), big.NewInt(1)
	totient := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: int(e.Int64())},
		D:         new(big.Int).ModInverse(e, totient),
		Primes:    []*big.Int{p, q},
	}
	key.Precompute()
	return key
}
