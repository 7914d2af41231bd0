package accel_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"os"
	"runtime"
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
	total := 1000
	if text := os.Getenv("WECHATPAY_ACCEL_SIGNATURES"); text != "" {
		var err error
		total, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	c := newChurn(t)
	// Threads, stacks and the pools of the allocators grow first, as many signatures as CI makes.
	c.sign(t, 1000)
	warm := resident(t)
	c.sign(t, total)
	grown := resident(t) - warm
	t.Logf("%d signatures; %d KiB resident before, %d KiB more at the end", total, warm>>10, grown>>10)
	assert.Zero(t, c.wrong.Load(), "wrong signatures")
	// A signer that is not freed holds some 4 KiB, and one is made for every 25 signatures.
	assert.Less(t, grown, int64(64<<20), "growth")
}

// A churn has keys and digests, and the signature of each key and digest.
type churn struct {
	keys    []*rsa.PrivateKey
	digests [][]byte
	want    [][][]byte
	wrong   atomic.Int64
}

// sign makes total signatures, each of 25 by a signer of their own, from 64 goroutines.
func (c *churn) sign(t *testing.T, total int) {
	t.Helper()
	const goroutines, perSigner = 64, 25
	var signed atomic.Int64
	var group sync.WaitGroup
	for g := range goroutines {
		group.Go(func() {
			for i := g; signed.Load() < int64(total); i++ {
				k := i % len(c.keys)
				signer, err := accel.Signer(c.keys[k])
				if err != nil {
					c.wrong.Add(1)
					return
				}
				for j := range perSigner {
					d := (i + j) % len(c.digests)
					signature, err := signer.Sign(rand.Reader, c.digests[d], crypto.SHA256)
					if err != nil || !bytes.Equal(signature, c.want[k][d]) {
						c.wrong.Add(1)
					}
					signed.Add(1)
				}
			}
		})
	}
	group.Wait()
	runtime.GC() // frees the signers, and with them what libcrypto holds
}

// newChurn makes three keys and 16 digests.
func newChurn(t *testing.T) *churn {
	t.Helper()
	c := new(churn)
	for i := range 16 {
		digest := sha256.Sum256([]byte{byte(i)})
		c.digests = append(c.digests, digest[:])
	}
	for range 3 {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		require.NoError(t, err)
		signatures := make([][]byte, 0, len(c.digests))
		for _, digest := range c.digests {
			signature, err := key.Sign(rand.Reader, digest, crypto.SHA256)
			require.NoError(t, err)
			signatures = append(signatures, signature)
		}
		c.keys, c.want = append(c.keys, key), append(c.want, signatures)
	}
	return c
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
