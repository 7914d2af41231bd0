package fieldcrypt_test

import (
	"crypto/rand"
	"crypto/rsa"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/fieldcrypt"
)

var key = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // only without a source of randomness
	}
	return k
})

func encrypter(fields fieldcrypt.Fields) *fieldcrypt.Encrypter {
	return &fieldcrypt.Encrypter{Fields: fields, KeyID: "PUB_KEY_ID_1", Key: &key().PublicKey}
}

func decrypt(t *testing.T, ciphertext string) string {
	t.Helper()
	d, err := cipher.NewDecrypter(key())
	require.NoError(t, err)
	plaintext, err := cipher.Decrypt(t.Context(), d, ciphertext)
	require.NoError(t, err)
	return plaintext
}

func TestEncrypterWithoutFieldsChangesNothing(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name      string
		encrypter *fieldcrypt.Encrypter
	}{
		{"nil", nil},
		{"without fields", encrypter(fieldcrypt.Fields{})},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			data, err := row.encrypter.JSON([]byte(`{"a": "1"} `))
			require.NoError(t, err)
			assert.Equal(t, `{"a": "1"} `, string(data)) //nolint:testifylint // the text, not its meaning
			query, err := row.encrypter.Query(map[string]any{"a": "1", "b": 2})
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"a": "1", "b": 2}, query)
			query, err = row.encrypter.Query(nil)
			require.NoError(t, err)
			assert.Nil(t, query)
			assert.Nil(t, row.encrypter.Meta())
		})
	}
}

func TestEncryptJSONAndMeta(t *testing.T) {
	t.Parallel()
	fields := cipher.Fields{"name", "list.#.phone", "missing?"}
	const text = `{"name": "张三", "list": [{"phone": "1"}, {"phone": ""}], "plain": "x"}`
	for _, row := range []struct {
		name string
		call func(data []byte) ([]byte, error)
	}{
		{"JSON", encrypter(fieldcrypt.Fields{JSON: fields}).JSON},
		{"meta", encrypter(fieldcrypt.Fields{Meta: fields}).Meta()},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			data, err := row.call([]byte(text))
			require.NoError(t, err)
			assert.Equal(t, "张三", decrypt(t, gjson.GetBytes(data, "name").Str))
			assert.Equal(t, "1", decrypt(t, gjson.GetBytes(data, "list.0.phone").Str))
			assert.Equal(t, `""`, gjson.GetBytes(data, "list.1.phone").Raw, "an empty field stays empty")
			assert.Equal(t, "x", gjson.GetBytes(data, "plain").Str)

			_, err = row.call([]byte(`{"list":[]}`))
			require.EqualError(t, err, `Options.Encrypt: field "name": no such field: there is no "name"`)
			require.ErrorIs(t, err, cipher.ErrNoField)
			_, err = row.call([]byte(`{"name":"` + strings.Repeat("a", 215) + `","list":[]}`))
			require.EqualError(t, err, `Options.Encrypt: field "name": cipher: too long to encrypt: it has 215 bytes of UTF-8, and 214 are allowed`)
		})
	}
}

// Each place has fields of its own.
func TestPlacesAreKeptApart(t *testing.T) {
	t.Parallel()
	data, err := encrypter(fieldcrypt.Fields{Query: cipher.Fields{"a"}, Meta: cipher.Fields{"a"}}).JSON([]byte(`{"a":"1"}`))
	require.NoError(t, err)
	assert.JSONEq(t, `{"a":"1"}`, string(data))
	e := encrypter(fieldcrypt.Fields{JSON: cipher.Fields{"a"}})
	assert.Nil(t, e.Meta())
	query, err := e.Query(map[string]any{"a": "1"})
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"a": "1"}, query)
}

func TestEncryptQuery(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name      string
		fields    cipher.Fields
		query     map[string]any
		encrypted []string // names whose values are encrypted; all others stay
	}{
		{"one of two", cipher.Fields{"a"}, map[string]any{"a": "1", "b": 2}, []string{"a"}},
		{"an optional one that is there", cipher.Fields{"a?"}, map[string]any{"a": "1"}, []string{"a"}},
		{"an optional one that is not", cipher.Fields{"a?", "b"}, map[string]any{"b": "1"}, []string{"b"}},
		{"an empty one stays empty", cipher.Fields{"a", "b"}, map[string]any{"a": "", "b": "1"}, []string{"b"}},
		{"an optional one in no query", cipher.Fields{"a?"}, nil, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			given := maps.Clone(row.query)
			query, err := encrypter(fieldcrypt.Fields{Query: row.fields}).Query(given)
			require.NoError(t, err)
			assert.Equal(t, row.query, given, "the caller's query is not changed")
			for _, name := range row.encrypted {
				require.NotEqual(t, given[name], query[name])
				query[name] = decrypt(t, query[name].(string))
			}
			assert.Equal(t, row.query, query)
		})
	}
}

func TestEncryptQueryRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		fields cipher.Fields
		query  map[string]any
		want   string
	}{
		{"missing", cipher.Fields{"a"}, map[string]any{"b": "1"}, `Options.Encrypt: field "a" of Options.Query: no such field`},
		{"missing, without a query", cipher.Fields{"a"}, nil, `Options.Encrypt: field "a" of Options.Query: no such field`},
		{"a number", cipher.Fields{"a"}, map[string]any{"a": 1}, `Options.Encrypt: field "a" of Options.Query: a int cannot be encrypted; pass a string`},
		{"a list", cipher.Fields{"a?"}, map[string]any{"a": []string{"1"}}, `Options.Encrypt: field "a" of Options.Query: a []string cannot be encrypted; pass a string`},
		{"nil", cipher.Fields{"a?"}, map[string]any{"a": nil}, `Options.Encrypt: field "a" of Options.Query: a <nil> cannot be encrypted; pass a string`},
		{"named twice", cipher.Fields{"a", "a?"}, map[string]any{"a": "1"}, `Options.Encrypt: field "a" of Options.Query: it is named twice`},
		{"too long", cipher.Fields{"a"}, map[string]any{"a": strings.Repeat("a", 215)}, `Options.Encrypt: field "a" of Options.Query: cipher: too long to encrypt: it has 215 bytes of UTF-8, and 214 are allowed`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			query, err := encrypter(fieldcrypt.Fields{Query: row.fields}).Query(row.query)
			require.EqualError(t, err, row.want)
			assert.Nil(t, query)
		})
	}
}
