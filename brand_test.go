package wechatpay_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"iter"
	"math/big"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/openapi/branddirect/marketing/productcoupon"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

const brandPath = "brand/marketing/product-coupon/"

// asBrand makes a Config that of the gateway's brand.
func asBrand(cfg *wechatpay.Config) {
	brand := gateway().Credentials().Brand
	cfg.MchID, cfg.BrandID = "", brand.BrandID
	cfg.Serial, cfg.PrivateKey, cfg.PlatformKeys = brand.Serial, brand.PrivateKey, brand.PlatformKeys()
}

func TestABrandBesideAMerchant(t *testing.T) {
	t.Parallel()
	brand, w := sandboxClient(t, asBrand)
	merchant, _ := sandboxClient(t, nil)
	credentials := gateway().Credentials().Brand
	query := &wechatpay.Options{Vars: wechatpay.M{"openid": "o123", "code": "1"}, Query: wechatpay.M{"appid": "wx1", "product_coupon_id": "1", "stock_id": "1"}}
	for _, row := range []struct {
		name string
		call func() error
	}{
		{"a chain", func() error {
			_, err := brand.Chain(brandPath+"users/{openid}/coupons/{code}").Get(t.Context(), query)
			return err
		}},
		{"names", func() error {
			_, err := brand.At("brand", "marketing", "productCoupon", "users", "_openid_", "coupons", "_code_").Get(t.Context(), query)
			return err
		}},
		{"in the background", func() error {
			_, err := brand.Chain(brandPath+"users/{openid}/coupons/{code}").GetAsync(t.Context(), query).Wait()
			return err
		}},
		{"typed", func() error {
			coupons := productcoupon.New(brand).Users("o123").Coupons()
			_, err := coupons.CouponCode("1").Get(t.Context(), &wechatpay.Options{Query: query.Query})
			return err
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var refused *wechatpay.APIError
			require.ErrorAs(t, row.call(), &refused, "the coupon does not exist")
			assert.True(t, refused.Verified, "by the brand's public key")
			sent := w.last(t)
			auth, err := signer.ParseAuthorization(sent.Header.Get("Authorization"))
			require.NoError(t, err)
			assert.Equal(t, "WECHATPAY-BRAND-SHA256-RSA2048", auth.Scheme)
			assert.Equal(t, "brand_id", auth.IDParam)
			assert.Equal(t, credentials.BrandID, auth.ID)
			assert.Equal(t, credentials.Serial, auth.Serial)
			assert.Equal(t, credentials.PublicKeyID, sent.Header.Get("Wechatpay-Serial"))
		})
	}
	_, err := merchant.Chain("v3/pay/transactions/id/1").Get(t.Context(), &wechatpay.Options{Query: wechatpay.M{"mchid": "1900000109"}})
	var refused *wechatpay.APIError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, "ORDER_NOT_EXIST", refused.Code)
	assert.True(t, refused.Verified)
}

// TestTheAuthorizationOfABrand computes the header as the official sample program does: with
// its parameters in another order, which is free.
func TestTheAuthorizationOfABrand(t *testing.T) {
	t.Parallel()
	credentials := gateway().Credentials().Brand
	var header, message string
	c := answering(t, asBrand, func(r *http.Request) (*http.Response, error) {
		drain(r)
		header = r.Header.Get("Authorization")
		auth, err := signer.ParseAuthorization(header)
		require.NoError(t, err)
		message = "POST\n/brand/marketing/product-coupon/notify-configs\n" + auth.Timestamp + "\n" + auth.Nonce + "\n" + `{"notify_url":"https://example.com/"}` + "\n"
		digest := sha256.Sum256([]byte(message))
		signature, err := rsa.SignPKCS1v15(nil, credentials.PrivateKey, crypto.SHA256, digest[:]) // it is deterministic
		require.NoError(t, err)
		sample := fmt.Sprintf(`WECHATPAY-BRAND-SHA256-RSA2048 brand_id="%s",nonce_str="%s",timestamp="%s",serial_no="%s",signature="%s"`,
			credentials.BrandID, auth.Nonce, auth.Timestamp, credentials.Serial, base64.StdEncoding.EncodeToString(signature))
		assert.Equal(t, parameters(sample), parameters(header))
		return reply(http.StatusBadGateway, ""), nil
	})
	_, err := c.Chain(brandPath+"notify-configs").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"notify_url": "https://example.com/"}})
	require.Error(t, err)
	require.NotEmpty(t, message)
}

