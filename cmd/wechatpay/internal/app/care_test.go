package app_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

func TestTakesEffect(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, method, path string
		want               bool
	}{
		{"a query", http.MethodGet, "v3/refund/domestic/refunds/{out_refund_no}", false},
		{"a refund", http.MethodPost, "v3/refund/domestic/refunds", true},
		{"a deletion", http.MethodDelete, "v3/merchant-service/complaint-notifications", true},
		{"an unknown path", http.MethodPost, "v3/unheard/of", true},
		{"a query of APIv2, which is a POST", http.MethodPost, "v2/pay/orderquery", false},
		{"a refund of APIv2", http.MethodPost, "v2/secapi/pay/refund", true},
		{"an unknown path of APIv2", http.MethodPost, "v2/unheard/of", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, app.Request{Method: row.method, Path: row.path}.TakesEffect())
		})
	}
}

// testApp returns an App with an environment of its own, and what it says to a person.
func testApp(env map[string]string) (*app.App, *bytes.Buffer) {
	said := &bytes.Buffer{}
	return &app.App{
		In: strings.NewReader("y\n"), Out: &bytes.Buffer{}, Err: said,
		Getenv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}, said
}

var refund = app.Request{Method: http.MethodPost, Path: "v3/refund/domestic/refunds", Body: []byte(`{"out_refund_no":"12","amount":{"refund":1}}`)}

func TestCareWithoutATerminal(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		request app.Request
		yes     bool
		want    int
	}{
		{"a query goes through", app.Request{Method: http.MethodGet, Path: "v3/certificates"}, false, failure.OK},
		{"a refund is not confirmed by what stands in a pipe", refund, false, failure.NotConfirmed},
		{"but by --yes", refund, true, failure.OK},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			a, said := testApp(map[string]string{"WECHATPAY_MCHID": "1900000109"})
			a.Flags.Yes = row.yes
			err := a.Care(t.Context(), row.request)
			require.Equal(t, row.want, failure.Code(err), "%v", err)
			if err != nil {
				require.ErrorContains(t, err, "--yes")
			}
			assert.Empty(t, said.String())
		})
	}
}
