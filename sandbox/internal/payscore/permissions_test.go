package payscore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// permission queries by the code and by the user.
func (w *world) byCode(code string) string {
	target := w.base() + "permissions/authorization-code/" + code + "?service_id=500001"
	if w.partner {
		target += "&sub_mchid=" + subShop
	}
	return target
}

func (w *world) byUser(openid string) string {
	if w.partner {
		return w.base() + "permissions/search?service_id=500001&appid=wxd678efh567hg6787&sub_mchid=" + subShop + "&openid=" + openid
	}
	return w.base() + "permissions/openid/" + openid + "?service_id=500001&appid=wxd678efh567hg6787"
}

func (w *world) endOfUser(openid string) (target string, body play.Object) {
	body = w.of(play.Object{"reason": "r"})
	if w.partner {
		return w.base() + "permissions/terminate", body.With(play.Object{"openid": openid})
	}
	return w.base() + "permissions/openid/" + openid + "/terminate", body
}

func TestAPermissionIsOpenedAndClosed(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		// Nobody knows the user of a code that is not agreed to, nor when another agreed to nothing.
		w.Lacking = []string{"openid", "authorization_success_time"}
		w.Refused(t, "GET", w.byCode("code"), nil, "RESOURCE_NOT_EXISTS", 0, "")
		token := w.apply(t, "code").Text("apply_permissions_token")
		assert.NotEmpty(t, token)
		assert.Equal(t, token, w.apply(t, "code").Text("apply_permissions_token"))
		other := w.of(play.Object{"authorization_code": "code", "notify_url": hook + "/2"})
		w.Refused(t, "POST", w.base()+"permissions", other, "INVALID_REQUEST", 0, "")
		assert.Equal(t, "UNBINDUSER", w.OK(t, "GET", w.byCode("code"), nil).Text("authorization_state"))
		assert.Equal(t, "UNAVAILABLE", w.OK(t, "GET", w.byUser(openid), nil).Text("authorization_state"))
		kittest.Same(t, w.book.CloseService(w.Now, w.Emit, w.Caller, w.sub(), "code"), "INVALID_REQUEST", 0, "")
		w.Lacking = nil

		require.NoError(t, w.book.OpenService(w.Now, w.Emit, w.Caller, w.sub(), "code", openid, ""))
		for _, target := range []string{w.byCode("code"), w.byUser(openid)} {
			o := w.OK(t, "GET", target, nil)
			assert.Equal(t, "AVAILABLE", o.Text("authorization_state"))
			assert.Equal(t, openid, o.Text("openid"))
			assert.Equal(t, "2026-04-01T12:00:00+08:00", o.Text("authorization_success_time"))
		}
		w.Refused(t, "GET", strings.Replace(w.byCode("code"), "500001", "x", 1), nil, "PARAM_ERROR", 0, "service_id")
		w.Refused(t, "GET", strings.Replace(w.byUser(openid), "wxd678efh567hg6787", "wx2", 1), nil, "PARAM_ERROR", 0, "appid")
		assess := w.base() + "permissions/assess-user-risk-level"
		if w.partner {
			assess += "?sub_mchid=" + subShop
		}
		risk := w.of(play.Object{"openid": openid})
		delete(risk, "sub_mchid")
		assert.EqualValues(t, 1, w.OK(t, "POST", assess, risk).Int("user_risk_level"))
		w.Refused(t, "POST", w.base()+"permissions", w.of(play.Object{"authorization_code": "code", "notify_url": hook}), "INVALID_REQUEST", 0, "")
		kittest.Same(t, w.book.OpenService(w.Now, w.Emit, w.Caller, w.sub(), "code", openid, ""), "INVALID_REQUEST", 0, "")

		w.Now = w.Now.Add(time.Hour)
		require.NoError(t, w.book.CloseService(w.Now, w.Emit, w.Caller, w.sub(), "code"))
		o := w.OK(t, "GET", w.byUser(openid), nil)
		assert.Equal(t, "UNAVAILABLE", o.Text("authorization_state"))
		assert.Equal(t, "2026-04-01T13:00:00+08:00", o.Text("cancel_authorization_time"))
		w.Refused(t, "POST", assess, risk, "NO_AUTH", 268503786, "")

		events := w.Events()
		require.Len(t, events, 2)
		for i, event := range []struct{ kind, at string }{{"USER_OPEN_SERVICE", "20260401120000"}, {"USER_CLOSE_SERVICE", "20260401130000"}} {
			assert.Equal(t, "PAYSCORE."+event.kind, events[i].Type)
			resource := kittest.Wire(t, events[i].Resource)
			assert.Equal(t, event.kind, resource.Text("user_service_status"))
			assert.Equal(t, event.at, resource.Text("openorclose_time"))
			assert.Equal(t, openid, resource.Text("openid"))
			assert.Equal(t, "code", resource.Text("authorization_code"))
			assert.Equal(t, w.sub(), resource.Text("sub_mchid"))
		}

		w.Now = w.Now.Add(time.Hour)
		w.open(t, "code2", openid)
		assert.Equal(t, "code2", w.OK(t, "GET", w.byUser(openid), nil).Text("authorization_code"), "the latest")
	})
}