func parameters(header string) map[string]bool {
	scheme, list, _ := strings.Cut(header, " ")
	set := map[string]bool{scheme: true}
	for parameter := range strings.SplitSeq(list, ",") {
		set[parameter] = true
	}
	return set
}

func TestAnImageOfABrand(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, asBrand)
	upload := productcoupon.New(c).Media().UploadImage()
	image := []byte("\x89PNG\r\n\x1a\n0000")
	reply, err := upload.Post(t.Context(), &wechatpay.Options{Body: media.Bytes("a.png", image)})
	require.NoError(t, err)
	data, err := reply.Data()
	require.NoError(t, err)
	assert.Regexp(t, "^https://", data.ImageURL)

	image = append(image, make([]byte, 2<<20)...)
	_, err = upload.Post(t.Context(), &wechatpay.Options{Body: media.Bytes("a.png", image)})
	require.ErrorIs(t, err, wechatpay.ErrInvalid, "it is larger than 2 MB")
}

func TestConfigOfABrand(t *testing.T) {
	t.Parallel()
	platform := gateway().Credentials().PlatformKeys()
	delete(platform, gateway().Credentials().PublicKeyID)
	for _, row := range []struct {
		name   string
		change func(*wechatpay.Config)
		want   string
	}{
		{"a merchant too", func(cfg *wechatpay.Config) { cfg.MchID = "1900000109" }, "Config.BrandID: is mutually exclusive with MchID; make one client for the brand and one for the merchant"},
		{"neither", func(cfg *wechatpay.Config) { cfg.BrandID = "" }, "Config.MchID: is missing; it is the merchant id, such as 1900000109; a brand sets BrandID instead"},
		{"a space", func(cfg *wechatpay.Config) { cfg.BrandID = "12 34" }, `Config.BrandID: has 5 characters, and a space or another invalid one among them`},
		{"an APIv3 key", func(cfg *wechatpay.Config) { cfg.APIv3Key = cipher.NewSecret(strings.Repeat("k", 32)) }, "Config.APIv3Key: downloads platform certificates, and a brand has none"},
		{"a platform certificate", func(cfg *wechatpay.Config) { cfg.PlatformKeys = platform }, "Config.PlatformKeyID: \"\" is not the id of the brand's WeChat Pay public key, PUB_KEY_ID_…"},
		{"a certificate's serial as the id of the key", func(cfg *wechatpay.Config) {
			cfg.PlatformKeys = gateway().Credentials().PlatformKeys()
			cfg.PlatformKeyID = gateway().Credentials().PlatformSerial
		}, "is not the id of the brand's WeChat Pay public key"},
		{"a Verifier without the id of its key", func(cfg *wechatpay.Config) {
			cfg.Verifier, cfg.PlatformKeys = signer.NewVerifier(cfg.PlatformKeys, nil), nil
		}, "Config.PlatformKeyID"},
		{"no key of WeChat Pay", func(cfg *wechatpay.Config) { cfg.PlatformKeys = nil }, "Config.PlatformKeys: is missing; set it to the brand's WeChat Pay public key"},
		{"two problems at once", func(cfg *wechatpay.Config) {
			cfg.BrandID, cfg.APIv3Key = "1 2", cipher.NewSecret(strings.Repeat("k", 32))
		}, "Config.BrandID: has 3 characters, and a space or another invalid one among them; an id is a number, such as 1900000109\nConfig.APIv3Key: downloads"},
		{"a Keyring", func(cfg *wechatpay.Config) {
			ring, err := keys.NewKeyring(keys.KeyringConfig{
				APIv3Key: cipher.NewSecret(strings.Repeat("k", 32)), Keys: gateway().Credentials().Brand.PlatformKeys(),
			})
			require.NoError(t, err)
			cfg.PlatformKeys = ring
		}, "Config.PlatformKeys: is a Keyring, which downloads platform certificates, and a brand has none"},
		{"a Signer that states a scheme of its own", func(cfg *wechatpay.Config) {
			cfg.Signer, cfg.PrivateKey = &stating{signer.Scheme{Name: signer.RSA.Name, IDParam: "brand_id"}}, nil
		}, `Config.Signer: states the scheme "WECHATPAY2-SHA256-RSA2048" for a "brand_id"`},
		{"a Signer that states a scheme without a name", func(cfg *wechatpay.Config) { cfg.Signer, cfg.PrivateKey = &stating{}, nil }, `Config.Signer: states the scheme ""`},
		{"a nil Signer that states a scheme", func(cfg *wechatpay.Config) { cfg.Signer, cfg.PrivateKey = (*stating)(nil), nil }, "Config.Signer: is a nil *wechatpay_test.stating"},
		{"a nil Verifier that states a scheme", func(cfg *wechatpay.Config) { cfg.Verifier, cfg.PlatformKeys = (*stating)(nil), nil }, "Config.Verifier: is a nil *wechatpay_test.stating"},
		{"a Signer for merchants", func(cfg *wechatpay.Config) {
			cfg.Signer, cfg.PrivateKey = signer.SignAs(signer.SM2, signer.Func(func(context.Context, []byte) ([]byte, error) { return nil, nil })), nil
		}, `Config.Signer: states the scheme "WECHATPAY2-SM2-WITH-SM3" for a "mchid", which is not one of a caller with a brand_id`},
		{"a Verifier for merchants", func(cfg *wechatpay.Config) {
			cfg.Verifier, cfg.PlatformKeyID = signer.VerifyAs(signer.RSA, signer.NewVerifier(cfg.PlatformKeys, nil)), gateway().Credentials().Brand.PublicKeyID
			cfg.PlatformKeys = nil
		}, `Config.Verifier: states the scheme "WECHATPAY2-SHA256-RSA2048" for a "mchid", which is not one of a caller with a brand_id`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			cfg := config("")
			asBrand(&cfg)
			row.change(&cfg)
			_, err := wechatpay.New(cfg)
			require.ErrorContains(t, err, row.want)
		})
	}
}

