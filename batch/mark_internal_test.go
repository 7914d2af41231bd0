package batch

import (
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

// A store that does not wait for the disk may have forgotten what was written before the power failed.
func TestPowerFails(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		open    func(string) (*Store, error)
		another bool // the system was started anew
		forgot  bool
	}{
		{"relaxed, killed", EmbeddedRelaxed, false, false},
		{"relaxed, power", EmbeddedRelaxed, true, true},
		{"durable, power", Embedded, true, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			store, err := row.open(t.TempDir())
			require.NoError(t, err)
			defer func() { assert.NoError(t, store.Close()) }()
			_, err = store.open(t.Context(), "1900000109")
			require.NoError(t, err)
			m, err := store.begin(t.Context(), "x", true)
			require.NoError(t, err)
			assert.Zero(t, m.Forgot)
			if row.another {
				m.Boot = "another"
				require.NoError(t, store.setMark(t.Context(), &m))
			}
			m, err = store.begin(t.Context(), "x", true)
			require.NoError(t, err)
			assert.Equal(t, row.forgot, m.Forgot != 0)
		})
	}
}
