package cipher

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// TestFieldsGoThroughAnObjectOnce: the work grows with the text, however many paths lead into it.
func TestFieldsGoThroughAnObjectOnce(t *testing.T) {
	t.Parallel()
	for _, n := range []int{10, 100, 1000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			fields, members := make(Fields, 0, n), make([]string, 0, n)
			for i := range n {
				fields = append(fields, fmt.Sprintf("list.#.key%d", i))
				members = append(members, fmt.Sprintf(`"key%d":"x"`, i))
			}
			paths, err := fields.tree()
			require.NoError(t, err)
			s := search{fields: fields}
			s.walk(gjson.Parse(`{"list":[{`+strings.Join(members, ",")+`}]}`), paths, "")
			require.NoError(t, s.err)
			assert.Len(t, s.found, n)
			assert.Equal(t, 1+n, s.gone)
		})
	}
}