// TestKeysOfABrandFromElsewhere: a Signer and a Verifier of the caller's speak as the brand.
func TestKeysOfABrandFromElsewhere(t *testing.T) {
	t.Parallel()
	brand := gateway().Credentials().Brand
	remote, err := signer.New(brand.PrivateKey)
	require.NoError(t, err)
	c, w := sandboxClient(t, func(cfg *wechatpay.Config) {
		asBrand(cfg)
		cfg.Signer, cfg.PrivateKey = signer.Func(remote.Sign), nil
		cfg.Verifier, cfg.PlatformKeys = signer.VerifierFunc(signer.NewVerifier(brand.PlatformKeys(), nil).Verify), nil
		cfg.PlatformKeyID = brand.PublicKeyID
	})
	_, err = c.Chain(brandPath+"notify-configs").Get(t.Context(), nil)
	var refused *wechatpay.APIError
	if err != nil {
		require.ErrorAs(t, err, &refused)
		assert.True(t, refused.Verified)
	}
	assert.Contains(t, w.last(t).Header.Get("Authorization"), signer.Brand.Name)
	assert.Equal(t, signer.Brand, signer.SchemeOf(c.Signer()))
}

// TestACallerOfTheOtherKind: nothing is sent that WeChat Pay would refuse for its signature.
func TestACallerOfTheOtherKind(t *testing.T) {
	t.Parallel()
	brand, sentByBrand := sandboxClient(t, asBrand)
	merchant, sentByMerchant := sandboxClient(t, nil)
	_, _ = brand.Chain(brandPath+"notify-configs").Get(t.Context(), nil) // to learn the host
	anyPath := &wechatpay.Options{Vars: wechatpay.M{"path": "brand/store/brandstores"}}
	for _, row := range []struct {
		name string
		call func() error
		want string
	}{
		{"a brand on v3", func() error { _, err := brand.Chain("v3/certificates").Get(t.Context(), nil); return err }, "use a client with Config.MchID"},
		{"a brand on the twin of partners", func() error {
			_, err := brand.Chain("v3/marketing/partner/product-coupon/notify-configs").Get(t.Context(), nil)
			return err
		}, "the same endpoint for brands is brand/marketing/product-coupon/notify-configs"},
		{"a merchant on the twin of brands", func() error { _, err := merchant.Chain(brandPath+"notify-configs").Get(t.Context(), nil); return err }, "as a partner call v3/marketing/partner/product-coupon/notify-configs"},
		{"a merchant on a brand's", func() error { _, err := merchant.Chain("brand/store/brandstores").Post(t.Context(), nil); return err }, "use a client with Config.BrandID"},
		{"by a variable", func() error { _, err := merchant.Chain("{+path}").Get(t.Context(), anyPath); return err }, "use a client with Config.BrandID"},
		{"by an absolute URL", func() error {
			_, err := brand.Chain("http://"+sentByBrand.last(t).URL.Host+"/v3/billdownload/file?token=x").Get(t.Context(), nil)
			return err
		}, "use a client with Config.MchID"},
		{"in the background", func() error {
			_, err := merchant.Chain("brand/store/brandstores").PostAsync(t.Context(), nil).Wait()
			return err
		}, "use a client with Config.BrandID"},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := sentByBrand.count() + sentByMerchant.count()
			err := row.call()
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			require.ErrorContains(t, err, row.want)
			assert.Equal(t, before, sentByBrand.count()+sentByMerchant.count())
		})
	}
	t.Run("overruled in a download", func(t *testing.T) {
		bill, path := brand.Chain("v3/bill/tradebill"), filepath.Join(t.TempDir(), "bill")
		_, err := bill.Download(t.Context(), path, nil)
		require.ErrorIs(t, err, wechatpay.ErrInvalid)
		_, err = bill.Download(t.Context(), path, &wechatpay.DownloadOptions{AnyCaller: true})
		var refused *wechatpay.APIError
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, "SIGN_ERROR", refused.Code)
	})
	t.Run("overruled", func(t *testing.T) {
		_, err := merchant.Chain("brand/store/brandstores").Post(t.Context(), &wechatpay.Options{AnyCaller: true, JSON: wechatpay.M{}})
		var refused *wechatpay.APIError
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, "SIGN_ERROR", refused.Code, "the gateway refuses the merchant's scheme")
	})
}

