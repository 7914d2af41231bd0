package billparts_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/billparts"
	"github.com/wechatpay-chain/wechatpay/media"
)

const part = `{"bill_sequence":%d,"download_url":"https://x/%[1]d","hash_type":"SHA256","hash_value":"h%[1]d","encrypt_key":"k%[1]d","nonce":"n%[1]d"}`

// list is a reply with parts of these sequences. more follows the list.
func list(more string, sequences ...int) string {
	parts := make([]string, len(sequences))
	for i, n := range sequences {
		parts[i] = fmt.Sprintf(part, n)
	}
	return `{"download_bill_list":[` + strings.Join(parts, ",") + `]` + more + `}`
}

func wanted(sequences ...int) []billparts.Part {
	parts := make([]billparts.Part, len(sequences))
	for i, n := range sequences {
		parts[i] = billparts.Part{
			URL: fmt.Sprintf("https://x/%d", n), Checksum: media.Checksum{Type: "SHA256", Value: fmt.Sprintf("h%d", n)},
			Sequence: int64(n), Key: fmt.Sprintf("k%d", n), Nonce: fmt.Sprintf("n%d", n),
		}
	}
	return parts
}

func TestParse(t *testing.T) {
	t.Parallel()
	sha1, sha256 := strings.Repeat("a", 40), strings.Repeat("b", 64)
	daily := func(kind, value string) []billparts.Part {
		return []billparts.Part{{URL: "https://x/1", Checksum: media.Checksum{Type: kind, Value: value}}}
	}
	plain := []billparts.Part{{URL: "https://x/1", Checksum: media.Checksum{Type: "SHA1", Value: "abc"}}}
	for _, row := range []struct {
		name, reply string
		want        []billparts.Part
	}{
		{"one file", `{"download_url":"https://x/1","hash_type":"SHA1","hash_value":"abc"}`, plain},
		{"one file, a key of another kind is not read", `{"download_url":"https://x/1","hash_type":"SHA1","hash_value":"abc","encrypt_key":"k","nonce":"n","bill_sequence":7}`, plain},
		{"a null list is ignored", `{"download_bill_list":null,"download_url":"https://x/1","hash_type":"SHA1","hash_value":"abc"}`, plain},
		{"a coupon flow", `{"url":"https://x/1","hash_type":"SHA1","hash_value":"abc"}`, plain},
		{"a coupon flow of a day", `{"url":"https://x/1","stock_useflow_hash":"` + sha1 + `","stock_useflow_count":"7"}`, daily("SHA1", sha1)},
		{"refunds of a day", `{"url":"https://x/1","stock_refundflow_hash":"` + sha256 + `"}`, daily("SHA256", sha256)},
		{"a receipt", `{"state":"FINISHED","download_url":"https://x/1","hash_type":"SHA1","hash_value":"abc"}`, plain},
		{"a receipt in a state that has a URL already", `{"state":"GENERATING","download_url":"https://x/1","hash_type":"SHA1","hash_value":"abc"}`, plain},
		{"one part", list("", 1), wanted(1)},
		{"parts in order", list("", 1, 2, 3), wanted(1, 2, 3)},
		{"parts out of order", list("", 3, 1, 2), wanted(1, 2, 3)},
		{"the first sequence may be any", list("", 8, 7), wanted(7, 8)},
		{"the count is right", list(`,"download_bill_count":2`, 2, 1), wanted(1, 2)},
		{"the count is a text", list(`,"download_bill_count":"2"`, 2, 1), wanted(1, 2)},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			parts, err := billparts.Parse(gjson.Parse(row.reply))
			require.NoError(t, err)
			assert.Equal(t, row.want, parts)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const noDownload = "the reply has no download_url or url with a hash_type and a hash_value; use Get with a Sink for other downloads"
	const lacks = "a part of download_bill_list lacks its download_url, encrypt_key or nonce"
	without := func(member string) string {
		return strings.Replace(list("", 1), `"`+member+`":`, `"other":`, 1)
	}
	for _, row := range []struct{ name, reply, want string }{
		{"an empty reply", `{}`, noDownload},
		{"no reply", ``, noDownload},
		{"no URL", `{"hash_type":"SHA1","hash_value":"abc"}`, noDownload},
		{"no digest", `{"download_url":"https://x/1","hash_type":"SHA1"}`, noDownload},
		{"a URL that is an object", `{"download_url":{"a":1},"hash_type":"SHA1","hash_value":"abc"}`, noDownload},
		{"a digest that is a list", `{"download_url":"https://x/1","hash_type":"SHA1","hash_value":["abc"]}`, noDownload},
		{"no kind of digest", `{"download_url":"https://x/1","hash_value":"abc"}`, `unsupported hash algorithm ""; use SHA1 or SHA256`},
		{"a coupon flow of a day with another digest", `{"url":"https://x/1","stock_useflow_hash":"abc"}`, `unsupported hash algorithm ""; use SHA1 or SHA256`},
		{"an order", `{"state":"SUCCESS","out_bill_no":"1"}`, noDownload},
		{"a receipt that failed", `{"state":"FAILED","fail_reason":"转账单不存在"}`, `WeChat Pay could not make the file: its state is "FAILED", its fail_reason "转账单不存在"; apply for it again`},
		{"another digest", `{"download_url":"https://x/1","hash_type":"SM3","hash_value":"abc"}`, `unsupported hash algorithm "SM3"; use SHA1 or SHA256`},
		{"an empty list", list(""), "download_bill_list is empty"},
		{"a part that is a string", `{"download_bill_list":["x"]}`, lacks},
		{"a part without its URL", without("download_url"), lacks},
		{"a part without its key", without("encrypt_key"), lacks},
		{"a part without its nonce", without("nonce"), lacks},
		{"a part of another digest", without("hash_type"), `unsupported hash algorithm ""; use SHA1 or SHA256`},
		{"fewer parts than counted", list(`,"download_bill_count":3`, 1, 2), "download_bill_list has 2 parts, but download_bill_count is 3"},
		{"more parts than counted", list(`,"download_bill_count":0`, 1), "download_bill_list has 1 parts, but download_bill_count is 0"},
		{"a gap", list("", 1, 2, 4), "download_bill_list has no part between bill_sequence 2 and 4"},
		{"a gap, out of order", list("", 4, 1, 2), "download_bill_list has no part between bill_sequence 2 and 4"},
		{"a repetition", list("", 1, 2, 2), "download_bill_list has two parts of bill_sequence 2"},
		{"no sequences", strings.ReplaceAll(list("", 1, 2), "bill_sequence", "other"), "download_bill_list has two parts of bill_sequence 0"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := billparts.Parse(gjson.Parse(row.reply))
			assert.EqualError(t, err, row.want)
		})
	}
}

