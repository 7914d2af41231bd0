package transfer

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
		return nil, fmt.Errorf("transfer: Save: %w", err)
	}
	return data, nil
}

// Load replaces all that the Book knows by what Save returned. After an error the Book is as
// it was.
func (b *Book) Load(data []byte) error {
	var s state
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("transfer: Load: %w", err)
	}
	s.fill()
	if err := s.whole(); err != nil {
		return fmt.Errorf("transfer: Load: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state, b.full = s, 0
	b.index()
	return nil
}

// whole checks that what is referred to is there.
func (s *state) whole() error {
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
