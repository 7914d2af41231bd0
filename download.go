package wechatpay

import (
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

	"github.com/cenkalti/backoff/v5"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/media"
)

// A Download is a file that was downloaded whole.
type Download struct {
	Path string
	Size int64 // of the file, in bytes
	// Response is the verified reply that told where the file is, and its digest.
	Response *Response
}

// Download applies for a file, downloads it, and saves it to path whole or not at all:
// trade and fund-flow bills, and whatever else is answered with a download_url and a
// hash_value.
//
//	c.Chain("v3/bill/tradebill").Download(ctx, "trade.csv", &wechatpay.Options{
//		Query: wechatpay.M{"bill_date": "2026-11-23", "bill_type": "ALL", "tar_type": "GZIP"},
//	})
//
// The download_url is followed as it is, signed, and only to hosts that may see a
// signature. The reply carries none; what proves it is its digest (SHA-1 or SHA-256),
// taken after unzipping, which tar_type=GZIP in the Query asks for. Only a file with the
// digest that was announced takes its place at path; see [media.Save]. Bills in several
// encrypted parts (download_bill_list) are decrypted with the merchant's private key and
// put together; each part is held in memory until it is proven, up to [MaxPart].
//
// A download that was cut off, or has another digest, is begun anew: the URL too, since
// it soon expires. It is tried as often as the client retries, resuming nothing.
// [Options].Timeout bounds the application and, of the download, not its length but the
// time without a byte. Progress is told of the bytes of a download (of each part);
// Sink, Encrypt and Decrypt do not apply.
//
// The error wraps [media.ErrChecksum], [media.ErrHashType], what [Chain.Do] fails with,
// or that of the disk. No bill for that day is an [*APIError], NO_STATEMENT_EXIST.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013071196
func (ch Chain) Download(ctx context.Context, path string, opts *Options) (*Download, error) {
	if opts == nil {
		opts = &Options{}
	}
	query, err := queryOf(opts.Query)
	d := &downloading{chain: ch, opts: opts, query: query, gzip: strings.EqualFold(ch.queryText(query, "tar_type"), "GZIP")}
	if err == nil {
		err = d.check(path)
	}
	if err != nil {
		return nil, &CallError{Method: http.MethodGet, Path: ch.String(), Err: invalid(err)}
	}
	attempts, pauses := ch.client.attempts, backoff.NewExponentialBackOff()
	for attempt := 1; ; attempt++ {
		done, err := d.once(ctx, path)
		if err == nil || attempt >= attempts || !d.worthAnother(err) || ctx.Err() != nil {
			return done, err
		}
		timer := time.NewTimer(pauses.NextBackOff())
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, err
		}
	}
}

// downloading is one Download on its way.
type downloading struct {
	chain   Chain
	opts    *Options
	query   M
	gzip    bool
	applied bool // in the attempt at hand
	size    int64
}

func (d *downloading) check(path string) error {
	switch opts := d.opts; {
	case d.chain.client == nil:
		return errors.New("zero Chain: start one with Client.Chain or Client.At")
	case path == "":
		return errors.New("Download: the path of the file is empty")
	case opts.Sink != nil || len(opts.Encrypt) > 0 || len(opts.Decrypt) > 0 || opts.JSON != nil || opts.Body != nil:
		return errors.New("Download: of the Options, Sink, Encrypt, Decrypt, JSON and Body do not apply")
	case strings.HasPrefix(d.chain.queryText(d.query, "algorithm"), "SM"):
		return fmt.Errorf("Download: algorithm %.20q cannot be decrypted here; ask for AEAD_AES_256_GCM", d.chain.queryText(d.query, "algorithm"))
	}
	return nil
}

// queryText is a value of the query, wherever it stands: in the options, of whatever
// type, or in the path.
func (ch Chain) queryText(query M, name string) string {
	if v, there := query[name]; there && !isNil(v) {
		text, _ := scalar(v) // what cannot be written is refused by the call
		return text
	}
	return ch.literalQuery().Get(name)
}

