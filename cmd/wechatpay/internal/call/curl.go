package call

import (
	"maps"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/shell"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
)

// curl is the command that sends the same bytes. certificate are the flags for mutual TLS.
func (w *wire) curl(certificate []string) string {
	words := []string{"curl", "-X", w.request.Method, shell.Quote(w.request.URL.String())}
	for _, name := range slices.Sorted(maps.Keys(w.request.Header)) {
		for _, value := range w.request.Header[name] {
			words = append(words, "-H", shell.Quote(name+": "+value))
		}
	}
	if len(w.body) > 0 {
		words = append(words, "--data-binary", shell.Quote(string(w.body)))
	}
	return strings.Join(append(words, certificate...), " ")
}

// certificate are the flags of curl where the endpoint asks for the merchant's certificate.
func (r *request) certificate(settings *profile.Settings) []string {
	if !r.v2 {
		return nil
	}
	if facts, _ := endpoint.LookupV2(r.method, r.path[len("v2/"):]); !facts.MutualTLS {
		return nil
	}
	var words []string
	for _, file := range []struct{ flag, name string }{{"--cert", "WECHATPAY_CERTIFICATE_FILE"}, {"--key", "WECHATPAY_PRIVATE_KEY_FILE"}} {
		if path, ok := settings.Lookup(file.name); ok && path != "" {
			words = append(words, file.flag, shell.Quote(path))
		}
	}
	return words
}
