package coupon

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Save returns all that the Book knows as JSON, for [Book.Load]. Its fields are not part.
func (b *Book) Save() ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data, err := json.Marshal(&b.state)
	if err != nil {
		return nil, fmt.Errorf("coupon: Save: %w", err)
	}
	return data, nil
}

// Load replaces all that the Book knows by what Save returned. After an error the Book is as
// it was.
func (b *Book) Load(data []byte) error {
	var s state
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&s); err != nil {
		return fmt.Errorf("coupon: Load: %w", err)
	}
	s.fill()
	if err := s.whole(); err != nil {
		return fmt.Errorf("coupon: Load: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state = s
	b.index()
	return nil
}

// whole checks that what is referred to is there.
func (s *state) whole() error {
	for id, x := range s.Stocks {
		if x == nil || s.Products[x.Product] == nil {
			return fmt.Errorf("stock %q has no coupon", id)
		}
		made(&x.Budget.SentTo)
	}
	for id, p := range s.Products {
		if p == nil {
			return fmt.Errorf("coupon %q is null", id)
		}
		for _, x := range p.Stocks {
			if s.Stocks[x] == nil {
				return fmt.Errorf("coupon %q has no stock %q", id, x)
			}
		}
	}
	for id, b := range s.Bundles {
		if b == nil || s.Products[b.Product] == nil {
			return fmt.Errorf("stock bundle %q has no coupon", id)
		}
		for _, x := range b.Stocks {
			if s.Stocks[x] == nil {
				return fmt.Errorf("stock bundle %q has no stock %q", id, x)
			}
		}
	}
	if len(s.Order) != len(s.Coupons) {
		return fmt.Errorf("%d coupons of users, %d in order", len(s.Coupons), len(s.Order))
	}
	for _, key := range s.Order {
		if c := s.Coupons[key]; c == nil || s.Stocks[c.Stock] == nil || s.Products[c.Product] == nil {
			return fmt.Errorf("coupon of a user %q has no stock", key)
		}
	}
	return nil
}
