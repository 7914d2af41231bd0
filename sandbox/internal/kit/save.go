package kit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
)

// Save returns a state as JSON, for [Load].
func Save(mu sync.Locker, name string, state any) ([]byte, error) {
	mu.Lock()
	defer mu.Unlock()
	data, err := json.Marshal(state)
	if err != nil {
		return nil, fmt.Errorf("%s: Save: %w", name, err)
	}
	return data, nil
}

// Load returns a state that [Save] wrote, and that whole found to be complete.
func Load[T any](name string, data []byte, whole func(*T) error) (*T, error) {
	state := new(T)
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(state); err != nil {
		return nil, fmt.Errorf("%s: Load: %w", name, err)
	}
	if err := whole(state); err != nil {
		return nil, fmt.Errorf("%s: Load: %w", name, err)
	}
	return state, nil
}

// Made makes a map that is missing.
func Made[V any](m *map[string]V) {
	if *m == nil {
		*m = map[string]V{}
	}
}
