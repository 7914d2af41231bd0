package wire_test

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/wire"
)

// TestRecordings: what the PHP SDK sent is taken where an independent server took it, and refused
// where that would have refused it.
func TestRecordings(t *testing.T) {
	t.Parallel()
	endpoints := map[string]catalogue.Endpoint{}
	for _, e := range catalogue.All() {
		if e.Version == 2 {
			endpoints[e.Path] = e
		}
	}
	count := map[string]int{}
	for _, r := range vectors.LoadV2(t) {
		if r.Sent == nil || r.ServerView == "" {
			continue
		}
		at, err := url.Parse("http://sandbox" + r.Sent.Target)
		require.NoError(t, err)
		e, known := endpoints[at.Path]
		key, _ := r.Config["secret"].(string)
		switch {
		case !known || e.Method != r.Sent.Method || key == "":
			count["of no endpoint"]++
			continue
		case r.Group == "mchid" || e.Features.Multipart != nil && strings.HasPrefix(r.Sent.Headers["Content-Type"], "text/xml"):
			count["of no merchant, or no upload"]++ // which that server did not look at
			continue
		}
		request, err := http.NewRequestWithContext(t.Context(), r.Sent.Method, at.String(), strings.NewReader(""))
		require.NoError(t, err)
		request.Header.Set("Content-Type", r.Sent.Headers["Content-Type"])
		q, err := wire.Read(e, request, []byte(r.Sent.Body))
		if err == nil {
			mchid, _ := r.Config["mchid"].(string)
			err = q.Authenticate(mchid, key, "")
		}
		count[r.ServerView[:2]+" "+verdict(err)]++
		t.Run(strconv.Itoa(r.ID)+" "+r.Group, func(t *testing.T) {
			if r.ServerView == "ok" {
				require.NoError(t, err, r.Name)
			} else {
				require.Error(t, err, r.ServerView)
			}
		})
	}
	t.Log(count)
	assert.GreaterOrEqual(t, count["ok taken"], 350)
}

func verdict(err error) string {
	var fault *wire.Fault
	if errors.As(err, &fault) {
		return fault.Message
	}
	return "taken"
}
