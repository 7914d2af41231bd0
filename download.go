package wechatpay

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/internal/billparts"
	"github.com/wechatpay-chain/wechatpay/internal/limit"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
	"github.com/wechatpay-chain/wechatpay/internal/retry"
	"github.com/wechatpay-chain/wechatpay/internal/target"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// MaxPart is the maximum size in bytes of a part of an encrypted bill. A part is held in
// memory, because it can only be verified as a whole.
const MaxPart = 256 << 20

// The defaults of [DownloadOptions]. A gzip file may not expand to more than 100 times its
// size, unless it stays below 64 MB, or MaxSize is set: bills expand to 5 or 20 times it.
const (
	DefaultMaxSize = 4 << 30 // bytes
	DefaultMinRate = 1 << 10 // bytes per second
	maxExpansion   = 100
	freeExpansion  = 64 << 20
)

// DownloadOptions configure [Chain.Download]. The fields are those of [Options], except as
// noted.
type DownloadOptions struct {
	Vars    M
	Query   any
	XML     any         // of a bill of APIv2
	Header  http.Header // of the first request, which applies for the file
	BaseURL string
	// AnyCaller is that of both requests.
	AnyCaller bool
	// Timeout limits the first request and, during the download, the time without any
	// data.
	Timeout time.Duration
	Stack   func(*middleware.Stack) error
	Debug   io.Writer
	// MaxSize limits the bytes of the file, after decompression and over all of its parts;
	// default [DefaultMaxSize], negative for no limit.
	MaxSize int64
	// MinRate is the minimum rate in bytes per second, measured over 30 seconds; default
	// [DefaultMinRate], negative for no limit.
	MinRate int64
	// Progress is called during a download, for each part separately.
	Progress func(done, total int64)
}

// A Download is a downloaded file.
type Download struct {
	Path string
	Size int64 // of the file, in bytes
	// Response is the verified reply with the URL and the digest of the file.
	Response *Response
}

// Download applies for a file, downloads it, and saves it to path, completely or not at
// all: trade and fund-flow bills, and any other reply with a download_url and a hash_value.
//
//	c.Chain("v3/bill/tradebill").Download(ctx, "trade.csv", &wechatpay.DownloadOptions{
//		Query: wechatpay.M{"bill_date": "2026-11-23", "bill_type": "ALL", "tar_type": "GZIP"},
//	})
//
// The request for the download_url is signed, and sent only to trusted hosts. The reply is
// not signed; the file is verified by its digest (SHA-1 or SHA-256), after decompression if
// the Query has tar_type=GZIP. The file is only saved if the digest matches; see
// [media.Save]. Encrypted bills in several parts (download_bill_list) are decrypted with
// the merchant's private key and joined. Each part is held in memory until it is verified,
// up to [MaxPart].
//
// If the download breaks off or the digest does not match, Download applies again, since
// the URL soon expires, as many times as the client retries a call.
//
// The error is that of [Chain.Do], or wraps [media.ErrChecksum], [media.ErrHashType] or an
// error of the file system. A day without a bill is an [*APIError], NO_STATEMENT_EXIST.
//
// Of APIv2, the replies of v2/pay/downloadbill, v2/pay/downloadfundflow and
// v2/billcommentsp/batchquerycomment are the file itself, which has no digest.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013071196
func (ch Chain) Download(ctx context.Context, path string, opts *DownloadOptions) (*Download, error) {
	if opts == nil {
		opts = &DownloadOptions{}
	}
	d := &downloader{chain: ch, opts: opts}
	method, attempt, check := http.MethodGet, d.attempt, d.check
	if _, v2 := ch.v2Path(); v2 {
		method, attempt, check = http.MethodPost, d.attemptV2, d.checkV2
	}
	if err := check(ctx, path); err != nil {
		return nil, &CallError{Method: method, Path: ch.String(), Err: invalid(err)}
	}
	var done *Download
	var err error
	policy := ch.client.retry
	retry.Run(ctx, retry.Policy{Attempts: policy.MaxAttempts(), Wait: cmp.Or(policy.Wait, 500*time.Millisecond), MaxWait: cmp.Or(policy.MaxWait, time.Minute)}, func(int) retry.Next {
		if done, err = attempt(ctx, path); err == nil || !d.retryable(err) {
			return retry.Next{Stop: "final"}
		}
		return retry.Next{}
	})
	return done, err
}

// A downloader is the state of one Download.
type downloader struct {
	chain   Chain
	opts    *DownloadOptions
	gzip    bool
	applied bool // in the current attempt
	size    limit.Size
	saved   int64 // bytes
}

func (d *downloader) check(ctx context.Context, path string) error {
	query, err := target.QueryOf(d.opts.Query)
	algorithm := d.chain.queryText(query, "algorithm")
	d.gzip = strings.EqualFold(d.chain.queryText(query, "tar_type"), "GZIP")
	switch refusal := d.chain.check(ctx, http.MethodGet, &Options{}); {
	case refusal != nil:
		return refusal
	case path == "":
		return errors.New("Download: the path of the file is empty")
	case strings.HasPrefix(algorithm, "SM"):
		return errors.New("Download: the algorithm of the Query is not supported; use AEAD_AES_256_GCM")
	}
	return err
}

