package accel_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/accel"
)

// TestChurn signs from 64 goroutines that create signers and drop them. None of the
// signatures is wrong, and the memory does not grow. WECHATPAY_ACCEL_SIGNATURES is their number.
func TestChurn(t *testing.T) {
	const goroutines, perSigner = 64, 25
	total := 1000
	if text := os.Getenv("WECHATPAY_ACCEL_SIGNATURES"); text != "" {
		var err error
		total, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	warm := int64(total / 10)
	keys, digests, want := churned(t)
	var signed, wrong, warmed atomic.Int64
	var group sync.WaitGroup
	for g := range goroutines {
		group.Go(func() {
			for i := g; signed.Load() < int64(total); i++ {
				k := i % len(keys)
				signer, err := accel.Signer(keys[k])
				if err != nil {
					wrong.Add(1)
					return
				}
				for j := range perSigner {
					d := (i + j) % len(digests)
					signature, err := signer.Sign(rand.Reader, digests[d], crypto.SHA256)
					if err != nil || !bytes.Equal(signature, want[k][d]) {
						wrong.Add(1)
					}
					if signed.Add(1) == warm {
						warmed.Store(resident(t))
					}
				}
			}
		})
	}
	group.Wait()
	grown := resident(t) - warmed.Load()
	t.Logf("%d signatures; %d KiB resident after %d, %d KiB more at the end", signed.Load(), warmed.Load()>>10, warm, grown>>10)
	assert.Zero(t, wrong.Load(), "wrong signatures")
	assert.Less(t, grown, int64(32<<20), "growth")
}

// churned returns keys, digests, and the signature of each key and digest.
func churned(t *testing.T) (keys []*rsa.PrivateKey, digests [][]byte, want [][][]byte) {
	t.Helper()
	for i := range 16 {
		digest := sha256.Sum256([]byte{byte(i)})
		digests = append(digests, digest[:])
	}
	for range 3 {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		require.NoError(t, err)
		signatures := make([][]byte, 0, len(digests))
		for _, digest := range digests {
			signature, err := key.Sign(rand.Reader, digest, crypto.SHA256)
			require.NoError(t, err)
			signatures = append(signatures, signature)
		}
		keys, want = append(keys, key), append(want, signatures)
	}
	return keys, digests, want
}

// resident returns the memory of this process in bytes, where Linux tells it.
func resident(t *testing.T) int64 {
	t.Helper()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(data), &size, &pages); err != nil {
		t.Error(err)
	}
	return pages * int64(os.Getpagesize())
}
