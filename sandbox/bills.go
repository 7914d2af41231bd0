package sandbox

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // required by WeChat Pay for bills
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
	"github.com/wechatpay-chain/wechatpay/signer"
)

const (
	billWrongHash = "bill-wrong-hash"
	billCut       = "bill-cut"
	billError     = "bill-error"
	billForeign   = "bill-foreign"
)

// BillFaults returns the faults that [FaultHeader] may name for the application for a
// bill: bill-wrong-hash (another file's digest), bill-cut (the download is truncated),
// bill-error (the download is an error in JSON), bill-foreign (the download_url has a
// foreign host).
func BillFaults() []string { return []string{billCut, billError, billForeign, billWrongHash} }

// urlLife is how long a download_url is valid.
const urlLife = 5 * time.Minute

// A bill is a file behind a download_url.
type bill struct {
	write func(io.Writer) error // as it is sent
	fault string
	until time.Time
}

// A billDesk serves bills by their tokens.
type billDesk struct {
	mu      sync.Mutex
	byToken map[string]bill
	content map[string]func(io.Writer) error // by path; by default what happened
}

func newBillDesk() billDesk {
	return billDesk{byToken: map[string]bill{}, content: map[string]func(io.Writer) error{}}
}

// PutBill sets the content of the bills of an application such as
// "/v3/bill/tradebill", in place of the one of what happened. It is called for
// each download, and once more for the digest. PutBill panics if New did not make the
// Gateway.
func (g *Gateway) PutBill(path string, content func(io.Writer) error) {
	if err := g.checkMade(); err != nil {
		panic(err)
	}
	g.bills.mu.Lock()
	defer g.bills.mu.Unlock()
	g.bills.content[path] = content
}

// applyForBill is GET /v3/bill/tradebill and other bills in one file.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013071195
func (g *Gateway) applyForBill(r *Request) *Reply {
	content, refusal := g.billContent(r)
	if refusal != nil {
		return refusal
	}
	digest, err := digestOf(content)
	if err != nil {
		return Error(http.StatusInternalServerError, "SYSTEM_ERROR", err.Error(), nil)
	}
	return JSON(http.StatusOK, g.offer(r, packed(content, r), digest))
}

// packed returns the content as it is sent.
func packed(content func(io.Writer) error, r *Request) func(io.Writer) error {
	return zipped(content, r.URL.Query().Get("tar_type"))
}

func zipped(content func(io.Writer) error, tarType string) func(io.Writer) error {
	if tarType != "GZIP" {
		return content
	}
	return func(w io.Writer) error {
		zip := gzip.NewWriter(w)
		if err := content(zip); err != nil {
			return err
		}
		return zip.Close()
	}
}

func digestOf(write func(io.Writer) error) (string, error) {
	hash := sha1.New() //nolint:gosec // see above
	err := write(hash)
	return hex.EncodeToString(hash.Sum(nil)), err
}

// offer registers a download and returns its URL and digest.
func (g *Gateway) offer(r *Request, write func(io.Writer) error, digest string) map[string]any {
	fault := r.fault
	if fault == billWrongHash {
		digest = hex.EncodeToString(make([]byte, sha1.Size))
	}
	token := signer.Nonce() + "%2B" // a URL that must not be encoded again
	g.bills.mu.Lock()
	defer g.bills.mu.Unlock()
	for old, b := range g.bills.byToken {
		if g.clock.wall().After(b.until) {
			delete(g.bills.byToken, old)
		}
	}
	g.bills.byToken[token] = bill{write, fault, g.clock.wall().Add(urlLife)}
	host := origin(r.Request)
	if fault == billForeign {
		host = "https://example.com"
	}
	return map[string]any{
		"hash_type": "SHA1", "hash_value": digest, "download_url": host + "/v3/billdownload/file?token=" + token,
	}
}

// checkBillDate refuses the days without a bill: today, later ones and very old ones.
func (g *Gateway) checkBillDate(r *Request) *Reply {
	china := time.FixedZone("CST", 8*60*60)
	date, err := time.ParseInLocation(time.DateOnly, r.URL.Query().Get("bill_date"), china)
	year, month, day := g.now().In(china).Date()
	today := time.Date(year, month, day, 0, 0, 0, 0, china)
	switch {
	case err != nil:
		return paramError("bill_date", "query", "缺少 bill_date，或格式不是 YYYY-MM-DD")
	case !date.Before(today) || date.Before(today.AddDate(0, -3, 0)):
		return Error(http.StatusBadRequest, "NO_STATEMENT_EXIST", "账单文件不存在", nil)
	}
	return nil
}

