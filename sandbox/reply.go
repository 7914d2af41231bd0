package sandbox

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Reply is what a [Handler] answers. The gateway signs it.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte

	unsigned bool
	reason   string                 // of the refused signature
	number   int                    // of the error, at the end of Request-ID; 0 if unknown
	stream   func(io.Writer) error  // writes the body in place of Body; such a reply is unsigned
	resign   func(timestamp string) // signs again with another timestamp
	drop     bool                   // close the connection without a reply
	cut      bool                   // close it in the middle of the body
}

// JSON is a reply with a JSON body.
func JSON(status int, body any) *Reply {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		panic("sandbox: " + err.Error()) // a bug in the handler of the test
	}
	return &Reply{
		Status: status,
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body:   bytes.TrimSuffix(b.Bytes(), []byte{'\n'}),
	}
}

// NoContent returns a 204, which is signed too.
func NoContent() *Reply { return &Reply{Status: http.StatusNoContent, Header: http.Header{}} }

// Error is a reply in the form of WeChat Pay's errors. A nil detail is left out.
func Error(status int, code, message string, detail map[string]any) *Reply {
	body := map[string]any{"code": code, "message": message}
	if detail != nil {
		body["detail"] = detail
	}
	return JSON(status, body)
}

// sign signs the reply.
func (r *Reply) sign(scheme signer.Scheme, key platformKey, timestamp, nonce string) {
	r.resign = func(timestamp string) {
		signature, err := key.signer.Sign(context.Background(), signer.ReplyMessage(timestamp, nonce, r.Body))
		if err != nil {
			panic("sandbox: " + err.Error()) // a key in memory does not fail, see [Config.Accelerate]
		}
		r.Header.Set(signer.HeaderSerial, key.id)
		r.Header.Set(signer.HeaderTimestamp, timestamp)
		r.Header.Set(signer.HeaderNonce, nonce)
		r.Header.Set(signer.HeaderSignature, base64.StdEncoding.EncodeToString(signature))
		r.Header.Set(signer.HeaderSignatureType, scheme.Name)
	}
	r.resign(timestamp)
}

// writeStream writes a body of any length. If it is cut, it ends after its first bytes.
func (r *Reply) writeStream(w http.ResponseWriter) {
	w.WriteHeader(r.Status)
	if r.cut {
		w = &shortWriter{w}
	}
	if err := r.stream(w); err != nil {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) // the client sees that it was cut off
	}
}

// A shortWriter writes half of its first input and then fails.
type shortWriter struct{ http.ResponseWriter }

func (w *shortWriter) Write(p []byte) (int, error) {
	n, _ := w.ResponseWriter.Write(p[:len(p)/2])
	return n, io.ErrShortWrite
}

func (w *shortWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (r *Reply) write(w http.ResponseWriter) {
	if r.drop {
		panic(http.ErrAbortHandler)
	}
	for name, values := range r.Header {
		w.Header()[name] = values
	}
	if r.stream != nil {
		r.writeStream(w)
		return
	}
	if r.Status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(r.Body)))
	}
	w.WriteHeader(r.Status)
	if r.cut {
		_, _ = w.Write(r.Body[:len(r.Body)/2]) //nolint:gosec // see below
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(r.Body) //nolint:gosec // a test gateway: what it writes goes to its own test
}
