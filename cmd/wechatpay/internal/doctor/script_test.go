package doctor_test

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/clitest"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestMain(m *testing.M) { clitest.Main(m) }

// TestScripts: each script begins with credentials in the environment that are good, and breaks one
// thing at a time.
func TestScripts(t *testing.T) {
	t.Parallel()
	clitest.Play(t, func(env *testscript.Env, stage *clitest.Stage) error {
		c := stage.Gateway.Credentials()
		for name, value := range map[string]string{
			"WECHATPAY_BASE_URL": stage.URL, "WECHATPAY_MCHID": c.MchID, "WECHATPAY_APIV3_KEY": c.APIv3Key.Reveal(), "WECHATPAY_APIV2_KEY": c.APIv2Key.Reveal(),
			"WECHATPAY_PRIVATE_KEY_FILE": filepath.Join(stage.Folder, "apiclient_key.pem"),
			"WECHATPAY_CERTIFICATE_FILE": filepath.Join(stage.Folder, "apiclient_cert.pem"),
			"WECHATPAY_PUBLIC_KEY_FILE":  filepath.Join(stage.Folder, "pub_key.pem"), "WECHATPAY_PUBLIC_KEY_ID": c.PublicKeyID, "WECHATPAY_SERIAL": c.Serial,
			"SERIAL": c.Serial, "PUBLIC_KEY_ID": c.PublicKeyID,
			"BRAND_ID": c.Brand.BrandID, "BRAND_KEY": c.Brand.APIv3Key.Reveal(), "BRAND_SERIAL": c.Brand.Serial, "BRAND_PUBLIC_KEY_ID": c.Brand.PublicKeyID,
			"STRIPPING": proxy(env, stage, func(r *http.Response) {
				for name := range r.Header {
					if strings.HasPrefix(name, "Wechatpay-") {
						r.Header.Del(name)
					}
				}
			}, nil),
			"REWRITING": proxy(env, stage, nil, func(r *http.Request) { r.URL.RawQuery = "via=proxy" }),
			"CHANGING":  proxy(env, stage, func(r *http.Response) { r.Header.Set(signer.HeaderNonce, "another") }, nil),
			"PORTAL":    answering(env, 200, "<html>Log in first</html>"), "FORGING": answering(env, 404, `{"code":"RESOURCE_NOT_EXISTS","message":"none"}`),
			"HANDLER": webhooks(env, stage, nil), "GULLIBLE": webhooks(env, stage, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }),
			"LOGIN":           webhooks(env, stage, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) }),
			"WECHATPAY_APPID": "wxd678efh567hg6787",
			"BROKEN":          proxy(env, stage, func(r *http.Response) { r.StatusCode, r.Status = 502, "502 Bad Gateway" }, nil),
		} {
			env.Setenv(name, value)
		}
		expired, err := certificate(c, time.Now().AddDate(-1, 0, 0))
		if err != nil {
			return err
		}
		ending, err := certificate(c, time.Now().Add(9*24*time.Hour+time.Hour))
		if err != nil {
			return err
		}
		order, err := tree()
		if err != nil {
			return err
		}
		env.Setenv("TREE", order)
		return errors.Join(os.WriteFile(filepath.Join(stage.Dir, "expired.pem"), expired, 0o600), os.WriteFile(filepath.Join(stage.Dir, "ending.pem"), ending, 0o600), saveRequests(stage))
	})
}

// tree is an expression for a report whose checks come in the order of the page on SIGN_ERROR.
func tree() (string, error) {
	page, err := os.ReadFile("../../../../docs/guide/sign-error.md")
	if err != nil {
		return "", err
	}
	rows := regexp.MustCompile("(?m)^\\| \\d+ \\| `([^`]+)` \\|").FindAllStringSubmatch(string(page), -1)
	if len(rows) < 2 {
		return "", errors.New("the page on SIGN_ERROR has no table of checks")
	}
	order := "(?s)"
	for _, row := range rows {
		order += ".*✓ " + regexp.QuoteMeta(row[1]) + ": "
	}
	return order, nil
}