// literalQuery is the query that stands in the path itself.
func (ch Chain) literalQuery() url.Values {
	_, raw, _ := strings.Cut(ch.path[pathEnd(ch.path):], "?")
	values, _ := url.ParseQuery(raw)
	return values
}

// worthAnother tells what another attempt may mend: what became of a download. The
// application is the stack's to retry, and a refused URL or a full disk stays one.
func (d *downloading) worthAnother(err error) bool {
	var api *APIError
	var call *CallError
	var disk *fs.PathError
	if !d.applied || errors.Is(err, ErrInvalid) || errors.As(err, &disk) {
		return false
	}
	return errors.As(err, &api) || errors.As(err, &call) || errors.Is(err, media.ErrChecksum) || errors.Is(err, cipher.ErrDecrypt)
}

// once is one attempt, from the application to the file.
func (d *downloading) once(ctx context.Context, path string) (*Download, error) {
	apply := *d.opts
	apply.Progress = nil
	d.applied, d.size = false, 0
	resp, err := d.chain.Get(ctx, &apply)
	if err != nil {
		return nil, err
	}
	parts, err := d.parts(resp)
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

// A part is one thing to download. An encrypted one has a key.
type part struct {
	url      string
	checksum media.Checksum
	sequence int64
	key      string // encrypted to the merchant, in base64
	nonce    string
}

var errNoDownload = errors.New("the reply has no download_url with a hash_type and a hash_value; call it with Get, and follow what it has with a Sink")

// parts are what a reply tells to download, in order.
func (d *downloading) parts(resp *Response) ([]part, error) {
	if list := resp.Get("download_bill_list"); list.IsArray() {
		return encryptedParts(list, resp.Get("download_bill_count"))
	}
	p := newPart(gjson.ParseBytes(resp.data))
	if p.url == "" || p.checksum.Value == "" {
		return nil, errNoDownload
	}
	if _, err := p.checksum.New(); err != nil {
		return nil, err
	}
	return []part{p}, nil
}

func newPart(v gjson.Result) part {
	return part{
		url:      word(v.Get("download_url")),
		checksum: media.Checksum{Type: word(v.Get("hash_type")), Value: word(v.Get("hash_value"))},
	}
}

// fetch downloads one part into w, and fails unless it has its digest.
func (d *downloading) fetch(ctx context.Context, p part, w io.Writer) error {
	if p.key != "" {
		return d.fetchEncrypted(ctx, p, w)
	}
	return d.get(ctx, p, func(body io.Reader) error {
		hash, err := p.checksum.New()
		if err != nil {
			return err
		}
		if err := d.copy(io.MultiWriter(w, hash), body); err != nil {
			return err
		}
		return p.checksum.Check(hash)
	})
}

// errStalled is what ends a download of which nothing comes any more.
var errStalled = fmt.Errorf("no byte came within the time-out: %w", context.DeadlineExceeded)

// get calls a download_url, as it is, and hands its body on.
func (d *downloading) get(ctx context.Context, p part, consume func(body io.Reader) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	alive := func() {}
	if timeout := cmp.Or(d.opts.Timeout, d.chain.client.timeout); timeout > 0 {
		watchdog := time.AfterFunc(timeout, func() { cancel(errStalled) })
		defer watchdog.Stop()
		alive = func() { watchdog.Reset(timeout) }
	}
	call, err := Chain{client: d.chain.client}.Chain(p.url).prepare(ctx, http.MethodGet, &Options{
		Unsigned: true, Timeout: -1, Stack: d.opts.Stack, Debug: d.opts.Debug, Header: http.Header{"Accept": {"*/*"}}, Sink: io.Discard,
	})
	if err != nil {
		return err
	}
	call.treat.consume = consume
	call.treat.report = func(done, total int64) {
		alive()
		if d.opts.Progress != nil {
			d.opts.Progress(done, total)
		}
	}
	_, err = call.Run()
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, errStalled) && !errors.Is(err, errStalled) {
		err = fmt.Errorf("%w: %w", err, cause)
	}
	return err
}

// copy unzips a body, if that was asked for, and counts what comes of it.
func (d *downloading) copy(w io.Writer, body io.Reader) error {
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
