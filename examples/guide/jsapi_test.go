package guide_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/paysign"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestJSAPI(t *testing.T) {
	s := sandboxtest.New(t)
	order, missing := orderOf("JSAPI-0001"), errors.New("not theirs")
	handler := guide.PayHandler(s.Client, func(r *http.Request) (guide.Order, string, error) {
		if r.URL.Path != "/orders/1/pay" {
			return guide.Order{}, "", missing
		}
		return order, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", nil
	})
	ask := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		handler(w, httptest.NewRequestWithContext(t.Context(), "POST", path, nil))
		return w
	}

	w := ask("/orders/1/pay")
	require.Equal(t, http.StatusOK, w.Code)
	var params paysign.JSAPIParams
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &params))
	assert.Equal(t, order.AppID, params.AppID)
	assert.Equal(t, "RSA", params.SignType)
	message := strings.Join([]string{params.AppID, params.TimeStamp, params.NonceStr, params.Package, ""}, "\n")
	digest := sha256.Sum256([]byte(message))
	signature, err := base64.StdEncoding.DecodeString(params.PaySign)
	require.NoError(t, err)
	require.NoError(t, rsa.VerifyPKCS1v15(&s.Credentials.PrivateKey.PublicKey, crypto.SHA256, digest[:], signature))

	_, err = s.Gateway.Pay(order.OutTradeNo)
	require.NoError(t, err)
	assert.Equal(t, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", tradeOf(t, s, order.OutTradeNo).Get("payer.openid").String())

	assert.Equal(t, http.StatusNotFound, ask("/orders/2/pay").Code)
	assert.Equal(t, http.StatusBadGateway, ask("/orders/1/pay").Code, "it is paid")
}
