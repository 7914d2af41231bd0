package sharing

import (
	"fmt"
	"slices"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
)

// Save returns all that the Book knows as JSON, for [Book.Load]. Its fields and the ledger
// are not part.
func (b *Book) Save() ([]byte, error) { return kit.Save(&b.mu, "sharing", &b.state) }

// Load replaces all that the Book knows by what Save returned. After an error the Book is as
// it was.
func (b *Book) Load(data []byte) error {
	s, err := kit.Load("sharing", data, (*state).whole)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state, b.full = *s, 0
	b.index()
	return nil
}

// whole makes what is missing, and checks that what is referred to is there.
func (s *state) whole() error {
	s.fill()
	shares, returns := 0, 0
	if len(s.Queue) != len(s.Orders) {
		return fmt.Errorf("%d orders, but %d in the queue", len(s.Orders), len(s.Queue))
	}
	for _, k := range s.Queue {
		o := s.Orders[k]
		if o == nil || k != key(o.Caller, o.Transaction) {
			return fmt.Errorf("order %q is not whole", k)
		}
		for _, name := range o.Shares {
			x := s.Shares[name]
			if x == nil || x.Order != k || name != key(o.Caller, x.No) || slices.Contains(x.Parts, nil) {
				return fmt.Errorf("request %q is not whole", name)
			}
		}
		for _, name := range o.Returns {
			r := s.Returns[name]
			if r == nil || s.Shares[r.Share] == nil || s.Shares[r.Share].Order != k || s.Shares[r.Share].receiver(r.Account) == nil {
				return fmt.Errorf("return %q is not whole", name)
			}
		}
		shares, returns = shares+len(o.Shares), returns+len(o.Returns)
	}
	if shares != len(s.Shares) || returns != len(s.Returns) {
		return fmt.Errorf("%d requests and %d returns have no order", len(s.Shares)-shares, len(s.Returns)-returns)
	}
	return nil
}