// queryText returns a value of the query in the options or in the path.
func (ch Chain) queryText(query M, name string) string {
	if v, ok := query[name]; ok && !nilcheck.IsNil(v) {
		text, _ := target.Scalar(v) // the call refuses an invalid value
		return text
	}
	return ch.literalQuery().Get(name)
}

// retryable reports whether another attempt may succeed. The stack has already retried the
// first request. An invalid URL, a full disk, a file that is too large, a refusal of a
// middleware and a panic are permanent.
func (d *downloader) retryable(err error) bool {
	var api *APIError
	var call *CallError
	var disk *fs.PathError
	var panicked *future.PanicError
	for _, permanent := range []error{ErrInvalid, ErrTooLarge, middleware.ErrNotSent} {
		if errors.Is(err, permanent) {
			return false
		}
	}
	if _, v2 := d.chain.v2Path(); v2 && errors.As(err, &api) {
		return false
	}
	if !d.applied || errors.As(err, &disk) || errors.As(err, &panicked) {
		return false
	}
	return errors.As(err, &api) || errors.As(err, &call) || errors.Is(err, media.ErrChecksum) || errors.Is(err, cipher.ErrDecrypt)
}

// attempt applies for the file and saves it.
func (d *downloader) attempt(ctx context.Context, path string) (*Download, error) {
	d.applied, d.saved = false, 0
	d.limitSize()
	resp, err := d.chain.Get(ctx, &Options{
		Vars: d.opts.Vars, Query: d.opts.Query, Header: d.opts.Header, BaseURL: d.opts.BaseURL, AnyCaller: d.opts.AnyCaller,
		Timeout: d.opts.Timeout, Stack: d.opts.Stack, Debug: d.opts.Debug,
	})
	if err != nil {
		return nil, err
	}
	parts, err := billparts.Parse(gjson.ParseBytes(resp.data))
	if err != nil {
		return nil, fmt.Errorf("wechatpay: %s: %w", d.chain, err)
	}
	d.applied = true
	err = media.Save(path, func(w io.Writer) error {
		for _, p := range parts {
			if err := d.fetch(ctx, p, w); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("wechatpay: %s: %w", d.chain, err)
	}
	return &Download{Path: path, Size: d.saved, Response: resp}, nil
}

func (d *downloader) limitSize() {
	d.size = limit.Size{Max: cmp.Or(d.opts.MaxSize, DefaultMaxSize)}
	if d.opts.MaxSize == 0 {
		d.size.Ratio, d.size.Free = maxExpansion, freeExpansion
	}
}

// fetch downloads one part into w and verifies its digest.
func (d *downloader) fetch(ctx context.Context, p billparts.Part, w io.Writer) error {
	if p.Key != "" {
		return d.fetchEncrypted(ctx, p, w)
	}
	return d.get(ctx, p.URL, func(body io.Reader) error {
		hash, err := p.Checksum.New()
		if err != nil {
			return err
		}
		if err := d.copy(io.MultiWriter(w, hash), body); err != nil {
			return err
		}
		return p.Checksum.Check(hash)
	})
}

// fetchEncrypted downloads one part, verifies it, and writes its plaintext to w.
//
// What the digest covers is not documented for these bills: the part as it comes, as it is
// decrypted, or as it is unzipped. Either is accepted: authenticated decryption proves the
// part already.
func (d *downloader) fetchEncrypted(ctx context.Context, p billparts.Part, w io.Writer) error {
	if d.chain.client.decrypter == nil {
		return errNoDecrypter
	}
	key, err := p.DecryptKey(ctx, d.chain.client.decrypter)
	if err != nil {
		return err
	}
	var ciphertext bytes.Buffer
	err = d.get(ctx, p.URL, func(body io.Reader) error {
		n, err := ciphertext.ReadFrom(io.LimitReader(body, MaxPart+1))
		if err == nil && n > MaxPart {
			err = fmt.Errorf("%w: a part has more than %d bytes", ErrTooLarge, MaxPart)
		}
		return err
	})
	if err != nil {
		return err
	}
	matched := p.Checksum.Matches(ciphertext.Bytes())
	plaintext, err := cipher.DecryptBytes(key, p.Nonce, ciphertext.Bytes())
	if err != nil {
		return fmt.Errorf("part %d: %w", p.Sequence, err)
	}
	matched = matched || p.Checksum.Matches(plaintext)
	hash, err := p.Checksum.New()
	if err != nil {
		return err
	}
	if err := d.copy(io.MultiWriter(w, hash), bytes.NewReader(plaintext)); err != nil {
		return fmt.Errorf("part %d: %w", p.Sequence, err)
	}
	if matched {
		return nil
	}
	return p.Checksum.Check(hash)
}

// copy writes a body to w, decompressed if it is gzip, and counts the bytes.
func (d *downloader) copy(w io.Writer, body io.Reader) error {
	if d.gzip {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return fmt.Errorf("decompressing gzip: %w", err)
		}
		body = unzipped
	}
	n, err := io.Copy(w, d.size.Written(body))
	d.saved += n
	return err
}
