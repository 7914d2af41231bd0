package trade

import (
	"fmt"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
)

// Save returns all that the Book knows as JSON, for [Book.Load]. Its fields are not part, nor
// is the ledger.
func (b *Book) Save() ([]byte, error) { return kit.Save(&b.mu, "trade", &b.state) }

// Load replaces all that the Book knows by what Save returned. After an error the Book is as
// it was.
func (b *Book) Load(data []byte) error {
	s, err := kit.Load("trade", data, func(s *state) error {
		s.fill()
		return s.whole()
	})
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state = *s
	return nil
}

// whole checks that what is referred to is there.
func (s *state) whole() error {
	for k, o := range s.Orders {
		if o == nil || o.Combine != "" && s.Combined[o.Combine] == nil {
			return fmt.Errorf("order %q is not whole", k)
		}
		for _, r := range o.RefundKeys {
			if s.Refunds[r] == nil {
				return fmt.Errorf("order %q lacks a refund", k)
			}
		}
	}
	for k, o := range s.Combined {
		if o == nil || !s.have(o.Parts...) {
			return fmt.Errorf("combined order %q is not whole", k)
		}
	}
	for k, r := range s.Refunds {
		if r == nil || !s.have(r.Order) {
			return fmt.Errorf("refund %q lacks its order", k)
		}
	}
	return s.listed()
}

// listed checks the keys that other things are found by.
func (s *state) listed() error {
	for _, entry := range s.Queue {
		if entry == "" || entry[0] == 'c' && s.Combined[entry[1:]] == nil || entry[0] != 'c' && !s.have(entry[1:]) {
			return fmt.Errorf("%q is in the queue, but nowhere else", entry)
		}
	}
	for id, k := range s.Transactions {
		if !s.have(k) {
			return fmt.Errorf("transaction %q has no order", id)
		}
	}
	for id, k := range s.RefundIDs {
		if s.Refunds[k] == nil {
			return fmt.Errorf("refund_id %q has no refund", id)
		}
	}
	return nil
}

func (s *state) have(orders ...string) bool {
	for _, k := range orders {
		if s.Orders[k] == nil {
			return false
		}
	}
	return true
}
