package complaint

import (
	"fmt"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A Case is what a payer complains about. TransactionID, OutTradeNo, Amount and Text are
// required.
type Case struct {
	MchID         string   `json:"mchid"` // of the merchant; the caller where it is ""
	TransactionID string   `json:"transaction_id"`
	OutTradeNo    string   `json:"out_trade_no"`
	Amount        int64    `json:"amount"` // of the order, in fen
	OpenID        string   `json:"openid"`
	Phone         string   `json:"phone"`
	Text          string   `json:"text"`      // at most 300 characters
	Problem       string   `json:"problem"`   // its description; Text where it is ""
	Type          string   `json:"type"`      // REFUND, SERVICE_NOT_WORK or OTHERS; the last where it is ""
	Refund        int64    `json:"refund"`    // what a payer asks for with REFUND; Amount where it is 0
	Immediate     bool     `json:"immediate"` // somebody is to answer at once
	Pictures      []string `json:"pictures"`  // media ids of [Book.AddImage], at most 4
}

// A complaint is a Case and what became of it. State is PENDING until the merchant answers,
// then PROCESSING, and PROCESSED at the end; a payer who goes on makes it PENDING again.
type complaint struct {
	Seq      int64     `json:"seq"`
	ID       string    `json:"id"`
	Caller   string    `json:"caller"`
	Case     Case      `json:"case"`
	Time     time.Time `json:"time"`
	State    string    `json:"state"`
	Times    int       `json:"times"`    // that the payer complained
	Waiting  bool      `json:"waiting"`  // the payer wrote something that is not answered
	Refunded int64     `json:"refunded"` // in fen
	Decision string    `json:"decision"` // APPROVE, REJECT, or "" of none
	Decided  string    `json:"decided"`  // the print of the call that said so
	Logs     []log     `json:"logs"`     // oldest first
}

// A log is a line of the negotiation.
type log struct {
	ID       string      `json:"id"`
	Operator string      `json:"operator"`
	Time     time.Time   `json:"time"`
	Type     string      `json:"type"`
	Details  string      `json:"details"`
	Images   []string    `json:"images"` // media ids
	Message  play.Object `json:"message"`
	Once     string      `json:"once"`  // idempotent_id
	Print    string      `json:"print"` // of the call with it
}

const (
	payer    = "投诉人"
	merchant = "商户"
	system   = "系统"

	mostLogs   = 1000
	mostImages = 4
)

// add writes a line; the oldest are forgotten where there are very many.
func (b *Book) add(t *kit.Turn, c *complaint, line log) string {
	line.ID = fmt.Sprintf("3002018%s%012d", t.Now.In(kit.Shanghai).Format("20060102"), b.next())
	line.Time = t.Now
	if c.Logs = append(c.Logs, line); len(c.Logs) > mostLogs {
		c.Logs = append([]log(nil), c.Logs[mostLogs/10:]...)
	}
	return line.ID
}

// tell sends a webhook to the address of the caller.
func (b *Book) tell(t *kit.Turn, c *complaint, action string) {
	event, summary := "STATE_CHANGE", "投诉状态变化"
	if action == "CREATE_COMPLAINT" {
		event, summary = "CREATE", "产生新投诉"
	}
	t.Tell(play.Event{
		URL: b.state.Notify[c.Caller], Type: "COMPLAINT." + event, OriginalType: "complaint", Summary: summary,
		Resource: play.Object{"complaint_id": c.ID, "action_type": action},
	})
}

// view is a complaint with all that is known of it.
func (b *Book) view(c *complaint) play.Object {
	v := play.Object{
		"complaint_id": c.ID, "complaint_time": kit.Clock(c.Time), "complaint_detail": c.Case.Text, "complaint_state": c.State,
		"complainted_mchid": c.Case.MchID, "complaint_full_refunded": c.Refunded >= c.Case.Amount,
		"complaint_order_info": []any{play.Object{
			"transaction_id": c.Case.TransactionID, "out_trade_no": c.Case.OutTradeNo, "amount": c.Case.Amount,
		}},
		"incoming_user_response": c.Waiting, "problem_description": c.Case.Problem, "user_complaint_times": c.Times,
		"problem_type": c.Case.Type, "in_platform_service": false, "need_immediate_service": c.Case.Immediate,
		"is_agent_mode": false,
	}
	for name, value := range map[string]string{"payer_phone": c.Case.Phone, "payer_openid": c.Case.OpenID} {
		if value != "" {
			v[name] = value
		}
	}
	if c.Case.Type == "REFUND" {
		v["apply_refund_amount"] = c.Case.Refund
	}
	if len(c.Case.Pictures) > 0 {
		v["complaint_media_list"] = []any{b.media("USER_COMPLAINT_IMAGE", c.Case.Pictures)}
	}
	return v
}

func (b *Book) media(kind string, ids []string) play.Object {
	return play.Object{"media_type": kind, "media_url": b.addresses(ids)}
}

func (b *Book) viewLog(line log) play.Object {
	v := play.Object{
		"log_id": line.ID, "operator": line.Operator, "operate_time": kit.Clock(line.Time), "operate_type": line.Type,
	}
	if line.Details != "" {
		v["operate_details"] = line.Details
	}
	if len(line.Images) > 0 {
		kind := "OPERATION_IMAGE"
		if line.Operator == payer {
			kind = "USER_COMPLAINT_IMAGE"
		}
		v["image_list"], v["complaint_media_list"] = b.addresses(line.Images), b.media(kind, line.Images)
	}
	if line.Message != nil {
		v["normal_message"] = line.Message
	}
	return v
}

// find returns the complaint of a request.
func (b *Book) find(t *kit.Turn) (*complaint, error) {
	c := b.state.Complaints.Get(t.Vars["complaint_id"])
	if c == nil || c.Caller != t.Caller {
		return nil, kit.Missing(0, "投诉单不存在")
	}
	if t.Body.Has("complainted_mchid") && t.Body.Text("complainted_mchid") != c.Case.MchID {
		return nil, kit.Wrong("/complainted_mchid", "与投诉单的被诉商户号不一致")
	}
	return c, nil
}