// TestRepliesToTheOtherKindAreRefused: the keys of one caller settle nothing for another.
func TestRepliesToTheOtherKindAreRefused(t *testing.T) {
	t.Parallel()
	credentials := gateway().Credentials()
	for _, row := range []struct {
		name   string
		brand  bool
		change func(http.Header)
		want   error // nil if the reply is good
	}{
		{"a merchant's, stated", false, nil, nil},
		{"a merchant's, not stated", false, func(h http.Header) { h.Del(signer.HeaderSignatureType) }, nil},
		{"a merchant's, stated as a brand's", false, func(h http.Header) { h.Set(signer.HeaderSignatureType, signer.Brand.Name) }, wechatpay.ErrScheme},
		{"a merchant's, stated as SM2", false, func(h http.Header) { h.Set(signer.HeaderSignatureType, signer.SM2.Name) }, wechatpay.ErrScheme},
		{"a merchant's, stated twice", false, func(h http.Header) { h.Add(signer.HeaderSignatureType, signer.Brand.Name) }, wechatpay.ErrScheme},
		{"in lower case", false, func(h http.Header) { h["wechatpay-signature-type"] = []string{signer.Brand.Name} }, wechatpay.ErrScheme},
		{"a brand's, stated", true, nil, nil},
		{"a brand's, not stated", true, func(h http.Header) { h.Del(signer.HeaderSignatureType) }, nil},
		{"a brand's, stated as a merchant's", true, func(h http.Header) { h.Set(signer.HeaderSignatureType, signer.RSA.Name) }, wechatpay.ErrScheme},
		{"a brand's, under the merchant's key", true, func(h http.Header) { h.Set(signer.HeaderSerial, credentials.PublicKeyID) }, wechatpay.ErrUnknownKey},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			path, change := "v3/x", (func(*wechatpay.Config))(nil)
			request, err := gateway().WebhookRequest(t.Context(), "http://127.0.0.1/", sandbox.Notification{ToBrand: row.brand, Resource: "x"}, "")
			require.NoError(t, err)
			if row.brand {
				path, change = brandPath+"notify-configs", asBrand
			}
			c := answering(t, change, func(r *http.Request) (*http.Response, error) {
				drain(r)
				resp := &http.Response{StatusCode: http.StatusOK, Header: request.Header.Clone(), Body: request.Body, ContentLength: request.ContentLength}
				if row.change != nil {
					row.change(resp.Header)
				}
				return resp, nil
			})
			_, err = c.Chain(path).Get(t.Context(), nil)
			if row.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, row.want)
			var unverified *wechatpay.VerifyError
			require.ErrorAs(t, err, &unverified)
		})
	}
}

