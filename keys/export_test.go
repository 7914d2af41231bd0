package keys

// AbsentIDs returns how many unknown serials are remembered.
func AbsentIDs(r *Keyring) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.absent)
}
