package micropay_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/micropay"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A weChatPay answers each path with its replies, of which the last one repeats. A reply is
// "name=value name=value", signed; "lost" is a connection that broke.
type weChatPay struct {
	replies map[string][]string
	calls   []string      // paths, with the seconds since the start
	sent    apiv2.Message // by the last call
	began   time.Time
}

func (w *weChatPay) roundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if w.sent, err = apiv2.Parse(body); err != nil {
		return nil, err
	}
	path := strings.TrimPrefix(r.URL.Path, "/")
	w.calls = append(w.calls, time.Since(w.began).Truncate(time.Second).String()+" "+path)
	replies := w.replies[path]
	if len(replies) == 0 {
		return nil, errors.New("no reply for " + path)
	}
	if len(replies) > 1 {
		w.replies[path] = replies[1:]
	}
	if replies[0] == "lost" {
		return nil, io.ErrUnexpectedEOF
	}
	params := []signer.Param{{Name: "return_code", Value: "SUCCESS"}, {Name: "nonce_str", Value: "n"}}
	for pair := range strings.SplitSeq(replies[0], " ") {
		name, value, _ := strings.Cut(pair, "=")
		params = append(params, signer.Param{Name: name, Value: value})
	}
	if path != "secapi/pay/reverse" && apiv2.Get(params, "result_code") == "SUCCESS" {
		for _, p := range []signer.Param{{Name: "out_trade_no", Value: "M1"}, {Name: "total_fee", Value: "100"}} {
			if apiv2.Index(params, p.Name) < 0 {
				params = append(params, p)
			}
		}
	}
	params = append(params, signer.Param{Name: "sign", Value: signer.MD5.Sign(params, vectors.V2APIKey)})
	return &http.Response{
		StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(apiv2.XML(params)))), Request: r,
	}, nil
}

func (w *weChatPay) client(t *testing.T, change func(*wechatpay.Config)) *wechatpay.Client {
	t.Helper()
	v := vectors.Load(t)
	certificate, err := tls.X509KeyPair([]byte(v.Merchant.Certificate), []byte(v.Merchant.PKCS8))
	require.NoError(t, err)
	cfg := wechatpay.Config{
		MchID: v.MchID, APIv2Key: cipher.NewSecret(vectors.V2APIKey), Certificate: certificate, Retry: middleware.RetryConfig{Attempts: 1},
		Clock: func() time.Time { return certificate.Leaf.NotBefore.Add(time.Hour) },
		Stack: func(s *middleware.Stack) error {
			return s.Push("test", func(http.RoundTripper) http.RoundTripper { return middleware.RoundTripperFunc(w.roundTrip) })
		},
	}
	if change != nil {
		change(&cfg)
	}
	c, err := wechatpay.New(cfg)
	require.NoError(t, err)
	return c
}

var order = wechatpay.M{
	"out_trade_no": "M1", "auth_code": "134567890123456789", "total_fee": 100, "body": "公仔", "spbill_create_ip": "127.0.0.1", "appid": "wx8",
}

// The replies of the rows.
const (
	done       = "result_code=SUCCESS trade_state=SUCCESS transaction_id=42"
	paying     = "result_code=FAIL err_code=USERPAYING"
	waiting    = "result_code=SUCCESS trade_state=USERPAYING"
	systemDown = "result_code=FAIL err_code=SYSTEMERROR"
	noOrder    = "result_code=FAIL err_code=ORDERNOTEXIST"
	reversed   = "result_code=SUCCESS recall=N"
)

