package sandbox_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/walk"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A visitor calls a gateway, as its merchant or its brand.
type visitor struct {
	gateway         *sandbox.Gateway
	merchant, brand caller
}

// A caller is who signs, and whom sensitive fields are encrypted for.
type caller struct {
	signer.Credential
	encrypt, decrypt func(text string) (string, error)
	keyID            string
}

// requested is the time that the requests of package walk were made for.
var requested = time.Date(2018, 6, 8, 10, 34, 56, 0, time.FixedZone("CST", 8*60*60))

// quickKeys are of 1024 bits, with which signing takes a third of the time: fifteen thousand
// requests are signed here, and their replies.
var quickKeys = sync.OnceValues(func() (*sandbox.Keys, error) {
	var keys sandbox.Keys
	for _, key := range []**rsa.PrivateKey{&keys.Merchant, &keys.Platform, &keys.Public, &keys.Brand, &keys.BrandPublic} {
		var err error
		if *key, err = rsa.GenerateKey(rand.Reader, 1024); err != nil {
			return nil, err
		}
	}
	return &keys, nil
})

func newVisitor(t *testing.T) *visitor {
	t.Helper()
	keys, err := quickKeys()
	require.NoError(t, err)
	g := newGateway(t, sandbox.Config{
		Keys: keys, Clock: func() time.Time { return requested }, RefundDelay: -1, Webhooks: sandbox.Webhooks{Off: true},
	})
	c := g.Credentials()
	key, err := signer.New(c.PrivateKey)
	require.NoError(t, err)
	of := func(credential signer.Credential, own *rsa.PrivateKey, platform *rsa.PublicKey, keyID string) caller {
		decrypter, err := cipher.NewDecrypter(own)
		require.NoError(t, err)
		return caller{
			credential, func(text string) (string, error) { return cipher.Encrypt(platform, text) },
			func(text string) (string, error) { return cipher.Decrypt(t.Context(), decrypter, text) }, keyID,
		}
	}
	return &visitor{
		gateway:  g,
		merchant: of(signer.Credential{ID: c.MchID, Serial: c.Serial, Signer: key}, c.PrivateKey, c.PublicKey, c.PublicKeyID),
		brand:    of(brandCredential(t, g), c.Brand.PrivateKey, c.Brand.PublicKey, c.Brand.PublicKeyID),
	}
}

func (v *visitor) caller(e catalogue.Endpoint) caller {
	if strings.HasPrefix(e.Path, "/brand/") {
		return v.brand
	}
	return v.merchant
}

// request returns a request that is as documented, but not encrypted yet.
func (v *visitor) request(e catalogue.Endpoint, known walk.Known) *walk.Request {
	r := walk.New(e, v.caller(e).ID, known)
	if e.Features.Multipart != nil && r.Body == nil {
		r.Body = play.Object{"filename": "a.png", "sha256": ""} // what is not documented of one is as of all others
	}
	for _, name := range []string{"sha256", "file_digest", "digest"} {
		if e.Features.Multipart != nil && r.Body.Has(name) {
			r.Body[name] = fmt.Sprintf("%x", sha256.Sum256([]byte(uploaded)))
		}
	}
	return r
}

const uploaded = "\x89PNG\r\n\x1a\n…"

// encrypted returns a request whose fields are encrypted that are documented so.
func (v *visitor) encrypted(t *testing.T, r *walk.Request) *walk.Request {
	t.Helper()
	encrypt := v.caller(r.Endpoint).encrypt
	traits, _ := endpoint.Lookup(r.Endpoint.Method, r.Endpoint.Path)
	sealed := *r
	sealed.Query = maps.Clone(r.Query)
	for _, name := range traits.Encrypted.Query {
		if plain := r.Query.Get(name); plain != "" {
			ciphertext, err := encrypt(plain)
			require.NoError(t, err)
			sealed.Query[name] = []string{ciphertext}
		}
	}
	if fields := slices.Concat(traits.Encrypted.JSON, traits.Encrypted.Meta); len(fields) > 0 {
		sealed.Body = mapped(t, r.Body.Canonical(), fields, encrypt)
	}
	return &sealed
}