// download is GET /v3/billdownload/file: the request is signed, the reply is not.
func (g *Gateway) download(r *Request) *Reply {
	g.bills.mu.Lock()
	token := rawToken(r)
	found, ok := g.bills.byToken[token]
	g.bills.mu.Unlock()
	if !ok && isSampled(token) {
		found, ok = bill{write: writing(sample.File(token)), until: g.clock.wall().Add(urlLife)}, true
	}
	if !ok || g.clock.wall().After(found.until) || found.fault == billError {
		refusal := Error(http.StatusBadRequest, "PARAM_ERROR", "token 已过期", nil)
		refusal.unsigned = true
		return refusal
	}
	return &Reply{
		Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/plain"}}, unsigned: true,
		stream: found.write, cut: found.fault == billCut,
	}
}

// isSampled reports whether a token may be of a download_url that stands for a file in a reply
// that no part of the sandbox plays.
func isSampled(token string) bool {
	return len(token) == 32 && strings.Trim(token, "0123456789abcdef") == ""
}

// rawToken returns the token as it was sent, because a re-encoded token must fail.
func rawToken(r *Request) string {
	for parameter := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if token, is := strings.CutPrefix(parameter, "token="); is {
			return token
		}
	}
	return ""
}

// applyForParts is GET /v3/bill/sub-merchant-fundflowbill: the bill in two parts, each
// encrypted with a separate key, which is encrypted to the merchant. What the digest
// covers is not documented; here it is the first part as it goes over the wire, and the
// second one before compression and encryption.
//
// https://pay.weixin.qq.com/doc/v3/partner/4014314390
func (g *Gateway) applyForParts(r *Request) *Reply {
	content, refusal := g.billContent(r)
	if refusal != nil {
		return refusal
	}
	var whole bytes.Buffer
	if err := content(&whole); err != nil {
		return Error(http.StatusInternalServerError, "SYSTEM_ERROR", err.Error(), nil)
	}
	half := whole.Len() / 2
	list := make([]any, 0, 2)
	for i, text := range [][]byte{whole.Bytes()[half:], whole.Bytes()[:half]} { // the last one first
		p, err := g.encryptedPart(r, text, i == 1)
		if err != nil {
			return Error(http.StatusInternalServerError, "SYSTEM_ERROR", err.Error(), nil)
		}
		p["bill_sequence"] = 2 - i
		list = append(list, p)
	}
	return JSON(http.StatusOK, map[string]any{"download_bill_count": len(list), "download_bill_list": list})
}

func (g *Gateway) encryptedPart(r *Request, text []byte, digestOfWire bool) (map[string]any, error) {
	key, nonce := make([]byte, cipher.KeySize), rand.Text()[:16]
	_, _ = rand.Read(key) // never fails
	var zipped bytes.Buffer
	if err := packed(writing(text), r)(&zipped); err != nil {
		return nil, err
	}
	encrypted, err := cipher.EncryptBytes(cipher.NewSecret(string(key)), nonce, zipped.Bytes())
	if err != nil {
		return nil, err
	}
	wrapped, err := cipher.Encrypt(&g.credentials.PrivateKey.PublicKey, string(key))
	if err != nil {
		return nil, err
	}
	covered := text
	if digestOfWire {
		covered = encrypted
	}
	digest, err := digestOf(writing(covered))
	if err != nil {
		return nil, err
	}
	p := g.offer(r, writing(encrypted), digest)
	p["encrypt_key"], p["nonce"] = wrapped, nonce
	return p, nil
}

func writing(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

// billContent returns what a test has put in place of a bill, or the bill of what happened.
func (g *Gateway) billContent(r *Request) (func(io.Writer) error, *Reply) {
	g.bills.mu.Lock()
	path := routeOf(r.URL.EscapedPath())
	content := g.bills.content[path]
	g.bills.mu.Unlock()
	if content != nil {
		return content, g.checkBillDate(r)
	}
	query := r.URL.Query()
	var text []byte
	var err error
	switch {
	case strings.HasSuffix(path, "/tradebill"):
		text, err = g.parts.trade.TradeBill(g.now(), g.merchant.id, query.Get("bill_date"), query.Get("bill_type"))
	case strings.HasSuffix(path, "/sub-merchant-fundflowbill"):
		text, err = g.parts.trade.FundFlowBill(g.now(), query.Get("sub_mchid"), query.Get("bill_date"), query.Get("account_type"))
	default:
		text, err = g.parts.trade.FundFlowBill(g.now(), g.merchant.id, query.Get("bill_date"), query.Get("account_type"))
	}
	var refusal *play.Refusal
	switch {
	case errors.As(err, &refusal):
		return nil, refused(refusal)
	case err != nil:
		return nil, Error(http.StatusInternalServerError, "SYSTEM_ERROR", err.Error(), nil)
	}
	return writing(text), nil
}
