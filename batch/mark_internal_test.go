package batch

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a store may have lost or forgotten is asked for.
func TestDoubt(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		mark  mark
		first bool
		want  int64
	}{
		{"a store that knows all", mark{}, false, 0},
		{"one that may have been lost", mark{Lost: 5}, false, 1005},
		{"one that was not, by promise", mark{Lost: 5}, true, 0},
		{"one that may have forgotten", mark{Lost: 5, Forgot: 7}, true, 1007},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, row.mark.doubt(row.first, time.Second))
		})
	}
}

// A store that does not wait for the disk may have forgotten what was written before the power failed: all
// since it was opened, also what tells that a run was on, and also if that had ended well.
func TestPowerFails(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name          string
		before, after func(string) (*Store, error)
		closed        bool // the store, well, before the power fails
		another       bool // the system was started anew
		forgot        bool
	}{
		{"relaxed, killed", EmbeddedRelaxed, EmbeddedRelaxed, false, false, false},
		{"relaxed, power", EmbeddedRelaxed, EmbeddedRelaxed, false, true, true},
		{"relaxed, power, and durable then", EmbeddedRelaxed, Embedded, false, true, true},
		{"relaxed, killed, and durable then", EmbeddedRelaxed, Embedded, false, false, false},
		{"relaxed, closed, power", EmbeddedRelaxed, EmbeddedRelaxed, true, true, false},
		{"durable, power", Embedded, Embedded, false, true, false},
		{"durable, power, and relaxed then", Embedded, EmbeddedRelaxed, false, true, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			dir, disk := t.TempDir(), t.TempDir()
			store, err := row.before(dir)
			require.NoError(t, err)
			require.NoError(t, os.CopyFS(disk, os.DirFS(dir))) // the least that is on disk from now on
			if row.closed {
				require.NoError(t, store.Close())
				disk = dir
			} else {
				defer func(store *Store) { assert.NoError(t, store.Close()) }(store)
			}
			if note := filepath.Join(disk, "RELAXED"); row.another {
				if _, err := os.Stat(note); err == nil {
					require.NoError(t, os.WriteFile(note, []byte("another"), 0o600))
				}
			}
			for range 2 { // who opens it, and does nothing, does not make it forget that it forgot
				store, err = row.after(disk)
				require.NoError(t, err)
				require.NoError(t, store.Close())
			}
			store, err = row.after(disk)
			require.NoError(t, err)
			defer func() { assert.NoError(t, store.Close()) }()
			_, err = store.open(t.Context(), "1900000109")
			require.NoError(t, err)
			m, err := store.begin(t.Context(), "x", true)
			require.NoError(t, err)
			assert.Equal(t, row.forgot, m.Forgot != 0)
			m, err = store.begin(t.Context(), "x", true)
			require.NoError(t, err)
			assert.Equal(t, row.forgot, m.Forgot != 0)
		})
	}
}
