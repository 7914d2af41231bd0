package generic

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Save returns all that the Book knows as JSON, for [Book.Load]. Its fields are not part.
func (b *Book) Save() ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data, err := json.Marshal(saved{b.seq, b.salt, b.things})
	if err != nil {
		return nil, fmt.Errorf("generic: Save: %w", err)
	}
	return data, nil
}

type saved struct {
	Seq    int64    `json:"seq"`
	Salt   int64    `json:"salt"`
	Things []*thing `json:"things"`
}

// Load replaces all that the Book knows by what Save returned. After an error the Book is as
// it was.
func (b *Book) Load(data []byte) error {
	var s saved
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&s); err != nil {
		return fmt.Errorf("generic: Load: %w", err)
	}
	last := int64(0)
	for i, t := range s.Things {
		if t == nil || t.Seq <= last {
			return fmt.Errorf("generic: Load: thing %d is not whole", i)
		}
		last = t.Seq
	}
	if s.Seq < last {
		return errors.New("generic: Load: seq is less than that of the last thing")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clear()
	b.seq, b.salt, b.things = s.Seq, s.Salt, s.Things
	for _, t := range s.Things {
		b.enter(t)
	}
	return nil
}
