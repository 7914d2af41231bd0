package transfer

import (
	"fmt"
	"slices"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
)

// Save returns all that the Book knows as JSON, for [Book.Load]. Its fields and the ledger
// are not part.
func (b *Book) Save() ([]byte, error) { return kit.Save(&b.mu, "transfer", &b.state) }

// Load replaces all that the Book knows by what Save returned. After an error the Book is as
// it was.
func (b *Book) Load(data []byte) error {
	s, err := kit.Load("transfer", data, (*state).whole)
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
	if len(s.Queue) != len(s.Bills)+len(s.Batches) {
		return fmt.Errorf("%d bills and %d batches, but %d in the queue", len(s.Bills), len(s.Batches), len(s.Queue))
	}
	size, seen := 0, make(map[string]bool, len(s.Queue))
	for _, key := range s.Queue {
		bill, batch := s.Bills[key], s.Batches[key]
		switch {
		case seen[key]:
			return fmt.Errorf("%q is in the queue twice", key)
		case bill != nil && bill.key() == key && bill.Amount > 0:
			size++
		case batch != nil && batch.key() == key && len(batch.Details) > 0 && !slices.Contains(batch.Details, nil):
			size += len(batch.Details)
		default:
			return fmt.Errorf("%q is not whole", key)
		}
		seen[key] = true
	}
	if size != s.Size {
		return fmt.Errorf("there are %d transfers, not %d", size, s.Size)
	}
	for key, r := range s.Receipts {
		if r == nil {
			return fmt.Errorf("receipt %q is null", key)
		}
	}
	return nil
}
