package transfer_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestRefusedBills(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name          string
		edit          play.Object
		code, message string
	}{
		{"a bad number", play.Object{"out_bill_no": "a_b"}, "PARAM_ERROR", "单号"},
		{"a long number", play.Object{"out_bill_no": strings.Repeat("a", 33)}, "PARAM_ERROR", "单号"},
		{"an unknown appid", play.Object{"appid": "xx"}, "INVALID_REQUEST", "AppID"},
		{"nothing", play.Object{"transfer_amount": 0}, "PARAM_ERROR", "金额"},
		{"a debt", play.Object{"transfer_amount": -5}, "PARAM_ERROR", "金额"},
		{"half a fen", play.Object{"transfer_amount": 100.5}, "PARAM_ERROR", "金额"},
		{"too much to count", play.Object{"transfer_amount": 1e12}, "PARAM_ERROR", "金额"},
		{"2,000 yuan to nobody", play.Object{"transfer_amount": 200_000}, "PARAM_ERROR", "姓名必填"},
		{"0.29 yuan to somebody", play.Object{"transfer_amount": 29, "user_name": "张三"}, "PARAM_ERROR", "不支持传入收款用户姓名"},
		{"a long openid", play.Object{"openid": strings.Repeat("o", 65)}, "PARAM_ERROR", "长度"},
		{"a long remark", play.Object{"transfer_remark": strings.Repeat("备", 33)}, "PARAM_ERROR", "长度"},
		{"a report of another scene", play.Object{"transfer_scene_id": "1005"}, "PARAM_ERROR", "报备信息"},
		{"half a report", play.Object{"transfer_scene_report_infos": infos("活动名称")}, "PARAM_ERROR", "报备信息"},
		{"a report twice", play.Object{"transfer_scene_report_infos": infos("活动名称", "活动名称")}, "PARAM_ERROR", "报备信息"},
		{"more than a report", play.Object{"transfer_scene_report_infos": infos("活动名称", "奖励说明", "x")}, "PARAM_ERROR", "报备信息"},
		{"a long report", play.Object{"transfer_scene_report_infos": []any{
			map[string]any{"info_type": "活动名称", "info_content": strings.Repeat("长", 33)},
		}}, "PARAM_ERROR", "长度"},
		{"told otherwise", play.Object{"user_recv_perception": "劳务报酬"}, "INVALID_REQUEST", "用户收款感知"},
		{"a big red packet", play.Object{"transfer_amount": 20_001, "user_recv_style": map[string]any{"type": "RED_PACKET"}}, "PARAM_ERROR", "200"},
		{"more than there is", play.Object{"transfer_amount": funds + 1, "user_name": "张三"}, "NOT_ENOUGH", "资金不足"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.RefusedFor(t, "POST", bills, w.billing(100).With(row.edit), row.code, row.message)
			assert.EqualValues(t, funds, w.balance())
		})
	}
	t.Run("an unknown scene", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.Lenient = true // the catalogue knows those of today
		w.RefusedFor(t, "POST", bills, kittest.With(w.billing(100), "transfer_scene_id", "9"), "INVALID_REQUEST", "场景")
	})
}

func TestTakenBills(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		edit play.Object
	}{
		{"1,999.99 yuan to nobody", play.Object{"transfer_amount": 199_999}},
		{"0.3 yuan to somebody", play.Object{"transfer_amount": 30, "user_name": "张三"}},
		{"a fen", play.Object{"transfer_amount": 1}},
		{"all there is", play.Object{"transfer_amount": funds, "user_name": "张三"}},
		{"told what it is", play.Object{"user_recv_perception": "现金奖励"}},
		{"a red packet", play.Object{"transfer_amount": 20_000, "user_recv_style": map[string]any{"type": "RED_PACKET"}}},
		{"of a company", play.Object{"appid": "ww1"}},
		{"the report the other way round", play.Object{"transfer_scene_report_infos": infos("奖励说明", "活动名称")}},
		{"1002", play.Object{"transfer_scene_id": "1002", "transfer_scene_report_infos": infos("补贴类型")}},
		{"1004", play.Object{"transfer_scene_id": "1004", "transfer_scene_report_infos": infos("保险产品备案编号", "保险名称", "保险操作单号")}},
		{"1005", play.Object{"transfer_scene_id": "1005", "transfer_scene_report_infos": infos("岗位类型", "报酬说明"), "user_recv_perception": "开工利是"}},
		{"1009", play.Object{"transfer_scene_id": "1009", "transfer_scene_report_infos": infos("采购商品名称")}},
		{"1010", play.Object{"transfer_scene_id": "1010", "transfer_scene_report_infos": infos("回收商品名称")}},
		{"1011", play.Object{"transfer_scene_id": "1011", "transfer_scene_report_infos": infos("赔付原因")}},
		{"1013", play.Object{"transfer_scene_id": "1013", "transfer_scene_report_infos": infos("公益活动名称", "公益活动备案编号")}},
		{"no notify_url", play.Object{"notify_url": ""}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			body := w.billing(100).With(row.edit)
			w.OK(t, "POST", bills, body)
			require.NoError(t, w.book.Confirm(w.Now, w.Emit, mchid, body.Text("out_bill_no")))
			assert.Equal(t, kittest.Wire(t, body).Int("transfer_amount"), w.paid())
		})
	}
}
