// Package vectors has the outputs of the PHP SDK for fixed inputs, to compare with in
// tests. All keys in it are test keys: see testdata/README.md.
package vectors

import (
	_ "embed"
	"encoding/json"
	"testing"
)

//go:embed testdata/interop.json
var interop []byte

// Vectors is the part of interop.json that tests use.
type Vectors struct {
	MchID     string     `json:"mchid"`
	APIv3Key  string     `json:"apiv3_key"`
	Merchant  Keys       `json:"merchant"`
	Platform  Keys       `json:"platform"`
	Requests  []Request  `json:"requests"`
	Responses []Response `json:"responses"`
	AESGCM    []AESGCM   `json:"aes_gcm"`
	APIv2Key  string     `json:"apiv2_key"`
	OAEP      []struct {
		Plaintext  string `json:"plaintext"`
		Ciphertext string `json:"ciphertext_for_merchant"`
	} `json:"oaep"`
	AESECB   []struct{ Key, Plaintext, Ciphertext string } `json:"aes_ecb"`
	JSAPIPay []struct {
		AppID     string `json:"appId"`
		TimeStamp string `json:"timeStamp"`
		NonceStr  string `json:"nonceStr"`
		Package   string `json:"package"`
		PaySign   string `json:"paySign"`
	} `json:"jsapi_pay"`
	AppPay []struct {
		AppID     string `json:"appid"`
		TimeStamp string `json:"timestamp"`
		NonceStr  string `json:"noncestr"`
		PrepayID  string `json:"prepayid"`
		Sign      string `json:"sign"`
	} `json:"app_pay"`
	V2Sign []struct {
		Type, Key, Sign string
		Params          map[string]string
	} `json:"v2_sign"`
	Names []struct {
		Name    string `json:"name"`
		Segment string `json:"segment"`
	} `json:"names"`
	Templates []struct {
		Template string         `json:"template"`
		Vars     map[string]any `json:"vars"`
		Expanded string         `json:"expanded"`
	} `json:"templates"`
}

// Keys are the keys of one party, in all encodings.
type Keys struct {
	Serial         string `json:"serial"`
	PublicKeyID    string `json:"public_key_id"`
	Certificate    string `json:"certificate"`
	PKCS8          string `json:"pkcs8"`
	PKCS1          string `json:"pkcs1"`
	EncryptedPKCS8 string `json:"encrypted_pkcs8"`
	Passphrase     string `json:"passphrase"`
	PKCS12Base64   string `json:"pkcs12_base64"`
	SPKI           string `json:"spki"`
	PublicPKCS1    string `json:"public_pkcs1"`
}

// A Request is a request that the PHP SDK signed.
type Request struct {
	Method, Target, Timestamp, Nonce, Body, Message, Signature, Authorization string
}

// A Response is a reply with a valid or an invalid signature.
type Response struct {
	Timestamp, Nonce, Body, Serial, Signature string
	Valid                                     bool
}

// An AESGCM case is an encrypted text.
type AESGCM struct {
	Key, Nonce, Plaintext, Ciphertext string
	AssociatedData                    string `json:"associated_data"`
}

// Load parses the vectors.
func Load(tb testing.TB) *Vectors {
	tb.Helper()
	v := new(Vectors)
	if err := json.Unmarshal(interop, v); err != nil {
		tb.Fatal(err)
	}
	if len(v.Requests) == 0 || len(v.Responses) == 0 || len(v.AESGCM) == 0 || len(v.Names) == 0 || len(v.Templates) == 0 {
		tb.Fatal("interop.json lacks cases")
	}
	return v
}
