package payscore

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func noPermission() error { return kit.Missing(0, "授权关系不存在") }

func (b *Book) permissionByCode(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		p, err := b.permission(t, s)
		switch {
		case err != nil:
			return nil, err
		case p == nil:
			return nil, noPermission()
		}
		return p.view(), nil
	}
}

// permissionOf tells also of a user who never agreed: the state is UNAVAILABLE.
func (b *Book) permissionOf(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		if err := whose(t); err != nil {
			return nil, err
		}
		p, err := b.permission(t, s)
		switch {
		case err != nil:
			return nil, err
		case p != nil:
			return p.view(), nil
		}
		v := play.Object{"mchid": t.Caller, "authorization_state": "UNAVAILABLE"}
		for _, name := range []string{"service_id", "appid", "sub_mchid", "sub_appid", "openid", "sub_openid"} {
			if value := given(t, name); value != "" {
				v[name] = value
			}
		}
		return v, nil
	}
}

// whose refuses a request that names no user.
func whose(t *kit.Turn) error {
	switch {
	case given(t, "openid") != "" || given(t, "sub_openid") != "" || given(t, "authorization_code") != "":
		return nil
	case t.Body != nil:
		return kit.Wrong("/openid", "openid 为空")
	}
	return play.WrongField("query", "openid", "openid 为空")
}

func (b *Book) serviceState(t *kit.Turn) (play.Object, error) {
	p, err := b.permission(t, side{})
	if err != nil {
		return nil, err
	}
	v := play.Object{
		"appid": given(t, "appid"), "service_id": given(t, "service_id"), "openid": given(t, "openid"),
		"use_service_state": "UNAVAILABLE",
	}
	if p != nil && p.State == "AVAILABLE" {
		v["use_service_state"] = "AVAILABLE"
	}
	return v, nil
}

// assess tells how trusted a user is who agreed: the sandbox trusts all alike.
func (b *Book) assess(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		if err := whose(t); err != nil {
			return nil, err
		}
		p, err := b.permission(t, s)
		switch {
		case err != nil:
			return nil, err
		case p == nil || p.State != "AVAILABLE":
			return nil, kit.Refuse(403, "NO_AUTH", rightsMissing, "用户未授权该服务")
		}
		return p.view().With(play.Object{"user_risk_level": 1, "risk_level_version": 1}), nil
	}
}

func (b *Book) terminateOf(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		if err := whose(t); err != nil {
			return nil, err
		}
		return b.terminateByCode(s)(t)
	}
}

// terminateByCode ends a permission for the merchant, which cannot while an order runs. Ended
// again it stays as it is.
func (b *Book) terminateByCode(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		p, err := b.permission(t, s)
		switch {
		case err != nil:
			return nil, err
		case p == nil || p.State == "UNBINDUSER":
			return nil, noPermission()
		case p.State == "UNAVAILABLE":
			return nil, nil
		}
		for _, o := range b.doing[user(p.Mch, p.OpenID, p.SubOpenID)] {
			if o.Sub == p.Sub && o.Body.Text("service_id") == p.Body.Text("service_id") {
				return nil, kit.Invalid(0, "存在未完成订单")
			}
		}
		p.State, p.Closed = "UNAVAILABLE", t.Now
		return nil, nil
	}
}

// OpenService has a user agree to what a merchant applied for with an authorization_code.
// openid and subOpenID are as in [Book.Confirm]. It sends PAYSCORE.USER_OPEN_SERVICE.
func (b *Book) OpenService(now time.Time, emit func(play.Event), caller, subMchid, authorizationCode, openid, subOpenID string) error {
	return b.turn(now, emit, caller, subMchid, authorizationCode, func(t *kit.Turn, p *permission) error {
		switch {
		case openid == "":
			return kit.Wrong("/openid", "openid 为空")
		case p.State != "UNBINDUSER":
			return kit.Invalid(0, "授权协议号已使用")
		case b.granted(caller, subMchid, p.Body.Text("service_id"), openid, subOpenID) != nil:
			return kit.Invalid(0, "用户已授权该服务")
		}
		p.State, p.OpenID, p.SubOpenID, p.Opened = "AVAILABLE", openid, subOpenID, now
		b.remember(p)
		p.tell(t, "USER_OPEN_SERVICE", "用户授权成功")
		return nil
	})
}

// CloseService has a user take back a permission. Orders that run are still debited. It sends
// PAYSCORE.USER_CLOSE_SERVICE.
func (b *Book) CloseService(now time.Time, emit func(play.Event), caller, subMchid, authorizationCode string) error {
	return b.turn(now, emit, caller, subMchid, authorizationCode, func(t *kit.Turn, p *permission) error {
		if p.State != "AVAILABLE" {
			return kit.Invalid(0, "用户未授权该服务")
		}
		p.State, p.Closed = "UNAVAILABLE", now
		p.tell(t, "USER_CLOSE_SERVICE", "用户解除授权成功")
		return nil
	})
}

// turn plays what a user does with a permission.
func (b *Book) turn(now time.Time, emit func(play.Event), caller, subMchid, code string, f func(*kit.Turn, *permission) error) error {
	return kit.Do(&b.mu, now, emit, caller, func(t *kit.Turn) error {
		p := b.state.Permissions.Get(orderKey(caller, subMchid, code))
		if p == nil {
			return noPermission()
		}
		return f(t, p)
	})
}

func (p *permission) tell(t *kit.Turn, event, summary string) {
	resource := p.view().Only("appid", "mchid", "sub_appid", "sub_mchid", "service_id", "openid", "sub_openid", "authorization_code")
	t.Tell(play.Event{
		URL: p.Body.Text("notify_url"), Type: "PAYSCORE." + event, OriginalType: "payscore", Summary: summary,
		Resource: resource.With(play.Object{
			"user_service_status": event, "openorclose_time": t.Now.In(kit.Shanghai).Format(moment),
		}),
	})
}
