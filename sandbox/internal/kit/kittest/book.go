package kittest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A Book is a part that is saved and loaded.
type Book interface {
	Handlers() map[string]play.Handler
	Save() ([]byte, error)
	Load(data []byte) error
}

// Reload has an empty Book load what another has saved, and go on in its World.
func Reload[B Book](t *testing.T, w *World, old, empty B) B {
	t.Helper()
	saved := save(t, old)
	require.NoError(t, empty.Load(saved))
	require.JSONEq(t, string(saved), string(save(t, empty)))
	w.Handlers = empty.Handlers()
	return empty
}

// NotWhole has a Book refuse to load texts, which a test names, and what is no JSON. The Book
// stays as it is. Nothing at all can be loaded, by one that is empty.
func NotWhole(t *testing.T, name string, book, empty Book, texts map[string]string) {
	t.Helper()
	saved := save(t, book)
	texts["no JSON"] = "{"
	for row, text := range texts {
		t.Run(row, func(t *testing.T) {
			require.ErrorContains(t, book.Load([]byte(text)), name+": Load: ")
		})
	}
	require.JSONEq(t, string(saved), string(save(t, book)), "the Book is as it was")
	require.NoError(t, empty.Load([]byte(`{}`)))
}

// Edited returns what a Book saves, edited in several ways.
func Edited(t *testing.T, book Book, edits map[string]func(play.Object)) map[string]string {
	t.Helper()
	texts := make(map[string]string, len(edits))
	for row, edit := range edits {
		o := Saved(t, book)
		edit(o)
		texts[row] = o.Canonical()
	}
	return texts
}

// Saved returns what a Book saves.
func Saved(t *testing.T, book Book) play.Object {
	t.Helper()
	o, err := play.ParseObject(save(t, book))
	require.NoError(t, err)
	return o
}

func save(t *testing.T, book Book) []byte {
	t.Helper()
	saved, err := book.Save()
	require.NoError(t, err)
	return saved
}

// Seeds runs a test of random histories, one of each seed.
func Seeds(t *testing.T, n uint64, test func(t *testing.T, seed uint64)) {
	t.Helper()
	for seed := range n {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			test(t, seed)
		})
	}
}

// A Random makes the choices of a history.
type Random struct{ *rand.Rand }

// NewRandom returns the Random of a seed.
func NewRandom(seed uint64) Random { return Random{rand.New(rand.NewPCG(seed, 1))} } //nolint:gosec // it is to give the same again

// Pick chooses one of a list.
func Pick[T any](r Random, list ...T) T { return list[r.IntN(len(list))] }