func TestAMerchantEndsAPermission(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		byCode := w.base() + "permissions/authorization-code/code/terminate"
		end := w.of(play.Object{"reason": "r"})
		delete(end, "appid")
		w.Refused(t, "POST", byCode, end, "RESOURCE_NOT_EXISTS", 0, "")
		w.open(t, "code", openid)
		w.Events()
		w.OK(t, "POST", w.base()+"serviceorder", w.order("no").With(play.Object{"need_user_confirm": false, "openid": openid}))
		w.Refused(t, "POST", byCode, end, "INVALID_REQUEST", 0, "")
		w.OK(t, "POST", w.base()+"serviceorder", kittest.With(w.order("elsewhere"), "service_id", "500002"))
		require.NoError(t, w.confirm("elsewhere"))
		w.Events()
		w.OK(t, "POST", w.path("no", "cancel"), w.of(play.Object{"reason": "r"}))
		w.OK(t, "POST", byCode, end)
		w.OK(t, "POST", byCode, end)
		assert.Equal(t, "UNAVAILABLE", w.OK(t, "GET", w.byCode("code"), nil).Text("authorization_state"))

		target, body := w.endOfUser(other)
		w.Refused(t, "POST", target, body, "RESOURCE_NOT_EXISTS", 0, "")
		w.open(t, "code2", other)
		w.OK(t, "POST", target, body)
		assert.Equal(t, "UNAVAILABLE", w.OK(t, "GET", w.byUser(other), nil).Text("authorization_state"))
		assert.Equal(t, []string{"PAYSCORE.USER_OPEN_SERVICE"}, w.Types(), "of code2: the merchant knows what it did")
	})
}