// keyReader is a Decrypter that returns what it was given, or an error.
type keyReader struct{ err error }

func (d keyReader) DecryptOAEP(_ context.Context, ciphertext []byte) ([]byte, error) {
	return append([]byte("key of "), ciphertext...), d.err
}

func TestDecryptKey(t *testing.T) {
	t.Parallel()
	broken := errors.New("the HSM is busy")
	raw := base64.StdEncoding.EncodeToString([]byte{0, 0xff}) // a key is bytes, not text
	for _, row := range []struct {
		name, key string
		decrypter keyReader
		want, err string
	}{
		{"bytes", raw, keyReader{}, "key of \x00\xff", ""},
		{"empty", "", keyReader{}, "key of ", ""},
		{"not base64", "!", keyReader{}, "", "cipher: decryption failed (wrong key, or altered data): encrypt_key is not base64"},
		{"the URL's base64", "_-8=", keyReader{}, "", "cipher: decryption failed (wrong key, or altered data): encrypt_key is not base64"},
		{"the decrypter fails", raw, keyReader{broken}, "", "cipher: decryption failed (wrong key, or altered data): encrypt_key: the HSM is busy"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			key, err := billparts.Part{Key: row.key}.DecryptKey(t.Context(), row.decrypter)
			assert.Equal(t, row.want, key.Reveal())
			if row.err == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, row.err)
			require.ErrorIs(t, err, cipher.ErrDecrypt)
			if row.decrypter.err != nil {
				require.ErrorIs(t, err, broken)
			}
		})
	}
}

// TestReceiptsThatAreNotReady: each kind of receipt has states of its own.
func TestReceiptsThatAreNotReady(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, reply, state string }{
		{"of a transfer", `{"state":"GENERATING","create_time":"2026-11-29T10:00:00+08:00"}`, "GENERATING"},
		{"of a budget", `{"receipt_state":"ACCEPTED","accept_id":"1"}`, "ACCEPTED"},
		{"of a batch", `{"signature_status":"ACCEPTED","download_url":"","hash_value":null}`, "ACCEPTED"},
		{"of an abnormal fund", `{"receipt_state":"RECEIPT_STATE_PROGRESS"}`, "RECEIPT_STATE_PROGRESS"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := billparts.Parse(gjson.Parse(row.reply))
			require.ErrorIs(t, err, media.ErrNotReady)
			assert.EqualError(t, err, "the file is not ready: its state is \""+row.state+"\"; try again later")
		})
	}
}
