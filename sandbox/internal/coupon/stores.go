package coupon

import (
	"cmp"
	"maps"
	"regexp"
	"slices"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A storeChange changes one store of one stock; what it returns is why it failed, if it did.
type storeChange func(t *turn, s *stock, id string) (code, message string)

// Stores are made by another API, so any number is the id of one.
var storeForm = regexp.MustCompile(`^[0-9]{1,20}$`)

// associate leaves a store that is there already.
func associate(t *turn, s *stock, id string) (code, message string) {
	if !storeForm.MatchString(id) {
		return "PARAM_ERROR", "门店ID格式错误"
	}
	if kit.Made(&s.Stores); s.Stores[id] == 0 {
		s.Stores[id] = t.book.next()
	}
	return "", ""
}

func disassociate(_ *turn, s *stock, id string) (code, message string) {
	if s.Stores[id] == 0 {
		return "RESOURCE_NOT_EXISTS", "门店未关联"
	}
	delete(s.Stores, id)
	return "", ""
}

func onStock(change storeChange) func(*turn, string) (play.Object, error) {
	return func(t *turn, _ string) (play.Object, error) {
		s, err := t.liveStock()
		if err != nil {
			return nil, err
		}
		return t.changeStores(change, s)
	}
}

func onBundle(change storeChange) func(*turn, string) (play.Object, error) {
	return func(t *turn, _ string) (play.Object, error) {
		list, err := t.liveBundle()
		if err != nil {
			return nil, err
		}
		return t.changeStores(change, list...)
	}
}

// changeStores does what it can of a list. A store has failed where it failed in one stock.
func (t *turn) changeStores(change storeChange, list ...*stock) (play.Object, error) {
	for _, s := range list {
		if err := specific(s); err != nil {
			return nil, err
		}
	}
	success, failed := []any{}, []any{}
	wanted := t.Body.List("store_list")
	for _, entry := range wanted {
		id, code, message := entry.Text("store_id"), "", ""
		for _, s := range list {
			if c, m := change(t, s, id); c != "" {
				code, message = c, m
			}
		}
		if code == "" {
			success = append(success, play.Object{"store_id": id})
		} else {
			failed = append(failed, play.Object{"store_id": id, "code": code, "message": message})
		}
	}
	return play.Object{"total_count": len(wanted), "success_store_list": success, "failed_store_list": failed}, nil
}

// specific refuses stocks that can be used everywhere; the number is documented of ALL.
func specific(s *stock) error {
	switch s.Spec.Text("store_scope") {
	case "SPECIFIC":
		return nil
	case "ALL":
		return invalid(allStores, "全部门店可用的批次不能关联门店")
	}
	return invalid(0, "批次的 store_scope 不为 SPECIFIC")
}

func listStores(t *turn, _ string) (play.Object, error) {
	s, err := t.stockOfPath()
	if err != nil {
		return nil, err
	}
	seq := func(id string) int64 { return s.Stores[id] }
	ids := slices.SortedFunc(maps.Keys(s.Stores), func(a, b string) int { return cmp.Compare(seq(a), seq(b)) })
	return listed(t, "store_list", ids, seq, func(id string) any { return play.Object{"store_id": id} })
}

// checkStore tells whether the coupons of s can be used in a store.
func checkStore(s *stock, id string) error {
	if s.Spec.Text("store_scope") == "SPECIFIC" && s.Stores[id] == 0 {
		return invalid(wrongStore, "门店不在可用范围内")
	}
	return nil
}