func TestOtherEndpointsOfPermissions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	target := "/v3/payscore/user-service-state?appid=wxd678efh567hg6787&service_id=500001&openid=" + openid
	assert.Equal(t, "UNAVAILABLE", w.OK(t, "GET", target, nil).Text("use_service_state"))
	w.open(t, "code", openid)
	assert.Equal(t, "AVAILABLE", w.OK(t, "GET", target, nil).Text("use_service_state"))
	w.Refused(t, "GET", strings.Replace(target, "wxd678efh567hg6787", "wx2", 1), nil, "PARAM_ERROR", 0, "appid")
	end := "/v3/payscore/users/" + openid + "/permissions/500001/terminate?service_id=500001&openid=" + openid
	w.OK(t, "POST", end, play.Object{"appid": "wxd678efh567hg6787", "reason": "r"})
	assert.Equal(t, "UNAVAILABLE", w.OK(t, "GET", target, nil).Text("use_service_state"))

	p := newWorld(t, true)
	o := p.OK(t, "POST", p.base()+"permissions/apply-for-scene", p.of(play.Object{
		"authorization_code": "code", "scene": "TRANSACTION",
		"transaction_scene_info": play.Object{"mchid": caller, "sub_mchid": subShop},
	}))
	assert.NotEmpty(t, o.Text("transaction_permissions_token"))
	require.NoError(t, p.book.OpenService(p.Now, nil, caller, subShop, "code", openid, "sub-openid"))
	bySub := p.base() + "permissions/search?service_id=500001&appid=wxd678efh567hg6787&sub_mchid=" + subShop + "&sub_openid=sub-openid"
	assert.Equal(t, openid, p.OK(t, "GET", bySub, nil).Text("openid"))
	p.OK(t, "POST", p.base()+"serviceorder", p.order("no").With(play.Object{"need_user_confirm": false, "sub_openid": "sub-openid"}))
}

func TestPermissionsThatAreRefused(t *testing.T) {
	t.Parallel()
	sides(t, func(w *world) {
		t := w.t
		body := w.of(play.Object{"authorization_code": "a b", "notify_url": hook})
		w.Refused(t, "POST", w.base()+"permissions", body, "PARAM_ERROR", 0, "/authorization_code")
		w.Refused(t, "POST", w.base()+"permissions", w.of(play.Object{"authorization_code": "a", "notify_url": "ftp://x"}), "PARAM_ERROR", 0, "/notify_url")
		w.apply(t, "code")
		kittest.Same(t, w.book.OpenService(w.Now, nil, w.Caller, w.sub(), "code", "", ""), "PARAM_ERROR", 0, "/openid")
		kittest.Same(t, w.book.OpenService(w.Now, nil, "1900000999", w.sub(), "code", openid, ""), "RESOURCE_NOT_EXISTS", 0, "")
		w.open(t, "open", openid)
		kittest.Same(t, w.book.OpenService(w.Now, nil, w.Caller, w.sub(), "code", openid, ""), "INVALID_REQUEST", 0, "")
		if w.partner {
			_, end := w.endOfUser(openid)
			delete(end, "openid")
			w.Refused(t, "POST", w.base()+"permissions/terminate", end, "PARAM_ERROR", 0, "/openid")
			w.Refused(t, "GET", w.base()+"permissions/search?service_id=500001&appid=x&sub_mchid="+subShop, nil, "PARAM_ERROR", 0, "openid")
		}
	})
}

func TestTheLatestPermissionCountsAfterALoad(t *testing.T) {
	t.Parallel()
	for i := range 8 { // in whatever order the permissions are read
		w := newWorld(t, false)
		for j, code := range []string{"1", "2", "3"} {
			w.open(t, code, openid)
			if j < 2 {
				require.NoError(t, w.book.CloseService(w.Now, nil, caller, "", code))
			}
		}
		saved, err := w.book.Save()
		require.NoError(t, err)
		require.NoError(t, w.book.Load(saved))
		assert.Equal(t, "3", w.OK(t, "GET", w.byUser(openid), nil).Text("authorization_code"), "time %d", i)
	}
}

func TestClosedPermissionsAreDroppedFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false)
	w.book.Limit = 2
	w.open(t, "open", openid)
	w.open(t, "closed", other)
	require.NoError(t, w.book.CloseService(w.Now, nil, caller, "", "closed"))
	w.Lacking = []string{"openid"}
	w.apply(t, "next")
	w.Refused(t, "GET", w.byCode("closed"), nil, "RESOURCE_NOT_EXISTS", 0, "")
	assert.False(t, w.OK(t, "GET", w.byUser(other), nil).Has("authorization_code"), "it is forgotten")
	assert.Equal(t, "AVAILABLE", w.OK(t, "GET", w.byUser(openid), nil).Text("authorization_state"))
}