// certificate is one of the merchant's key that ends.
func certificate(c sandbox.Credentials, ends time.Time) ([]byte, error) {
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(0x5157F09EFDC096), Subject: pkix.Name{CommonName: c.MchID}, NotBefore: time.Now().AddDate(-6, 0, 0), NotAfter: ends,
	}, c.Certificate, &c.PrivateKey.PublicKey, c.PrivateKey)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), err
}

// webhooks starts a program that takes webhooks at /notify: that of package notify, or answer.
func webhooks(env *testscript.Env, stage *clitest.Stage, answer http.HandlerFunc) string {
	c := stage.Gateway.Credentials()
	mux := http.NewServeMux()
	if answer != nil {
		mux.Handle("/notify", answer)
	} else {
		handler, err := notify.NewHandler(notify.HandlerConfig{
			Config: notify.Config{Keys: c.PlatformKeys(), APIv3Key: c.APIv3Key},
			Routes: map[notify.Route]notify.Func{{EventType: notify.TransactionSuccess}: func(context.Context, *notify.Event) (*notify.Reply, error) {
				return nil, errors.New("a forgery reached the shop")
			}},
			OnError: func(context.Context, *notify.Event, error) {},
		})
		if err != nil {
			panic(err)
		}
		mux.Handle("/notify", handler)
	}
	server := httptest.NewServer(mux)
	env.Defer(server.Close)
	return server.URL + "/notify"
}

// proxy starts a proxy in front of the gateway, and returns its URL.
func proxy(env *testscript.Env, stage *clitest.Stage, reply func(*http.Response), request func(*http.Request)) string {
	target, err := url.Parse(stage.URL)
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			if request != nil {
				request(r.Out)
			}
		},
		ModifyResponse: func(r *http.Response) error {
			if reply != nil {
				reply(r)
			}
			return nil
		},
	})
	env.Defer(server.Close)
	return server.URL
}

// answering starts a server that answers in place of WeChat Pay, and returns its URL.
func answering(env *testscript.Env, status int, body string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	env.Defer(server.Close)
	return server.URL
}

// saveRequests writes requests as somebody would save them, each with another mistake.
func saveRequests(stage *clitest.Stage) error {
	c := stage.Gateway.Credentials()
	sign, err := signer.New(c.PrivateKey)
	if err != nil {
		return err
	}
	const body = `{"out_trade_no":"order1", "amount":{"total":1}}`
	now := strconv.FormatInt(time.Now().Unix(), 10)
	var problems []error
	for name, row := range map[string]struct{ target, timestamp, serial, signed string }{
		"good":         {"/v3/pay/transactions/native?a=b", now, c.Serial, body},
		"compact":      {"/v3/pay/transactions/native?a=b", now, c.Serial, strings.ReplaceAll(body, " ", "")},
		"milliseconds": {"/v3/pay/transactions/native?a=b", now + "000", c.Serial, body},
		"serial":       {"/v3/pay/transactions/native?a=b", now, "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", body},
	} {
		authorization, err := signer.Credential{ID: c.MchID, Serial: row.serial, Signer: sign}.Authorize(context.Background(), signer.Request{
			Method: http.MethodPost, Target: row.target, Timestamp: row.timestamp, Nonce: signer.Nonce(), Body: []byte(row.signed),
		})
		text := fmt.Sprintf("POST %s HTTP/1.1\nHost: api.mch.weixin.qq.com\nAccept: */*\nUser-Agent: x\nAuthorization: %s\nContent-Length: %d\n\n%s\n", row.target, authorization, len(body), body)
		problems = append(problems, err, os.WriteFile(filepath.Join(stage.Dir, name+".http"), []byte(text), 0o600))
	}
	return errors.Join(problems...)
}
