package sandbox_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// exampleShop starts a gateway, and a client of its merchant that has made an order.
func exampleShop(number string) (gateway *sandbox.Gateway, client *wechatpay.Client, end func(), err error) {
	keys, err := sharedKeys()
	if err != nil {
		return nil, nil, nil, err
	}
	gateway, err = sandbox.New(sandbox.Config{Keys: keys})
	if err != nil {
		return nil, nil, nil, err
	}
	server, err := gateway.Start()
	if err != nil {
		return nil, nil, nil, err
	}
	c := gateway.Credentials()
	client, err = wechatpay.New(wechatpay.Config{
		MchID: c.MchID, Serial: c.Serial, PrivateKey: c.PrivateKey, PlatformKeys: c.PlatformKeys(), BaseURL: server.URL,
	})
	if err != nil {
		server.Close()
		return nil, nil, nil, err
	}
	_, err = client.Chain("v3/pay/transactions/native").Post(context.Background(), &wechatpay.Options{JSON: wechatpay.M{
		"appid": "wxd678efh567hg6787", "mchid": c.MchID, "description": "Tea", "out_trade_no": number,
		"notify_url": "https://example.com/pay", "amount": wechatpay.M{"total": 100},
	}})
	return gateway, client, func() { client.CloseIdleConnections(); server.Close() }, err
}

func ExampleGateway_Deliver() {
	gateway, _, end, err := exampleShop("example-deliver")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer end()
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent) // a real one verifies first: package notify
	}))
	defer shop.Close()
	if _, err := gateway.Pay("example-deliver"); err != nil {
		fmt.Println(err)
		return
	}
	paid, err := gateway.PaidNotification("example-deliver")
	if err != nil {
		fmt.Println(err)
		return
	}
	attempts, err := gateway.Deliver(context.Background(), sandbox.Delivery{URL: shop.URL}, paid)
	fmt.Println(len(attempts), attempts[0].Status, err)
	// Output: 1 204 <nil>
}

func ExampleGateway_Arm() {
	gateway, client, end, err := exampleShop("example-arm")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer end()
	err = gateway.Arm(sandbox.FaultRule{Method: "POST", Fault: "drop", Times: 3}) // every attempt
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Chain("v3/pay/transactions/out-trade-no/example-arm/close").Post(context.Background(), &wechatpay.Options{
		JSON: wechatpay.M{"mchid": gateway.Credentials().MchID},
	})
	fmt.Println(wechatpay.OutcomeUnknown(err))
	// Output: true
}

func ExampleGateway_AdvanceClock() {
	gateway, _, end, err := exampleShop("example-old")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer end()
	gateway.AdvanceClock(8 * 24 * time.Hour)
	_, err = gateway.Pay("example-old")
	fmt.Println(err != nil) // it has expired
	// Output: true
}