func TestPay(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name                string
		pay, query, reverse []string
		state               string // "paid", or that of the Error
		code                string
		took                time.Duration
		queries, reversals  int
	}{
		{"paid at once", []string{done}, nil, nil, "paid", "", 0, 0, 0},
		{"refused", []string{"result_code=FAIL err_code=NOTENOUGH"}, nil, nil, "refused", "NOTENOUGH", 0, 0, 0},
		{"the number is paid already", []string{"result_code=FAIL err_code=ORDERPAID"}, nil, nil, "unknown", "ORDERPAID", 0, 0, 0},
		{"the number is used already", []string{"result_code=FAIL err_code=OUT_TRADE_NO_USED"}, nil, nil, "unknown", "OUT_TRADE_NO_USED", 0, 0, 0},
		{"a password, then paid", []string{paying}, []string{waiting, waiting, done}, nil, "paid", "", 15 * time.Second, 3, 0},
		{"another order is paid, then this one", []string{"result_code=SUCCESS out_trade_no=M2"}, []string{done}, nil, "paid", "", 5 * time.Second, 1, 0},
		{"another amount is paid, then this one", []string{"result_code=SUCCESS total_fee=1"}, []string{done}, nil, "paid", "", 5 * time.Second, 1, 0},
		{"no order is named, then this one", []string{"result_code=SUCCESS out_trade_no="}, []string{waiting, done}, nil, "paid", "", 10 * time.Second, 2, 0},
		{"a query tells of another order", []string{paying}, []string{waiting, done + " out_trade_no=M2"}, nil, "unknown", "", 10 * time.Second, 2, 0},
		{"a query tells of another amount", []string{paying}, []string{done + " total_fee=1"}, nil, "unknown", "", 5 * time.Second, 1, 0},
		{"a query tells of another order that is closed", []string{paying}, []string{"result_code=SUCCESS trade_state=CLOSED out_trade_no=M2"}, nil, "unknown", "", 5 * time.Second, 1, 0},
		{"a query tells of no order", []string{paying}, []string{done + " out_trade_no="}, nil, "unknown", "", 5 * time.Second, 1, 0},
		{"a password, then not enough", []string{paying}, []string{waiting, "result_code=SUCCESS trade_state=PAYERROR"}, nil, "refused", "PAYERROR", 10 * time.Second, 2, 0},
		{"closed meanwhile", []string{paying}, []string{"result_code=SUCCESS trade_state=CLOSED"}, nil, "refused", "CLOSED", 5 * time.Second, 1, 0},
		{"reversed at another till", []string{paying}, []string{"result_code=SUCCESS trade_state=REVOKED"}, nil, "reversed", "REVOKED", 5 * time.Second, 1, 0},
		{"refunded at another till", []string{paying}, []string{"result_code=SUCCESS trade_state=REFUND"}, nil, "reversed", "REFUND", 5 * time.Second, 1, 0},
		{"the bank is down, then paid", []string{"result_code=FAIL err_code=BANKERROR"}, []string{done}, nil, "paid", "", 5 * time.Second, 1, 0},
		{"the reply is lost, then paid", []string{"lost"}, []string{"lost", done}, nil, "paid", "", 10 * time.Second, 2, 0},
		{"no password in time", []string{paying}, []string{waiting}, []string{reversed}, "reversed", "USERPAYING", 45 * time.Second, 8, 1},
		{"reversed at the third time", []string{paying}, []string{waiting}, []string{"lost", "result_code=SUCCESS recall=Y", reversed}, "reversed", "", 55 * time.Second, 9, 3},
		{"paid, and too late to reverse", []string{paying}, append(slices.Repeat([]string{waiting}, 8), done), []string{"result_code=FAIL err_code=REVERSE_EXPIRE"}, "paid", "", 45 * time.Second, 9, 1},
		{"paid, with a reversal on its way", []string{paying}, append(slices.Repeat([]string{waiting}, 8), done), []string{"lost", systemDown, reversed}, "reversed", "SYSTEMERROR", 55 * time.Second, 10, 3},
		{"paid, and no reversal tells", []string{paying}, append(slices.Repeat([]string{waiting}, 8), done), []string{"lost"}, "unknown", "", 103 * time.Second, 20, 12},
		{"refunded by a reversal whose reply was lost", []string{paying}, append(slices.Repeat([]string{waiting}, 8), "result_code=SUCCESS trade_state=REFUND"), []string{"lost"}, "reversed", "REFUND", 45 * time.Second, 9, 1},
		{"refused, and to be reversed again", []string{paying}, []string{waiting}, []string{"result_code=FAIL err_code=TRADE_ERROR recall=Y", reversed}, "reversed", "TRADE_ERROR", 50 * time.Second, 9, 2},
		{"too late to reverse", []string{paying}, []string{waiting}, []string{"result_code=FAIL err_code=REVERSE_EXPIRE"}, "unknown", "REVERSE_EXPIRE", 45 * time.Second, 9, 1},
		{"it never arrived", []string{"lost"}, []string{noOrder}, []string{noOrder}, "refused", "ORDERNOTEXIST", 45 * time.Second, 9, 1},
		{"all is lost", []string{"lost"}, []string{"lost"}, []string{"lost"}, "unknown", "", 103 * time.Second, 20, 12},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &weChatPay{began: time.Now(), replies: map[string][]string{
					"pay/micropay": row.pay, "pay/orderquery": row.query, "secapi/pay/reverse": row.reverse,
				}}
				// 58 s, so that the end does not meet a reversal
				payment, err := micropay.Pay(t.Context(), w.client(t, nil), order, &micropay.Config{ReverseWait: 58 * time.Second})
				assert.Equal(t, row.took, time.Since(w.began), "%v", w.calls)
				assert.Equal(t, row.queries, w.count("pay/orderquery"), "%v", w.calls)
				assert.Equal(t, row.reversals, w.count("secapi/pay/reverse"), "%v", w.calls)
				assert.Equal(t, 1, w.count("pay/micropay"), "the code is charged once")
				if row.state == "paid" {
					require.NoError(t, err)
					assert.Equal(t, "42", payment.TransactionID)
					assert.True(t, payment.Verified)
					return
				}
				var failed *micropay.Error
				require.ErrorAs(t, err, &failed)
				assert.Nil(t, payment)
				assert.Equal(t, row.state, failed.State.String(), "%v", err)
				assert.Equal(t, row.state == "unknown", wechatpay.OutcomeUnknown(err), "%v", err)
				assert.Equal(t, row.code, failed.Code)
				assert.ErrorContains(t, err, `order "M1" is `+row.state)
			})
		})
	}
}

