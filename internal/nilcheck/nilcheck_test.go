package nilcheck

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestIsNil(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		value any
		want  bool
	}{
		{"nil", nil, true},
		{"nil pointer", (*http.Client)(nil), true},
		{"nil function", http.HandlerFunc(nil), true},
		{"nil map", http.Header(nil), true},
		{"pointer", new(http.Client), false},
		{"function", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), false},
		{"struct", http.Client{}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, IsNil(tc.value))
		})
	}
}
