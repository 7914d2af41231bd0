package middleware

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/httprule"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// SignV2 signs requests of APIv2: the XML of a body, or the query of a GET. Each attempt gets a
// nonce_str of its own, unless it has one or the endpoint takes none, and a sign over all that
// is not empty, by the digest that sign_type names. A sign that is there, and an empty nonce_str,
// are replaced. An upload is signed already.
//
// It refuses the hosts and redirects that [Sign] refuses.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011985891
func SignV2(cfg V2Config) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			if cfg.Key.IsZero() {
				return refuse(r, errors.New("sign: V2Config.Key is empty"))
			}
			if refused, err := mayNotSign(r, cfg.Origins); err != nil {
				return refused, err
			}
			if _, signed := r.Body.(SignedBody); signed {
				return next.RoundTrip(r)
			}
			signed, err := cfg.sign(r)
			if err != nil {
				return refuse(r, fmt.Errorf("sign: %w", err))
			}
			return next.RoundTrip(signed)
		})
	}
}

func (cfg *V2Config) sign(r *http.Request) (*http.Request, error) {
	signed := r.WithContext(r.Context())
	facts := cfg.facts(r)
	if httprule.IsSafe(method(r)) {
		return signed, cfg.signQuery(signed, &facts)
	}
	data, err := signedBytes(signed)
	if err != nil {
		return nil, err
	}
	message, err := apiv2.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("the body: %w", err)
	}
	params, err := message.Params()
	if err != nil {
		return nil, fmt.Errorf("the body: %w", err)
	}
	if params, err = cfg.complete(r, slices.DeleteFunc(params, isReplaced), &facts); err != nil {
		return nil, err
	}
	body := apiv2.XML(params)
	if signed.Body != nil && signed.Body != r.Body {
		_ = signed.Body.Close()
	}
	signed.Body, signed.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	signed.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	if mayResend(r) {
		signed.GetBody = nil // or net/http might repeat it with the same nonce
	}
	if signed.Header["Content-Length"] != nil {
		signed.Header = maps.Clone(signed.Header)
		signed.Header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	return signed, r.Context().Err()
}

// signQuery signs the query of a GET, whose values stay as they are written.
func (cfg *V2Config) signQuery(r *http.Request, facts *endpoint.V2) error {
	params, err := apiv2.QueryParams(r.URL.RawQuery)
	if err != nil {
		return err
	}
	params = slices.DeleteFunc(params, isReplaced)
	given := len(params)
	if params, err = cfg.complete(r, params, facts); err != nil {
		return err
	}
	target := *r.URL
	query := slices.DeleteFunc(strings.Split(target.RawQuery, "&"), func(pair string) bool {
		name, value, _ := strings.Cut(pair, "=")
		name, _ = url.QueryUnescape(name)
		return pair == "" || isReplaced(signer.Param{Name: name, Value: value})
	})
	for _, p := range params[given:] {
		query = append(query, p.Name+"="+url.QueryEscape(p.Value))
	}
	target.RawQuery = strings.Join(query, "&")
	r.URL = &target
	return nil
}

// isReplaced reports whether a param makes room for one of complete: a sign, or an empty nonce.
func isReplaced(p signer.Param) bool {
	return p.Name == "sign" || p.Name == "nonce_str" && p.Value == ""
}

// complete adds nonce_str, workwx_sign and sign.
func (cfg *V2Config) complete(r *http.Request, params []signer.Param, facts *endpoint.V2) ([]signer.Param, error) {
	if !facts.Nonceless && apiv2.Index(params, "nonce_str") < 0 {
		params = append(params, signer.Param{Name: "nonce_str", Value: signer.Nonce()})
	}
	if facts.WorkWX != nil && apiv2.Get(params, "workwx_sign") == "" {
		if cfg.WorkWXSecret.IsZero() {
			return nil, errors.New("workwx_sign needs the secret of the app of WeChat Work: set Config.WorkWXSecret")
		}
		params = append(params, signer.Param{Name: "workwx_sign", Value: apiv2.WorkWXSign(params, facts.WorkWX, cfg.WorkWXSecret.Reveal())})
	}
	digest := digestOf(params, facts)
	if err := digest.Check(); err != nil {
		return nil, err
	}
	if w := callstate.InfoOf(r.Context()).Debug; w != nil {
		debugV2(w, "message signed with "+string(digest), params)
	}
	return append(params, signer.Param{Name: "sign", Value: digest.Sign(params, cfg.Key.Reveal())}), nil
}
