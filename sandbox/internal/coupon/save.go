package coupon

import (
	"fmt"
	"slices"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
)

// Save returns all that the Book knows as JSON, for [Book.Load]. Its fields are not part.
func (b *Book) Save() ([]byte, error) { return kit.Save(&b.mu, "coupon", &b.state) }

// Load replaces all that the Book knows by what Save returned. After an error the Book is as
// it was.
func (b *Book) Load(data []byte) error {
	s, err := kit.Load("coupon", data, (*state).whole)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state = *s
	b.index()
	return nil
}

// whole makes what is missing, and checks that what is referred to is there.
func (s *state) whole() error {
	s.fill()
	for id, p := range s.Products {
		noBundle := func(id string) bool { return s.Bundles[id] == nil }
		if p == nil || len(p.Stocks) == 0 || p.bundled() != (len(p.Bundles) > 0) || !s.have(p.Stocks) ||
			slices.ContainsFunc(p.Bundles, noBundle) {
			return fmt.Errorf("coupon %q lacks its stocks", id)
		}
	}
	for id, x := range s.Stocks {
		if x == nil || s.Products[x.Product] == nil {
			return fmt.Errorf("stock %q has no coupon", id)
		}
		kit.Made(&x.Budget.SentTo)
	}
	for id, b := range s.Bundles {
		if b == nil || s.Products[b.Product] == nil || len(b.Stocks) == 0 || !s.have(b.Stocks) {
			return fmt.Errorf("stock bundle %q lacks its coupon or stocks", id)
		}
	}
	for token, p := range s.Presends {
		if p == nil {
			return fmt.Errorf("token %q is null", token)
		}
	}
	if len(s.Order) != len(s.Coupons) {
		return fmt.Errorf("%d coupons of users, but %d in order", len(s.Coupons), len(s.Order))
	}
	for _, key := range s.Order {
		c := s.Coupons[key]
		if c == nil || s.Products[c.Product] == nil || !s.have([]string{c.Stock}) ||
			c.Index < 0 || c.Index >= len(c.Rounds) || c.State == "USED" && c.Use == nil {
			return fmt.Errorf("coupon of a user %q is not whole", key)
		}
	}
	return nil
}

func (s *state) have(stocks []string) bool {
	return !slices.ContainsFunc(stocks, func(id string) bool { return s.Stocks[id] == nil })
}
