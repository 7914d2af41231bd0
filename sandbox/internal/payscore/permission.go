package payscore

import (
	"fmt"
	"regexp"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A permission is what a user authorises: orders of a service without a confirmation of each.
// State is UNBINDUSER until the user agrees, then AVAILABLE, and UNAVAILABLE once it ended.
type permission struct {
	Seq       int64       `json:"seq"`
	Key       string      `json:"key"`
	Mch       string      `json:"mch"`
	Sub       string      `json:"sub"`
	Body      play.Object `json:"body"`
	Print     string      `json:"print"`
	State     string      `json:"state"`
	OpenID    string      `json:"openid"`
	SubOpenID string      `json:"sub_openid"`
	Opened    time.Time   `json:"opened"`
	Closed    time.Time   `json:"closed"`
}

var codeForm = regexp.MustCompile(`^[0-9A-Za-z_*-]{1,32}$`)

// apply makes known what a user may then agree to. The same again gives the same token.
func (b *Book) apply(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		sub, err := s.sub(t)
		code := t.Body.Text("authorization_code")
		if !codeForm.MatchString(code) {
			return nil, kit.Wrong("/authorization_code", "授权协议号应为 1 到 32 个数字、字母、_、- 或 *")
		}
		if err := kit.First(err, kit.NotifyURL(t.Body, "notify_url")); err != nil {
			return nil, err
		}
		key, mark := orderKey(t.Caller, sub, code), kit.Print(nil, t.Body)
		p := b.state.Permissions.Get(key)
		switch {
		case p == nil:
			p = &permission{
				Seq: b.next(), Key: key, Mch: t.Caller, Sub: sub, Body: t.Body, Print: mark, State: "UNBINDUSER",
			}
			ended := func(p *permission) bool { return p.State == "UNAVAILABLE" }
			b.state.Permissions.Add(key, p, kit.Limit(b.Limit), ended, func(_ string, old *permission) { b.forget(old) })
		case p.Print != mark:
			return nil, kit.Invalid(0, "授权协议号已使用且参数不一致")
		case p.State != "UNBINDUSER":
			return nil, kit.Invalid(0, "授权协议号已使用")
		}
		token := fmt.Sprintf("%032x", p.Seq)
		return play.Object{
			"apply_permissions_token": token, "transaction_permissions_token": token, "scene": t.Body.Get("scene"),
		}, nil
	}
}

func (p *permission) view() play.Object {
	v := p.Body.With(play.Object{"mchid": p.Mch, "authorization_state": p.State})
	for name, value := range map[string]string{"openid": p.OpenID, "sub_openid": p.SubOpenID} {
		if value != "" {
			v[name] = value
		}
	}
	if !p.Opened.IsZero() {
		v["authorization_success_time"] = kit.Clock(p.Opened)
	}
	if !p.Closed.IsZero() {
		v["cancel_authorization_time"] = kit.Clock(p.Closed)
	}
	return v
}

// names are the keys of b.users of a permission: one for each openid.
func names(caller, sub, service, openid, subOpenID string) (keys []string) {
	if openid != "" {
		keys = append(keys, orderKey(caller, sub, service)+"/"+openid)
	}
	if subOpenID != "" {
		keys = append(keys, orderKey(caller, sub, service)+"//"+subOpenID)
	}
	return keys
}

func (p *permission) names() []string {
	return names(p.Mch, p.Sub, p.Body.Text("service_id"), p.OpenID, p.SubOpenID)
}

func (b *Book) remember(p *permission) {
	for _, name := range p.names() {
		if known := b.users[name]; known == nil || known.Opened.Before(p.Opened) || known.Opened.Equal(p.Opened) && known.Seq < p.Seq {
			b.users[name] = p
		}
	}
}

func (b *Book) forget(p *permission) {
	for _, name := range p.names() {
		if b.users[name] == p {
			delete(b.users, name)
		}
	}
}

// ofUser returns the latest permission of a user, or nil.
func (b *Book) ofUser(caller, sub, service, openid, subOpenID string) *permission {
	for _, name := range names(caller, sub, service, openid, subOpenID) {
		if p := b.users[name]; p != nil {
			return p
		}
	}
	return nil
}

// granted is ofUser, if it is valid.
func (b *Book) granted(caller, sub, service, openid, subOpenID string) *permission {
	if p := b.ofUser(caller, sub, service, openid, subOpenID); p != nil && p.State == "AVAILABLE" {
		return p
	}
	return nil
}

// permission returns that of a request, by its code or its user; nil where there is none.
func (b *Book) permission(t *kit.Turn, s side) (*permission, error) {
	sub, err := s.sub(t)
	if err != nil {
		return nil, err
	}
	p := b.ofUser(t.Caller, sub, given(t, "service_id"), given(t, "openid"), given(t, "sub_openid"))
	if code := given(t, "authorization_code"); code != "" {
		p = b.state.Permissions.Get(orderKey(t.Caller, sub, code))
	}
	if p == nil {
		return nil, nil //nolint:nilnil // there is none, which is no error here
	}
	return p, matching(t, p.Body, "service_id", "appid")
}
