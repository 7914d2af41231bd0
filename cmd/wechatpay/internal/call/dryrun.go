package call

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// errHeld ends a dry run where the request would leave.
var errHeld = errors.New("a dry run sends nothing")

// A wire is a request as it would go onto the wire.
type wire struct {
	request *http.Request
	body    []byte
}

// dryRun builds and signs the request, and prints it in place of sending it. Nothing is sent
// at all: the platform's certificates are not downloaded either.
func (r *request) dryRun(ctx context.Context) error {
	settings, err := r.app.Settings(ctx)
	if err != nil {
		return err
	}
	client, err := r.app.Client(ctx, offline)
	if err != nil {
		return err
	}
	opts := r.options()
	opts.Debug = nil
	var held *wire
	opts.Stack = func(s *middleware.Stack) error { return s.Push("dry run", hold(&held)) }
	if _, err := r.chain(client).Do(ctx, r.method, opts); held == nil {
		return err
	}
	var b bytes.Buffer
	held.write(&b)
	curl := r.app.T("the same call by curl; its signature is good for five minutes", "等价的 curl 命令，签名五分钟内有效")
	if r.v2 {
		err = held.signedV2(&b)
		curl = r.app.T("the same call by curl; a sign of APIv2 does not expire: who has this line can make the call at any time", "等价的 curl 命令；APIv2 的签名不会过期，拿到此命令的人随时可以发出该调用")
	} else {
		held.signed(&b)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(&b, "\n# %s\n%s\n", curl, held.curl(r.certificate(settings)))
	if _, err := (output{r.app.Out}).Write(b.Bytes()); err != nil {
		return err
	}
	r.app.Note("%s", r.app.T("nothing was sent", "未发送任何请求"))
	return nil
}

// offline takes the downloads of keys out of a Config.
func offline(cfg *wechatpay.Config) {
	downloads := !cfg.APIv3Key.IsZero()
	cfg.APIv3Key = cipher.Secret{}
	if downloads && cfg.PlatformKeys == nil {
		cfg.Verifier = signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { return errHeld })
	}
}

// hold keeps a signed request, and refuses to send it.
func hold(held **wire) middleware.Middleware {
	return func(http.RoundTripper) http.RoundTripper {
		return middleware.RoundTripperFunc(func(request *http.Request) (*http.Response, error) {
			w := &wire{request: request}
			if request.Body != nil {
				var err error
				if w.body, err = io.ReadAll(request.Body); err != nil {
					return nil, fmt.Errorf("%w: %w", middleware.ErrNotSent, err)
				}
				_ = request.Body.Close()
			}
			*held = w
			return nil, fmt.Errorf("%w: %w", middleware.ErrNotSent, errHeld)
		})
	}
}

// write writes the request.
func (w *wire) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "%s %s HTTP/1.1\nHost: %s\n", w.request.Method, w.request.URL.RequestURI(), w.request.Host)
	for _, name := range slices.Sorted(maps.Keys(w.request.Header)) {
		for _, value := range w.request.Header[name] {
			fmt.Fprintf(b, "%s: %s\n", name, value)
		}
	}
	b.WriteByte('\n')
	if len(w.body) > 0 {
		fmt.Fprintf(b, "%s\n\n", w.body)
	}
}

// signed writes the message that the Authorization header signs.
func (w *wire) signed(b *bytes.Buffer) {
	authorization := w.request.Header.Get("Authorization")
	message := signer.RequestMessage(signer.Request{
		Method: w.request.Method, Target: w.request.URL.RequestURI(), Body: w.body,
		Timestamp: quoted(authorization, "timestamp"), Nonce: quoted(authorization, "nonce_str"),
	})
	fmt.Fprintf(b, "# the message that is signed: five lines, each ended by a line feed; %d bytes, SHA-256 %x\n%s", len(message), sha256.Sum256(message), message)
}

// quoted returns a value of an Authorization header.
func quoted(authorization, name string) string {
	_, rest, _ := strings.Cut(authorization, name+`="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// signedV2 writes what the sign of APIv2 covers, without the key at its end.
func (w *wire) signedV2(b *bytes.Buffer) error {
	var params []signer.Param
	var err error
	if len(w.body) == 0 {
		params, err = apiv2.QueryParams(w.request.URL.RawQuery)
	} else {
		var message apiv2.Message
		if message, err = apiv2.Parse(w.body); err == nil {
			params, err = message.Params()
		}
	}
	if err != nil {
		return err
	}
	digest, err := signer.DigestOf(apiv2.Get(params, "sign"))
	if err != nil {
		return err
	}
	message := signer.DigestMessage(params)
	fmt.Fprintf(b, "# the text that is signed by %s, with the APIv2 key in place of …; %d bytes before it, SHA-256 %x\n%s&key=…\n",
		digest, len(message), sha256.Sum256([]byte(message)), message)
	return nil
}
