package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A receipt (电子回单) is proof of what was paid.
type receipt struct {
	No      string    `json:"no"` // signature_no
	Due     time.Time `json:"due"`
	Created time.Time `json:"created"`
}

// A paper is what a receipt is of.
type paper struct {
	key   string
	names play.Object // as the reply has them
	path  string      // of the download
	query string      // what its endpoint requires besides the token
}

// askReceipt asks for a receipt, which there is once.
func askReceipt(of func(*turn) (paper, error), view func(*turn, paper, *receipt, bool) play.Object) func(*turn) (play.Object, error) {
	return func(t *turn) (play.Object, error) {
		p, err := of(t)
		if err != nil {
			return nil, err
		}
		r := t.state().Receipts[p.key]
		isNew := r == nil
		if isNew {
			r = &receipt{No: t.id("105"), Due: t.Now.Add(t.book.Delay), Created: t.Now}
			t.state().Receipts[p.key] = r
			t.book.files[token(p.key)] = p.key
		}
		return view(t, p, r, !isNew && !r.Due.After(t.Now)), nil
	}
}

// getReceipt tells of a receipt that was asked for.
func getReceipt(of func(*turn) (paper, error), view func(*turn, paper, *receipt, bool) play.Object) func(*turn) (play.Object, error) {
	return func(t *turn) (play.Object, error) {
		p, err := of(t)
		if err != nil {
			return nil, err
		}
		r := t.state().Receipts[p.key]
		if r == nil {
			return nil, missing()
		}
		return view(t, p, r, !r.Due.After(t.Now)), nil
	}
}

// viewApplied is the reply to who asks for a receipt of a bill.
func viewApplied(_ *turn, _ paper, r *receipt, done bool) play.Object {
	return play.Object{"state": stateOf(done, "GENERATING"), "create_time": kit.Clock(r.Created)}
}

// viewSigned is the receipt of a bill.
func viewSigned(t *turn, p paper, r *receipt, done bool) play.Object {
	view := play.Object{"state": stateOf(done, "GENERATING"), "create_time": kit.Clock(r.Created), "update_time": kit.Clock(r.updated(done))}
	if done {
		view = view.With(t.file(p, r))
	}
	return view
}

// viewReceipt is the receipt of a batch; viewDetailReceipt that of a detail has no times.
func viewReceipt(t *turn, p paper, r *receipt, done bool) play.Object {
	return viewDetailReceipt(t, p, r, done).With(play.Object{"create_time": kit.Clock(r.Created), "update_time": kit.Clock(r.updated(done))})
}

func viewDetailReceipt(t *turn, p paper, r *receipt, done bool) play.Object {
	view := p.names.With(play.Object{"signature_no": r.No, "signature_status": stateOf(done, accepted)})
	if done {
		view = view.With(t.file(p, r))
	}
	return view
}

func stateOf(done bool, before string) string {
	if done {
		return finished
	}
	return before
}

func (r *receipt) updated(done bool) time.Time {
	if done {
		return r.Due
	}
	return r.Created
}

func (t *turn) file(p paper, r *receipt) play.Object {
	host := t.book.Host
	if host == "" {
		host = "https://api.mch.weixin.qq.com"
	}
	sum := sha256.Sum256(r.content(p.key))
	return play.Object{
		"hash_type": "SHA256", "hash_value": hex.EncodeToString(sum[:]), "download_url": host + p.path + "?token=" + token(p.key) + p.query,
	}
}

// token names a file. It is no secret: who downloads it must sign.
func token(key string) string {
	sum := sha256.Sum256([]byte("receipt of " + key))
	return hex.EncodeToString(sum[:16])
}

func (r *receipt) content(key string) []byte {
	return fmt.Appendf(nil, "%%PDF-1.4\n%% sandbox receipt %s of %s, %s\n%%%%EOF\n", r.No, key, kit.Clock(r.Created))
}

// File returns the file behind the download_url of a receipt, by the token in it, and whether
// there is one.
func (b *Book) File(name string) ([]byte, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := b.files[name]
	r := b.state.Receipts[key]
	if r == nil {
		return nil, false
	}
	return r.content(key), true
}

// ofBill finds the bill of a receipt. Only what was paid to a user whose name was given has
// one.
func ofBill(t *turn) (paper, error) {
	key := billKey(t.Caller, t.Body.Text("out_bill_no")+t.Vars["out_bill_no"])
	if id := t.Body.Text("transfer_bill_no") + t.Vars["transfer_bill_no"]; id != "" {
		key = t.book.ids[t.Caller+"/"+id]
	}
	b := t.state().Bills[key]
	if b == nil {
		return paper{}, missing()
	}
	if t.lookBill(b); b.State != success || b.Name == "" {
		return paper{}, kit.Invalid(0, "仅支持已传入收款用户姓名且转账成功的单据申请电子回单")
	}
	return paper{key, nil, "/v3/transferdownload/elecvoucherfile", "&source=sandbox"}, nil
}

const signFile = "/v3/transferdownload/signfile"

func ofBatch(t *turn) (paper, error) {
	no := t.Body.Text("out_batch_no") + t.Vars["out_batch_no"]
	b := t.state().Batches[batchKey(t.Caller, no)]
	if b == nil {
		return paper{}, missing()
	}
	if t.lookBatch(b); b.Status != finished {
		return paper{}, kit.Invalid(0, "仅支持已完成的批次申请电子回单")
	}
	return paper{b.key(), play.Object{"out_batch_no": no}, signFile, ""}, nil
}

// ofDetail finds the detail of a receipt. There are only those of batches here, and not of the
// products that transfer to a pocket or a bank in another way.
func ofDetail(t *turn) (paper, error) {
	get := t.Query.Get
	if t.Body != nil {
		get = t.Body.Text
	}
	names := play.Object{"accept_type": get("accept_type"), "out_batch_no": get("out_batch_no"), "out_detail_no": get("out_detail_no")}
	b := t.state().Batches[batchKey(t.Caller, names.Text("out_batch_no"))]
	if names.Text("accept_type") != "BATCH_TRANSFER" || b == nil {
		return paper{}, missing()
	}
	t.lookBatch(b)
	d := b.detail(names.Text("out_detail_no"))
	switch {
	case d == nil || d.No != names.Text("out_detail_no"):
		return paper{}, missing()
	case d.Status != success || d.Name == "":
		return paper{}, kit.Invalid(0, "仅支持已传入收款用户姓名且转账成功的明细申请电子回单")
	}
	return paper{b.key() + "/" + d.No, names, signFile, ""}, nil
}
