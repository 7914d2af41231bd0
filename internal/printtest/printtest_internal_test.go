package printtest

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"testing"
)

func TestFind(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	secrets := append(PrivateNumbers(key), "Secret-1")
	for _, tc := range []struct {
		name, text string
		found      bool
	}{
		{"as it is", "x Secret-1 x", true},
		{"hex", fmt.Sprintf("%X", struct{ s string }{"Secret-1"}), true},
		{"bytes", fmt.Sprintf("%d", []byte("a Secret-1")), true},
		{"Go syntax", fmt.Sprintf("%#v", []byte("a Secret-1")), true},
		{"key", fmt.Sprint(key), true},
		{"words of a number", fmt.Sprint(struct{ d any }{key.D.Bits()}), true},
		{"address of a key", fmt.Sprint(struct{ key *rsa.PrivateKey }{key}), false},
		{"other text", "nothing", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if form := find(tc.text, secrets); (form != "") != tc.found {
				t.Errorf("found %.20q in %.200s", form, tc.text)
			}
		})
	}
}
