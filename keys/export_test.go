package keys

// Missing returns how many unknown serials are remembered.
func Missing(r *Keyring) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.missing)
}