// A silentLister cannot say which keys it has.
type silentLister struct{ keys.Set }

func (silentLister) All() iter.Seq2[string, crypto.PublicKey] { return nil }

func TestAListerThatListsNothing(t *testing.T) {
	t.Parallel()
	cfg := config("")
	cfg.PlatformKeys = silentLister{gateway().Credentials().PlatformKeys()}
	_, err := wechatpay.New(cfg)
	require.NoError(t, err)

	asBrand(&cfg)
	cfg.PlatformKeys = silentLister{gateway().Credentials().Brand.PlatformKeys()}
	_, err = wechatpay.New(cfg)
	require.ErrorContains(t, err, "Config.PlatformKeyID", "its one key cannot be seen")
}

// A stating is a Signer and a Verifier that states a scheme.
type stating struct{ scheme signer.Scheme }

func (s *stating) Scheme() signer.Scheme                                { return s.scheme }
func (s *stating) Sign(context.Context, []byte) ([]byte, error)         { return []byte{1}, nil }
func (s *stating) Verify(context.Context, string, []byte, []byte) error { return nil }

// TestTheCertificateOfABrand: its common name may be any number.
func TestTheCertificateOfABrand(t *testing.T) {
	t.Parallel()
	brand := gateway().Credentials().Brand
	for _, name := range []string{brand.BrandID, "1900000109", "a brand"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			template := &x509.Certificate{SerialNumber: big.NewInt(1 << 40), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
			der, err := x509.CreateCertificate(rand.Reader, template, template, &brand.PrivateKey.PublicKey, brand.PrivateKey)
			require.NoError(t, err)
			key, err := x509.MarshalPKCS8PrivateKey(brand.PrivateKey)
			require.NoError(t, err)
			merchant, err := keys.LoadMerchant(keys.Bytes(der), keys.Bytes(key))
			require.NoError(t, err)
			c, err := wechatpay.New(wechatpay.Config{BrandID: brand.BrandID, PrivateKey: merchant, PlatformKeys: brand.PlatformKeys()})
			require.NoError(t, err)
			assert.NotNil(t, c)
		})
	}
}

// TestTheSchemeOfAnotherAlgorithm: a Verifier that states none verifies as the Signer signs.
func TestTheSchemeOfAnotherAlgorithm(t *testing.T) {
	t.Parallel()
	c := answering(t, func(cfg *wechatpay.Config) {
		cfg.Signer, cfg.PrivateKey = &stating{signer.SM2}, nil
		cfg.Verifier, cfg.PlatformKeys = signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { return nil }), nil
	}, func(r *http.Request) (*http.Response, error) {
		drain(r)
		request, err := gateway().WebhookRequest(t.Context(), "http://127.0.0.1/", sandbox.Notification{Resource: "x"}, "")
		require.NoError(t, err)
		request.Header.Set(signer.HeaderSignatureType, signer.SM2.Name)
		return &http.Response{StatusCode: http.StatusOK, Header: request.Header, Body: request.Body, ContentLength: request.ContentLength}, nil
	})
	_, err := c.Chain("v3/x").Get(t.Context(), nil)
	require.NoError(t, err)
}

// TestCallersBelowAPrefix: what stands before a path in the base URL says nothing of its caller.
func TestCallersBelowAPrefix(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"/our/brand/gateway", "/x/v3/y", "/hk"} {
		t.Run(base, func(t *testing.T) {
			t.Parallel()
			sent := 0
			client := func(change func(*wechatpay.Config)) *wechatpay.Client {
				return answering(t, func(cfg *wechatpay.Config) {
					if change != nil {
						change(cfg)
					}
					cfg.BaseURL = "https://gw.example.com" + base + "/"
				}, func(r *http.Request) (*http.Response, error) {
					drain(r)
					sent++
					return reply(http.StatusBadGateway, ""), nil
				})
			}
			merchant, brand := client(nil), client(asBrand)
			for _, call := range []struct {
				client *wechatpay.Client
				path   string
				sent   int
			}{{merchant, "v3/x", 1}, {merchant, "brand/x", 1}, {brand, "brand/x", 2}, {brand, "v3/x", 2}} {
				_, err := call.client.Chain(call.path).Get(t.Context(), nil)
				require.Error(t, err)
				assert.Equal(t, call.sent, sent, "%s: %v", call.path, err)
			}
		})
	}
}
