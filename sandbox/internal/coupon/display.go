package coupon

import (
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// checkDisplay checks the display_info of a coupon. Of the lengths that the official texts
// disagree on, those of the list of endpoints hold.
func (t *turn) checkDisplay(spec play.Object) error {
	const at = "/display_info"
	info := spec.Object("display_info")
	if n := utf8.RuneCountInString(info.Text("name")); n < 3 || n > 15 {
		return kit.Wrong(at+"/name", "长度应为 3 到 15 个字符")
	}
	for _, name := range []string{"image_url", "background_url"} {
		if err := t.checkImage(at+"/"+name, info.Text(name)); err != nil {
			return err
		}
	}
	details, _ := info.Get("detail_image_url_list").([]any)
	if len(details) > 8 {
		return kit.Wrong(at+"/detail_image_url_list", "详情图应不超过 8 张")
	}
	for i, detail := range details {
		url, _ := detail.(string)
		if err := t.checkImage(fmt.Sprintf("%s/detail_image_url_list/%d", at, i), url); err != nil {
			return err
		}
	}
	if spec.Text("scope") == "SINGLE" {
		if err := kit.Needed(info, at, "original_price", "combo_package_list"); err != nil {
			return err
		}
	}
	const most = 1 << 53
	return kit.First(within(info, at, "original_price", 0, most), t.checkCombos(info, at))
}

func (t *turn) checkCombos(info play.Object, at string) error {
	combos := info.List("combo_package_list")
	if len(combos) > 50 {
		return kit.Wrong(at+"/combo_package_list", "套餐应不超过 50 个")
	}
	for i, combo := range combos {
		here := fmt.Sprintf("%s/combo_package_list/%d", at, i)
		choices := combo.List("choice_list")
		if len(choices) > 99 {
			return kit.Wrong(here+"/choice_list", "单品应不超过 99 个")
		}
		err := kit.First(longest(combo, here, "name", 15), within(combo, here, "pick_count", 1, int64(len(choices))))
		if err != nil {
			return err
		}
		for j, choice := range choices {
			here := fmt.Sprintf("%s/choice_list/%d", here, j)
			err := kit.First(longest(choice, here, "name", 15), within(choice, here, "count", 1, 99))
			if url := choice.Text("image_url"); err == nil && url != "" {
				err = t.checkImage(here+"/image_url", url)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// checkImage takes only what an upload returned: the address of its host can be had in no
// other way.
func (t *turn) checkImage(at, url string) error {
	if !t.book.state.Images[url] {
		return invalid(noImage, at+" 应为图片上传接口返回的地址")
	}
	return nil
}

// A colour is Color010 to Color100.
var colour = regexp.MustCompile(`^Color(0[1-9]|10)0$`)

// checkStockDisplay checks what a stock, a bundle or a change of them shows, as far as it is
// there. The length of guidance_wording is not checked: the official sample breaks its limit.
func (t *turn) checkStockDisplay(o play.Object, at string) error {
	rule, show := o.Object("usage_rule_display_info"), o.Object("coupon_display_info")
	atRule := at + "/usage_rule_display_info"
	methods, _ := rule.Get("coupon_usage_method_list").([]any)
	for _, method := range methods {
		var err error
		switch method {
		case "MINI_PROGRAM":
			err = kit.Needed(rule, atRule, "mini_program_appid", "mini_program_path")
		case "APP":
			err = kit.Needed(rule, atRule, "app_path")
		}
		if err != nil {
			return err
		}
	}
	if c := show.Text("background_color"); c != "" && !colour.MatchString(c) {
		return kit.Wrong(at+"/coupon_display_info/background_color", "取值应为 Color010 到 Color100")
	}
	if err := kit.First(
		longest(o, at, "remark", 20),
		longest(rule, atRule, "usage_description", 1000),
		longest(rule.Object("coupon_available_store_info"), atRule+"/coupon_available_store_info", "description", 1000),
		longest(show.Object("entrance_mini_program"), at+"/coupon_display_info/entrance_mini_program", "entrance_wording", 5),
	); err != nil {
		return err
	}
	if o.Has("notify_config") {
		return t.checkAppID(o.Text("notify_config.notify_appid"))
	}
	return nil
}

var appIDForm = regexp.MustCompile(`^wx[0-9A-Za-z]{1,30}$`)

func (t *turn) checkAppID(appid string) error {
	known := appIDForm.MatchString(appid)
	if t.book.AppID != nil {
		known = t.book.AppID(t.Caller, appid)
	}
	if !known {
		return invalid(wrongAppID, "AppID非法")
	}
	return nil
}

// checkOpenID: 28 characters that begin with o.
func checkOpenID(openid string) error {
	if len(openid) != 28 || openid[0] != 'o' {
		return invalid(wrongOpenID, "OpenID 无法解析")
	}
	return nil
}