// decrypted returns the body of a reply in the clear.
func (v *visitor) decrypted(t *testing.T, e catalogue.Endpoint, body string) play.Object {
	t.Helper()
	traits, _ := endpoint.Lookup(e.Method, e.Path)
	return mapped(t, body, traits.Encrypted.Reply, v.caller(e).decrypt)
}

// mapped returns an object in which f has replaced some fields.
func mapped(t *testing.T, body string, names []string, f func(string) (string, error)) play.Object {
	t.Helper()
	fields := make(cipher.Fields, len(names))
	for i, name := range names {
		fields[i] = name + "?"
	}
	data, err := fields.Map([]byte(body), f)
	require.NoError(t, err)
	o, err := play.ParseObject(data)
	require.NoError(t, err)
	return o
}

// send signs a request, and returns the reply.
func (v *visitor) send(t *testing.T, r *walk.Request) *httptest.ResponseRecorder {
	t.Helper()
	body, contentType := "", "application/json"
	if r.Body != nil {
		data, err := json.Marshal(r.Body)
		require.NoError(t, err)
		body = string(data)
	}
	signed := body
	if r.Endpoint.Features.Multipart != nil {
		body, contentType = uploadBody(r.Endpoint, body)
	}
	target, caller := target(r), v.caller(r.Endpoint)
	authorization, err := caller.Authorize(t.Context(), signer.Request{
		Method: r.Endpoint.Method, Target: target, Timestamp: strconv.FormatInt(requested.Unix(), 10), Nonce: signer.Nonce(), Body: []byte(signed),
	})
	require.NoError(t, err)
	request := httptest.NewRequestWithContext(t.Context(), r.Endpoint.Method, target, strings.NewReader(body))
	request.Header = http.Header{
		"Authorization": {authorization}, "Accept": {"application/json"}, "User-Agent": {"test"},
		"Content-Type": {contentType}, signer.HeaderSerial: {caller.keyID},
	}
	w := httptest.NewRecorder()
	v.gateway.ServeHTTP(w, request)
	return w
}

func target(r *walk.Request) string {
	path := r.Endpoint.Path
	for name, value := range r.Vars {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	if len(r.Query) > 0 {
		path += "?" + r.Query.Encode()
	}
	return path
}

// uploadBody is the body of an upload.
func uploadBody(e catalogue.Endpoint, meta string) (body, contentType string) {
	file := "file"
	for _, part := range e.Body {
		if part.Name != "meta" {
			file = part.Name
		}
	}
	return "--b\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n" + meta +
		"\r\n--b\r\nContent-Disposition: form-data; name=\"" + file + "\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n" +
		uploaded + "\r\n--b--\r\n", "multipart/form-data; boundary=b"
}

// act calls an action of the control API. Parameters without a value are what earlier requests
// and replies had under their name.
func (v *visitor) act(t *testing.T, action string, known *walk.Known, given values) {
	t.Helper()
	parameters := play.Object{}
	for _, f := range v.parameters(t, action) {
		if value, is := known.Value(f.Name); is && given[f.Name] == nil {
			parameters[f.Name] = value
			if f.Type == "integer" {
				parameters[f.Name] = json.Number(value)
			}
		}
	}
	for name, value := range given {
		parameters[name], _ = filled(*known, value)
	}
	known.Add(v.control(t, http.MethodPost, action, parameters.Canonical()))
}

// parameters are those that an action has, as the control API lists them.
func (v *visitor) parameters(t *testing.T, action string) (fields catalogue.Fields) {
	t.Helper()
	for _, a := range v.control(t, http.MethodGet, "", "").List("actions") {
		if a.Text("method") == http.MethodPost && strings.HasSuffix(a.Text("path"), "/v1/"+action) {
			require.NoError(t, fields.UnmarshalText([]byte(a.Text("parameters"))))
		}
	}
	return fields
}

func (v *visitor) control(t *testing.T, method, path, body string) play.Object {
	t.Helper()
	status, reply := control(t, v.gateway, method, path, body, nil)
	require.Equal(t, http.StatusOK, status, "%s: %s %s", path, body, reply)
	o, err := play.ParseObject([]byte(reply))
	require.NoError(t, err)
	return o
}
