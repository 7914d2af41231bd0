package transfer

import (
	"slices"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A scene is what a transfer is for: what must be reported of it, and what the user may be
// told that it is.
type scene struct{ infos, perceptions []string }

var scenes = map[string]scene{
	"1000": {[]string{"活动名称", "奖励说明"}, []string{"活动奖励", "现金奖励"}},
	"1002": {[]string{"补贴类型"}, []string{"行政补贴", "行政奖励"}},
	"1004": {[]string{"保险产品备案编号", "保险名称", "保险操作单号"}, []string{"保险理赔款"}},
	"1005": {[]string{"岗位类型", "报酬说明"}, []string{"劳务报酬", "报销款", "企业补贴", "开工利是"}},
	"1009": {[]string{"采购商品名称"}, []string{"货款"}},
	"1010": {[]string{"回收商品名称"}, []string{"二手回收货款"}},
	"1011": {[]string{"赔付原因"}, []string{"退款", "商家赔付"}},
	"1013": {[]string{"公益活动名称", "公益活动备案编号"}, []string{"公益补助金"}},
}

// checkScene checks that what must be reported is there, and nothing else.
func checkScene(body play.Object) error {
	s, ok := scenes[body.Text("transfer_scene_id")]
	if !ok {
		return kit.Invalid(0, "该转账场景不可用")
	}
	reported := make([]string, 0, len(s.infos))
	for _, info := range body.List("transfer_scene_report_infos") {
		if err := kit.Length(info, "/transfer_scene_report_infos", "info_content", 1, 32); err != nil {
			return err
		}
		reported = append(reported, info.Text("info_type"))
	}
	wanted := slices.Sorted(slices.Values(s.infos))
	if slices.Sort(reported); !slices.Equal(reported, wanted) {
		return kit.Wrong("/transfer_scene_report_infos", "未传入完整且对应的转账场景报备信息")
	}
	if told := body.Text("user_recv_perception"); told != "" && !slices.Contains(s.perceptions, told) {
		return kit.Invalid(0, "暂不支持展示当前传入的用户收款感知")
	}
	return nil
}
