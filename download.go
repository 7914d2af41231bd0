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
	"net/url"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/billparts"
	"github.com/wechatpay-chain/wechatpay/internal/retry"
	"github.com/wechatpay-chain/wechatpay/internal/target"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// MaxPart is the most bytes that a part of an encrypted bill may have: it is held in
// memory, since nothing of it is verified before its end.
const MaxPart = 256 << 20

// DownloadOptions are what [Chain.Download] takes beyond the path. Its fields are those of
// [Options].
type DownloadOptions struct {
	Vars    M
	Query   any
	Header  http.Header // of the application for the file
	BaseURL string
	// Timeout bounds the application and, of the download, not its length but the time
	// without a byte.
	Timeout time.Duration
	Stack   func(*middleware.Stack) error
	Debug   io.Writer
	// Progress is called with the bytes of a download, of each part for itself.
	Progress func(done, total int64)
}

// A Download is a file that was downloaded whole.
type Download struct {
	Path string
	Size int64 // of the file, in bytes
	// Response is the verified reply that said where the file is, and its digest.
	Response *Response
}

// Download applies for a file, downloads it, and saves it to path whole or not at all:
// trade and fund-flow bills, and everything else that is answered with a download_url and a
// hash_value.
//
//	c.Chain("v3/bill/tradebill").Download(ctx, "trade.csv", &wechatpay.DownloadOptions{
//		Query: wechatpay.M{"bill_date": "2026-11-23", "bill_type": "ALL", "tar_type": "GZIP"},
//	})
//
// The download_url is followed as it is, signed, and only to hosts that may see a
// signature. The reply carries none; its digest (SHA-1 or SHA-256) proves it, taken after
// unzipping, which tar_type=GZIP in the Query asks for. Only a file with the announced
// digest is saved; see [media.Save]. Bills in several encrypted parts (download_bill_list)
// are decrypted with the merchant's private key and joined; each part is held in memory
// until it is verified, up to [MaxPart].
//
// A download that was cut off, or has another digest, is repeated from the application
// on, since its URL soon expires, as often as the client retries.
//
// The error wraps [media.ErrChecksum], [media.ErrHashType], what [Chain.Do] fails with,
// or that of the disk. No bill for that day is an [*APIError], NO_STATEMENT_EXIST.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013071196
func (ch Chain) Download(ctx context.Context, path string, opts *DownloadOptions) (*Download, error) {
	if opts == nil {
		opts = &DownloadOptions{}
	}
	d := &downloader{chain: ch, opts: opts}
	if err := d.check(ctx, path); err != nil {
		return nil, &CallError{Method: http.MethodGet, Path: ch.String(), Err: invalid(err)}
	}
	var done *Download
	var err error
	policy := ch.client.retry
	retry.Run(ctx, retry.Policy{Attempts: policy.MaxAttempts(), Wait: cmp.Or(policy.Wait, 500*time.Millisecond), MaxWait: cmp.Or(policy.MaxWait, time.Minute)}, func(int) retry.Next {
		if done, err = d.attempt(ctx, path); err == nil || !d.retryable(err) {
			return retry.Next{Stop: "final"}
		}
		return retry.Next{}
	})
	return done, err
}

// A downloader is one Download on its way.
type downloader struct {
	chain   Chain
	opts    *DownloadOptions
	gzip    bool
	applied bool // in the current attempt
	size    int64
}

func (d *downloader) check(ctx context.Context, path string) error {
	query, err := target.QueryOf(d.opts.Query)
	algorithm := d.chain.queryText(query, "algorithm")
	d.gzip = strings.EqualFold(d.chain.queryText(query, "tar_type"), "GZIP")
	switch {
	case d.chain.client == nil:
		return errors.New("zero Chain: start one with Client.Chain or Client.At")
	case ctx == nil:
		return errors.New("the context is nil; use context.Background()")
	case path == "":
		return errors.New("Download: the path of the file is empty")
	case strings.HasPrefix(algorithm, "SM"):
		return fmt.Errorf("Download: algorithm %.20q cannot be decrypted here; ask for AEAD_AES_256_GCM", algorithm)
	}
	return err
}

// queryText is a value of the query, from the options or from the path.
func (ch Chain) queryText(query M, name string) string {
	if v, ok := query[name]; ok && !target.IsNil(v) {
		text, _ := target.Scalar(v) // the call refuses what cannot be written
		return text
	}
	return ch.literalQuery().Get(name)
}

// literalQuery is the query that is part of the path.
func (ch Chain) literalQuery() url.Values {
	_, raw, _ := strings.Cut(ch.path[target.PathEnd(ch.path):], "?")
	values, _ := url.ParseQuery(raw)
	return values
}

// retryable reports whether another attempt may help. The stack retries the application
// by itself, and a refused URL or a full disk stays one.
func (d *downloader) retryable(err error) bool {
	var api *APIError
	var call *CallError
	var disk *fs.PathError
	if !d.applied || errors.Is(err, ErrInvalid) || errors.As(err, &disk) {
		return false
	}
	return errors.As(err, &api) || errors.As(err, &call) || errors.Is(err, media.ErrChecksum) || errors.Is(err, cipher.ErrDecrypt)
}

// attempt goes from the application to the file.
func (d *downloader) attempt(ctx context.Context, path string) (*Download, error) {
	d.applied, d.size = false, 0
	resp, err := d.chain.Get(ctx, &Options{
		Vars: d.opts.Vars, Query: d.opts.Query, Header: d.opts.Header, BaseURL: d.opts.BaseURL,
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
	return &Download{Path: path, Size: d.size, Response: resp}, nil
}

// fetch downloads one part into w, and fails unless it has its digest.
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

// fetchEncrypted downloads one part, verifies it, and writes its plaintext.
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

// errStalled ends a download that no byte of comes any more.
var errStalled = fmt.Errorf("no byte came within the time-out: %w", context.DeadlineExceeded)

// get calls a download_url, as it is, and passes its body on.
func (d *downloader) get(ctx context.Context, address string, consume func(body io.Reader) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	call, err := Chain{client: d.chain.client}.Chain(address).prepare(ctx, http.MethodGet, &Options{
		Unsigned: true, Timeout: -1, Stack: d.opts.Stack, Debug: d.opts.Debug, Header: http.Header{"Accept": {"*/*"}}, Sink: io.Discard,
	})
	if err != nil {
		return err
	}
	alive, stop := d.watch(cancel)
	defer stop()
	call.handling.consume = consume
	call.handling.progress = func(done, total int64) {
		alive()
		if d.opts.Progress != nil {
			d.opts.Progress(done, total)
		}
	}
	_, err = call.run()
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, errStalled) && !errors.Is(err, errStalled) {
		err = fmt.Errorf("%w: %w", err, cause)
	}
	return err
}

// watch cancels a download unless alive is called within each time-out.
func (d *downloader) watch(cancel context.CancelCauseFunc) (alive, stop func()) {
	timeout := cmp.Or(d.opts.Timeout, d.chain.client.timeout)
	if timeout <= 0 {
		return func() {}, func() {}
	}
	watchdog := time.AfterFunc(timeout, func() { cancel(errStalled) })
	return func() { watchdog.Reset(timeout) }, func() { watchdog.Stop() }
}

// copy unzips a body, if that was asked for, and counts the result.
func (d *downloader) copy(w io.Writer, body io.Reader) error {
	if d.gzip {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return fmt.Errorf("unzipping: %w", err)
		}
		body = unzipped
	}
	n, err := io.Copy(w, body)
	d.size += n
	return err
}
