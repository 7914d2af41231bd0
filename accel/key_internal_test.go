package accel

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFaults: a signature that OpenSSL spoils or fails to make, at any time, is made by
// crypto/rsa in its place, and those after it by OpenSSL again.
func TestFaults(t *testing.T) {
	t.Parallel()
	lib := requireLibrary(t)
	for _, tc := range []struct {
		name  string
		fault func(signature *byte, length *uint64) int32
	}{
		{"spoiled", func(signature *byte, _ *uint64) int32 { *signature ^= 1; return 1 }},
		{"short", func(_ *byte, length *uint64) int32 { *length = 0; return 1 }},
		{"failed", func(*byte, *uint64) int32 { return -1 }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			faulty, count := *lib, 0
			faulty.sign = func(ctx uintptr, signature *byte, length *uint64, digest *byte, digestLength uint64) int32 {
				if status := lib.sign(ctx, signature, length, digest, digestLength); status != 1 {
					return status
				}
				if count++; count%2 == 1 {
					return 1
				}
				return tc.fault(signature, length)
			}
			key := testKey()
			signer, err := newSigner(&faulty, key)
			require.NoError(t, err)
			require.NotNil(t, signer.(rsaSigner).fast)
			for range 4 {
				requireSame(t, key, signer)
			}
			assert.Equal(t, 5, count, "OpenSSL is asked for each")
		})
	}
}

// TestKeysThatOpenSSLCannotUse are signed with by crypto/rsa.
func TestKeysThatOpenSSLCannotUse(t *testing.T) {
	t.Parallel()
	good := requireLibrary(t)
	for _, tc := range []struct {
		name   string
		change func(*library)
	}{
		{"refused", func(l *library) {
			l.decodeKey = func(int32, uintptr, *uintptr, int64) uintptr { return 0 }
		}},
		{"signed otherwise", func(l *library) {
			l.sign = func(ctx uintptr, signature *byte, length *uint64, _ *byte, digestLength uint64) int32 {
				other := sha256.Sum256([]byte("other"))
				return good.sign(ctx, signature, length, &other[0], digestLength)
			}
			l.verify = func(uintptr, *byte, uint64, *byte, uint64) int32 { return 1 }
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			lib := *good
			tc.change(&lib)
			key := testKey()
			signer, err := newSigner(&lib, key)
			require.NoError(t, err)
			assert.Nil(t, signer.(rsaSigner).fast)
			requireSame(t, key, signer)
		})
	}
}

// TestDERIsCleared: what gives the key to OpenSSL is pinned while it is read, and cleared.
func TestDERIsCleared(t *testing.T) {
	t.Parallel()
	lib := *requireLibrary(t)
	decode := lib.decodeKey
	var der []byte
	lib.decodeKey = func(kind int32, out uintptr, next *uintptr, length int64) uintptr {
		der = unsafe.Slice(*(**byte)(unsafe.Pointer(next)), length)
		assert.Contains(t, string(der), string(testKey().D.Bytes()))
		return decode(kind, out, next, length)
	}
	_, err := lib.newKey(testKey(), testSignature(t))
	require.NoError(t, err)
	zeros := make([]byte, len(der))
	assert.Equal(t, zeros, der)
}

// TestErrorQueueIsEmptied: OpenSSL's reason is told, and does not stay in the thread.
func TestErrorQueueIsEmptied(t *testing.T) {
	t.Parallel()
	lib := requireLibrary(t)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := lib.do("d2i_PrivateKey", func() bool {
		garbage := bytes.Repeat([]byte{0x30}, 64)
		next := uintptr(unsafe.Pointer(&garbage[0]))
		pkey := lib.decodeKey(evpPKeyRSA, 0, &next, int64(len(garbage)))
		runtime.KeepAlive(garbage)
		require.NotZero(t, lib.lastError())
		return pkey != 0
	})
	require.ErrorContains(t, err, "d2i_PrivateKey: error:")
	assert.Zero(t, lib.lastError())
	require.NoError(t, lib.do("nothing", func() bool { return true }))
}

// TestAllIsFreed: keys and contexts that are dropped, also while others sign, are freed once.
func TestAllIsFreed(t *testing.T) {
	t.Parallel()
	lib := *requireLibrary(t)
	var keys, contexts atomic.Int64
	actual := lib
	lib.decodeKey = func(kind int32, out uintptr, der *uintptr, length int64) uintptr {
		keys.Add(1)
		return actual.decodeKey(kind, out, der, length)
	}
	lib.freeKey = func(pkey uintptr) { keys.Add(-1); actual.freeKey(pkey) }
	lib.newContext = func(pkey, engine uintptr) uintptr { contexts.Add(1); return actual.newContext(pkey, engine) }
	lib.freeContext = func(ctx uintptr) { contexts.Add(-1); actual.freeContext(ctx) }
	private, want := testKey(), testSignature(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 10 {
				key, err := lib.newKey(private, want)
				if err != nil {
					t.Error(err)
					return
				}
				signature, err := key.sign(testDigest[:])
				assert.Equal(t, want, signature, err)
			}
		})
	}
	group.Wait()
	require.NotZero(t, keys.Load())
	require.Eventually(t, func() bool {
		runtime.GC()
		return keys.Load() == 0 && contexts.Load() == 0
	}, 30*time.Second, time.Millisecond)
}

// TestThreads: OpenSSL takes a thread for each signature that it makes, and so makes as many at
// once as there are processors, whatever the number of goroutines that want one.
func TestThreads(t *testing.T) {
	t.Parallel()
	actual := requireLibrary(t)
	want := testSignature(t)
	synctest.Test(t, func(t *testing.T) {
		lib, processors := *actual, cap(actual.turns)
		lib.turns = make(chan struct{}, processors)
		key, err := lib.newKey(testKey(), want)
		require.NoError(t, err)
		var inside atomic.Int64
		release := make(chan struct{})
		lib.sign = func(ctx uintptr, signature *byte, length *uint64, digest *byte, digestLength uint64) int32 {
			inside.Add(1)
			<-release
			return actual.sign(ctx, signature, length, digest, digestLength)
		}
		var group sync.WaitGroup
		for range 4 * processors {
			group.Go(func() {
				signature, err := key.sign(testDigest[:])
				assert.Equal(t, want, signature, err)
			})
		}
		synctest.Wait()
		assert.EqualValues(t, processors, inside.Load(), "at once")
		close(release)
		group.Wait()
		assert.EqualValues(t, 4*processors, inside.Load(), "in all")
	})
}

// testSignature is that of crypto/rsa of the test digest.
func testSignature(t *testing.T) []byte {
	t.Helper()
	signature, err := testKey().Sign(rand.Reader, testDigest[:], crypto.SHA256)
	require.NoError(t, err)
	return signature
}

// TestSelfTestKey: its primes are primes, so that no self-test fails for them.
func TestSelfTestKey(t *testing.T) {
	t.Parallel()
	key := testKey()
	require.NoError(t, key.Validate())
	assert.Equal(t, 2048, key.N.BitLen())
	for _, prime := range key.Primes {
		assert.True(t, prime.ProbablyPrime(20))
	}
}
