package guide

import (
	"context"
	"fmt"
	"os"
	"path"
	"sync"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/notify"
)

// A Merchant is one of several merchants of a process.
type Merchant struct {
	Client   *wechatpay.Client
	APIv3Key cipher.Secret
}

// Merchants holds a client for each merchant by its mchid. It is safe for concurrent use.
type Merchants struct {
	mu sync.RWMutex
	by map[string]Merchant
}

// Add makes the client of a merchant, or replaces it: calls in flight end with the old one.
func (m *Merchants) Add(cfg wechatpay.Config) error {
	client, err := wechatpay.New(cfg)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.by == nil {
		m.by = map[string]Merchant{}
	}
	m.by[client.CallerID()] = Merchant{client, cfg.APIv3Key}
	return nil
}

// Client returns the client of a merchant. There is no default one: an order of one merchant
// must not go out in the name of another.
func (m *Merchants) Client(mchid string) (*wechatpay.Client, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	merchant, ok := m.by[mchid]
	if !ok {
		return nil, fmt.Errorf("no merchant %q", mchid)
	}
	return merchant.Client, nil
}

// Handler returns the handler of the URL that all merchants share. It finds the merchant of a
// notification by the key that signed it, or else by the APIv3 key that decrypts it. Make a
// new one after Add.
func (m *Merchants) Handler(paid func(ctx context.Context, mchid string, order notify.Transaction) error) (*notify.MultiHandler, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	handlers := map[string]*notify.Handler{}
	for mchid, merchant := range m.by {
		handler, err := notify.NewHandler(notify.HandlerConfig{
			Config: notify.Config{Keys: merchant.Client.PlatformKeys(), APIv3Key: merchant.APIv3Key},
			Routes: map[notify.Route]notify.Func{
				{EventType: notify.TransactionSuccess, OriginalType: "transaction"}: notify.Typed(
					func(ctx context.Context, _ *notify.Event, order notify.Transaction) error {
						if order.MchID != mchid {
							return fmt.Errorf("order %s of %s came as one of %s", order.OutTradeNo, order.MchID, mchid)
						}
						return paid(ctx, mchid, order)
					}),
			},
		})
		if err != nil {
			return nil, fmt.Errorf("merchant %s: %w", mchid, err)
		}
		handlers[mchid] = handler
	}
	return notify.NewMultiHandler(notify.MultiHandlerConfig{Handlers: handlers})
}

// ConfigOf reads the values of a merchant from variables such as EAST_WECHATPAY_MCHID and
// EAST_WECHATPAY_PRIVATE_KEY_FILE.
func ConfigOf(prefix string) (wechatpay.Config, error) {
	return wechatpay.ConfigFrom(func(name string) (string, bool) { return os.LookupEnv(prefix + "_" + name) })
}

// ByPath returns the handler of /wechatpay/notify/{mchid}, for orders whose notify_url has the
// mchid. The path only chooses the handler: its keys still have to fit.
func ByPath(handlers map[string]*notify.Handler) (*notify.MultiHandler, error) {
	return notify.NewMultiHandler(notify.MultiHandlerConfig{
		Handlers: handlers,
		Select:   func(r notify.Request) string { return path.Base(r.Target) },
	})
}
