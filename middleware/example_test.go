package middleware_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// Our signer and verifier in an http.Client of the user's own.
func ExampleSign() {
	server, err := gateway().Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	merchant := gateway().Credentials()
	key, err := signer.New(merchant.PrivateKey)
	if err != nil {
		fmt.Println(err)
		return
	}

	sign := middleware.Sign(middleware.SignConfig{
		Credential: signer.Credential{ID: merchant.MchID, Serial: merchant.Serial, Signer: key},
		Origins:    []string{server.URL},
	})
	verify := middleware.Verify(middleware.VerifyConfig{
		Verifier: signer.NewVerifier(merchant.PlatformKeys(), nil),
	})
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &http.Client{
		Transport: verify(sign(transport)),
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // no signature covers a redirect
		},
	}

	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost,
		server.URL+"/v3/pay/transactions/native", strings.NewReader(`{"appid":"wxd678efh567hg6787","mchid":"`+merchant.MchID+
			`","description":"QQ公仔","out_trade_no":"EXAMPLE-SIGN","notify_url":"https://example.com/","amount":{"total":100}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	r.Header.Set("Accept", "application/json")
	resp, err := client.Do(r)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status, middleware.Verified(resp))
	// Output: 200 OK true
}
