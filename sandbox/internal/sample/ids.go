package sample

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"strings"
)

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// hash returns 64 hex digits for a name: the same in all replies of one seed, so that an id
// comes back wherever it stands.
func (g *generator) hash(name string, at level) string {
	return digest(g.Seed + "\n" + at.seed + "\n" + name)
}

// letters returns letters and digits that begin with prefix, length in all.
func (g *generator) letters(name string, at level, prefix string, length int) string {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	return g.written(name, at, prefix, alphabet, length)
}

// hex returns hex digits that begin with prefix, length in all.
func (g *generator) hex(name string, at level, prefix string, length int) string {
	return g.written(name, at, prefix, "0123456789abcdef", length)
}

// digits returns digits that begin with prefix, length in all.
func (g *generator) digits(name string, at level, prefix string, length int) string {
	return g.written(name, at, prefix, "0123456789", length)
}

func (g *generator) written(name string, at level, prefix, alphabet string, length int) string {
	n, _ := new(big.Int).SetString(g.hash(name, at), 16)
	base, digit := big.NewInt(int64(len(alphabet))), new(big.Int)
	var text strings.Builder
	text.WriteString(prefix)
	for text.Len() < length {
		if n.Sign() == 0 { // all of the hash is written
			n.SetString(digest(text.String()), 16)
		}
		n.DivMod(n, base, digit)
		text.WriteByte(alphabet[digit.Int64()])
	}
	return text.String()
}

// prepayID returns the id of a prepared payment, which begins with its time.
func (g *generator) prepayID(name string, at level) string {
	return "wx" + g.Made.In(shanghai).Format("20060102150405") + g.hex(name, at, "", 20)
}

// card returns the number of a bank card, with its check digit by Luhn.
func (g *generator) card(name string, at level) string {
	number := g.digits(name, at, "622202", 18)
	sum := 0
	for i := range number {
		n := int(number[len(number)-1-i] - '0')
		if i%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return number + itoa((10-sum%10)%10)
}

// citizen returns an identity card number of nobody: of an area that does not exist, with
// its check digit.
func (g *generator) citizen(name string, at level) string {
	number := g.digits(name, at, "99999919900101", 17)
	sum := 0
	for i := range number {
		sum += int(number[i]-'0') * ((1 << (17 - i)) % 11)
	}
	return number + string("10X98765432"[sum%11])
}

// credit returns a unified social credit code, with its check digit.
func (g *generator) credit(name string, at level) string {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	number, weight, sum := g.written(name, at, "91440300MA", alphabet, 17), 1, 0
	for i := range number {
		sum += strings.IndexByte(alphabet, number[i]) * weight
		weight = weight * 3 % 31
	}
	return number + string(alphabet[(31-sum%31)%31])
}
