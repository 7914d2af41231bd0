package webhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/clitest"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestMain(m *testing.M) { clitest.Main(m) }

func TestScripts(t *testing.T) {
	t.Parallel()
	clitest.Play(t, func(_ *testscript.Env, stage *clitest.Stage) error {
		paid, err := stage.Gateway.PaidNotification("order-paid")
		if err != nil {
			return err
		}
		sample, err := stage.Gateway.SampleNotification("COMPLAINT.CREATE", map[string]any{"complaint_id": "c1"})
		if err != nil {
			return err
		}
		v2, err := paidByV2(stage)
		if err != nil {
			return err
		}
		s := saver{stage: stage}
		s.save("paid.http", paid, "", nil)
		s.save("complaint.http", sample, "", nil)
		s.save("forged.http", paid, "wrong-key", nil)
		s.save("probe.http", paid, "probe", nil)
		s.save("unsigned.http", paid, "unsigned", nil)
		s.save("unknown.http", paid, "unknown-key", nil)
		s.save("otherkey.http", paid, "wrong-apiv3-key", nil)
		s.save("edited.http", paid, "", func(text string) string { return text + "\n" })
		s.save("changed.http", paid, "", func(text string) string { return strings.Replace(text, `"id"`, ` "id"`, 1) })
		s.save("old.http", paid, "past", nil)
		s.save("v2.http", v2, "", nil)
		s.save("v2forged.http", v2, "wrong-key", nil)
		s.write("v2refund.xml", refundByV2(stage))
		s.parts("paid", paid)
		return errors.Join(s.problems...)
	})
}

// paidByV2 is the notification of an order of APIv2.
func paidByV2(stage *clitest.Stage) (sandbox.Notification, error) {
	_, err := stage.Client.Chain("v2/pay/unifiedorder").Post(context.Background(), &wechatpay.Options{XML: wechatpay.M{
		"appid": "wxd678efh567hg6787", "body": "book", "out_trade_no": "order-of-v2", "total_fee": "100", "spbill_create_ip": "203.0.113.7",
		"notify_url": "https://example.com/notify", "trade_type": "NATIVE", "product_id": "1",
	}})
	if err != nil {
		return sandbox.Notification{}, err
	}
	if _, err := stage.Gateway.Pay("order-of-v2"); err != nil {
		return sandbox.Notification{}, err
	}
	return stage.Gateway.PaidNotification("order-of-v2")
}

// refundByV2 is the body of a notification of a refund, which is not signed.
func refundByV2(stage *clitest.Stage) string {
	c := stage.Gateway.Credentials()
	info, err := cipher.EncryptLegacyECB(cipher.LegacyKey(c.APIv2Key), []byte(`<root><out_refund_no>r1</out_refund_no><refund_id>5001</refund_id><refund_status>SUCCESS</refund_status></root>`))
	if err != nil {
		panic(err)
	}
	return "<xml><return_code>SUCCESS</return_code><mch_id>" + c.MchID + "</mch_id><req_info>" + info + "</req_info></xml>"
}

// A saver writes notifications as somebody would save them.
type saver struct {
	stage    *clitest.Stage
	problems []error
}

func (s *saver) write(name, text string) {
	s.problems = append(s.problems, os.WriteFile(filepath.Join(s.stage.Dir, name), []byte(text), 0o600))
}

func (s *saver) request(n sandbox.Notification, fault string) *http.Request {
	r, err := s.stage.Gateway.WebhookRequest(context.Background(), "http://127.0.0.1/notify", n, fault)
	if err != nil {
		panic(err)
	}
	return r
}

func (s *saver) save(name string, n sandbox.Notification, fault string, change func(string) string) {
	text, err := httputil.DumpRequestOut(s.request(n, fault), true)
	s.problems = append(s.problems, err)
	if change != nil {
		text = []byte(change(string(text)))
	}
	s.write(name, string(text))
}

// parts writes the header, as lines and as JSON, and the body, each into a file.
func (s *saver) parts(name string, n sandbox.Notification) {
	r := s.request(n, "")
	var lines strings.Builder
	s.problems = append(s.problems, r.Header.Write(&lines))
	object, err := json.Marshal(r.Header)
	body, failed := io.ReadAll(r.Body)
	s.problems = append(s.problems, err, failed)
	s.write(name+".headers", lines.String())
	s.write(name+".json", string(object))
	s.write(name+".body", string(body))
}
