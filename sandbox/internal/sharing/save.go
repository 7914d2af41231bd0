package sharing

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Save returns all that the Book knows as JSON, for [Book.Load]. Its fields and the ledger
// are not part.
func (b *Book) Save() ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data, err := json.Marshal(&b.state)
	if err != nil {
		return nil, fmt.Errorf("sharing: Save: %w", err)
	}
	return data, nil
}

// Load replaces all that the Book knows by what Save returned. After an error the Book is as
// it was.
func (b *Book) Load(data []byte) error {
	var s state
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("sharing: Load: %w", err)
	}
	s.fill()
	if err := s.whole(); err != nil {
		return fmt.Errorf("sharing: Load: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state, b.full = s, 0
	b.index()
	return nil
}

// whole checks that what is referred to is there.
func (s *state) whole() error {
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