func (w *weChatPay) count(path string) int {
	count := 0
	for _, call := range w.calls {
		if strings.HasSuffix(call, " "+path) {
			count++
		}
	}
	return count
}

// TestPayWhoseContextEnds: the till is switched off, and the order is reversed all the same, not
// before 15 seconds have passed.
func TestPayWhoseContextEnds(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		after time.Duration
		cfg   *micropay.Config
		calls []string
	}{
		{"while it waits", 7 * time.Second, nil, []string{"0s pay/micropay", "5s pay/orderquery", "15s secapi/pay/reverse"}},
		{"long before the order may be reversed", time.Second, &micropay.Config{ReverseWait: 5 * time.Second}, []string{"0s pay/micropay", "15s secapi/pay/reverse"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &weChatPay{began: time.Now(), replies: map[string][]string{
					"pay/micropay": {paying}, "pay/orderquery": {waiting}, "secapi/pay/reverse": {reversed},
				}}
				ctx, cancel := context.WithTimeout(t.Context(), row.after)
				defer cancel()
				_, err := micropay.Pay(ctx, w.client(t, nil), order, row.cfg)
				var failed *micropay.Error
				require.ErrorAs(t, err, &failed)
				assert.Equal(t, micropay.Reversed, failed.State)
				assert.Equal(t, row.calls, w.calls)
			})
		})
	}
}

// TestPayNamesAnotherOrder: a reply about another order, which is signed well, says so.
func TestPayNamesAnotherOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &weChatPay{began: time.Now(), replies: map[string][]string{"pay/micropay": {paying}, "pay/orderquery": {done + " out_trade_no=M2 total_fee=1"}}}
		_, err := micropay.Pay(t.Context(), w.client(t, nil), order, nil)
		require.ErrorContains(t, err, `order "M1" is unknown`)
		require.ErrorContains(t, err, `the reply of v2/pay/orderquery is about order "M2" of 1 fen, not "M1" of 100; a cache or a proxy on the way may have given another one`)
	})
}

// TestPayWithNegativeTimes: they are defaults, and neither a flood of queries nor no reversal.
func TestPayWithNegativeTimes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &weChatPay{began: time.Now(), replies: map[string][]string{
			"pay/micropay": {paying}, "pay/orderquery": {waiting}, "secapi/pay/reverse": {reversed},
		}}
		_, err := micropay.Pay(t.Context(), w.client(t, nil), order, &micropay.Config{
			Interval: -time.Second, Wait: -time.Second, ReverseWait: -time.Second, CallTimeout: -time.Second,
		})
		var failed *micropay.Error
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, micropay.Reversed, failed.State)
		assert.Equal(t, 8, w.count("pay/orderquery"))
	})
}

// TestPayNamesTheOrder: a reversal names the order, and signs, as the payment did.
func TestPayNamesTheOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &weChatPay{began: time.Now(), replies: map[string][]string{
			"pay/micropay": {paying}, "pay/orderquery": {waiting}, "secapi/pay/reverse": {reversed},
		}}
		named := maps.Clone(order)
		named["sub_mch_id"], named["sign_type"] = 1900000110, "MD5"
		_, err := micropay.Pay(t.Context(), w.client(t, nil), named, nil)
		require.ErrorContains(t, err, "is reversed")
		for name, want := range map[string]string{
			"out_trade_no": "M1", "appid": "wx8", "mch_id": "1900000109", "sub_mch_id": "1900000110", "sign_type": "MD5", "auth_code": "",
		} {
			assert.Equal(t, want, w.sent.Get(name), name)
		}
	})
}

func TestPayRefusesBeforeItSends(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		order      any
		change     func(*wechatpay.Config)
	}{
		{"without a certificate", "Config.Certificate", order, func(cfg *wechatpay.Config) { cfg.Certificate = tls.Certificate{} }},
		{"without a number", "out_trade_no", wechatpay.M{"auth_code": "1"}, nil},
		{"a float", "fraction", wechatpay.M{"out_trade_no": "M1", "total_fee": 1.5}, nil},
		{"nothing", "out_trade_no", nil, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := &weChatPay{began: time.Now()}
			_, err := micropay.Pay(t.Context(), w.client(t, row.change), row.order, nil)
			require.ErrorContains(t, err, row.text)
			var failed *micropay.Error
			assert.NotErrorAs(t, err, &failed)
			assert.Empty(t, w.calls)
		})
	}
}
