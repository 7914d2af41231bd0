package guide

import (
	"context"
	"io"
	"net/http"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/notify"
)

// ReceiveComplaints sets the address that complaints are sent to. PUT changes one that is set, DELETE
// removes it.
func ReceiveComplaints(ctx context.Context, client *wechatpay.Client, url string) error {
	_, err := client.Chain("v3/merchant-service/complaint-notifications").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{"url": url},
	})
	return err
}

// ComplaintWebhook receives the events of complaints. They hold the complaint's id and what happened:
// query the rest.
func ComplaintWebhook(cfg notify.Config, look func(ctx context.Context, complaintID string) error) (http.Handler, error) {
	changed := notify.Typed(func(ctx context.Context, _ *notify.Event, c notify.Complaint) error {
		return look(ctx, c.ComplaintID)
	})
	return notify.NewHandler(notify.HandlerConfig{
		Config: cfg,
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.ComplaintCreate}:      changed,
			{EventType: notify.ComplaintStateChange}: changed,
		},
	})
}

// ListComplaints calls each for the complaints of some days, such as 2026-04-01 to 2026-04-30: those
// too of which no event came.
func ListComplaints(ctx context.Context, client *wechatpay.Client, from, to string, each func(id, state string) error) error {
	const page = 50
	for offset := 0; ; offset += page {
		reply, err := client.Chain("v3/merchant-service/complaints-v2").Get(ctx, &wechatpay.Options{
			Query: wechatpay.M{"begin_date": from, "end_date": to, "limit": page, "offset": offset},
		})
		if err != nil {
			return err
		}
		found := reply.Get("data").Array()
		for _, c := range found {
			if err := each(c.Get("complaint_id").String(), c.Get("complaint_state").String()); err != nil {
				return err
			}
		}
		if len(found) < page {
			return nil
		}
	}
}

// A ComplaintCase is what one needs to know to answer a complaint.
type ComplaintCase struct {
	State   string // PENDING, PROCESSING, PROCESSED
	Text    string
	Phone   string // of the payer, decrypted
	Order   string // out_trade_no
	Waiting bool   // the payer has written something that is not answered
}

// LookComplaint asks for a complaint.
func LookComplaint(ctx context.Context, client *wechatpay.Client, id string) (ComplaintCase, error) {
	reply, err := client.Chain("v3/merchant-service/complaints-v2/{complaint_id}").Get(ctx, &wechatpay.Options{
		Vars:    wechatpay.M{"complaint_id": id},
		Decrypt: []string{"payer_phone?"}, // the ? allows it to be missing
	})
	if err != nil {
		return ComplaintCase{}, err
	}
	return ComplaintCase{
		State:   reply.Get("complaint_state").String(),
		Text:    reply.Get("complaint_detail").String(),
		Phone:   reply.Get("payer_phone").String(),
		Order:   reply.Get("complaint_order_info.0.out_trade_no").String(),
		Waiting: reply.Get("incoming_user_response").Bool(),
	}, nil
}

// AnswerComplaint replies to the payer, with a picture if there is one. mchid is the merchant that the
// complaint is about: of a service provider, a sub-merchant.
func AnswerComplaint(ctx context.Context, client *wechatpay.Client, id, mchid, text, picture string) error {
	body := wechatpay.M{"complainted_mchid": mchid, "response_content": text}
	if picture != "" {
		uploaded, err := client.Chain("v3/merchant-service/images/upload").Post(ctx, &wechatpay.Options{Body: media.File(picture)})
		if err != nil {
			return err
		}
		body["response_images"] = []string{uploaded.Get("media_id").String()}
	}
	_, err := client.Chain("v3/merchant-service/complaints-v2/{complaint_id}/response").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"complaint_id": id},
		JSON: body,
	})
	return err
}

// ApproveRefund tells the payer, who asked for a refund, that it comes within some days. It refunds
// nothing.
func ApproveRefund(ctx context.Context, client *wechatpay.Client, id string, days int) error {
	_, err := client.Chain("v3/merchant-service/complaints-v2/{complaint_id}/update-refund-progress").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"complaint_id": id},
		JSON: wechatpay.M{"action": "APPROVE", "launch_refund_day": days},
	})
	return err
}

// CloseComplaint says that the complaint is dealt with.
func CloseComplaint(ctx context.Context, client *wechatpay.Client, id, mchid string) error {
	_, err := client.Chain("v3/merchant-service/complaints-v2/{complaint_id}/complete").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"complaint_id": id},
		JSON: wechatpay.M{"complainted_mchid": mchid},
	})
	return err
}

// SavePicture saves a picture of a complaint: url is one of its complaint_media_list.
func SavePicture(ctx context.Context, client *wechatpay.Client, url, file string) error {
	return media.Save(file, func(w io.Writer) error {
		_, err := client.Chain(url).Get(ctx, &wechatpay.Options{Sink: w})
		return err
	})
}
