package keys

import (
	"context"
	"fmt"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A caller is on whose behalf a key is looked up. Each has a budget of downloads, so that
// forged webhooks cannot use up the downloads that calls need.
type caller int

const (
	webhook caller = iota // anybody who can reach the notify_url
	call                  // a reply of WeChat Pay, or this program itself
	callers
)

func callerOf(ctx context.Context) caller {
	if callstate.IsCall(ctx) {
		return call
	}
	return webhook
}

const (
	// callsPerSpacing is how many downloads calls may start in a row, and then within each
	// spacing. Their replies come from WeChat Pay, so this only limits a fault.
	callsPerSpacing = 4
	// rememberFor is how many spacings an id is remembered that WeChat Pay does not have.
	rememberFor = 5
	maxAbsent   = 1024
)

// A budget limits the downloads of one kind of caller: burst of them at once, then one in
// each interval. After a failure, the wait grows from 1 second to the interval instead.
type budget struct {
	burst    int
	interval time.Duration
	full     time.Time // when the whole burst is available again
	notUntil time.Time // after a failure
	failures int       // in a row
	lastErr  error     // of the last download
}

func newBudgets(spacing time.Duration) [callers]budget {
	return [callers]budget{
		webhook: {burst: 1, interval: spacing},
		call:    {burst: callsPerSpacing, interval: spacing / callsPerSpacing},
	}
}

// wait returns how long no download may start, and why. A wait longer than any that a
// budget sets means that the clock was set back: it is ignored.
func (b *budget) wait(now time.Time) (wait time.Duration, why error) {
	if wait := b.notUntil.Sub(now); wait > 0 && wait <= b.interval {
		return wait, b.why(wait)
	}
	left := max(b.full.Sub(now), 0)
	if left > time.Duration(b.burst+1)*b.interval {
		b.full = now
		return 0, nil
	}
	if wait := left - time.Duration(b.burst-1)*b.interval; wait > 0 {
		return wait, b.why(wait)
	}
	return 0, nil
}

func (b *budget) why(wait time.Duration) error {
	wait = max(wait.Round(time.Second), time.Second)
	if b.lastErr != nil {
		return fmt.Errorf("the last download failed; the next may start in %s: %w", wait, b.lastErr)
	}
	return fmt.Errorf("%w; the next download may start in %s", errFresh, wait)
}

func (b *budget) take(now time.Time) {
	if b.full.Before(now) {
		b.full = now
	}
	b.full = b.full.Add(b.interval)
}

// failed gives the download back and sets the wait until the next one.
func (b *budget) failed(now time.Time, err error) {
	b.full = b.full.Add(-b.interval)
	b.notUntil = now.Add(min(time.Second<<min(b.failures, 16), b.interval))
	b.failures++
	b.lastErr = err
}

// settled ends the waits after failures. err is [ErrNoCertificates] or nil.
func (b *budget) settled(err error) { b.failures, b.notUntil, b.lastErr = 0, time.Time{}, err }

// ended counts the interval from the end of a download that took this long.
func (b *budget) ended(took time.Duration) { b.full = b.full.Add(min(max(took, 0), b.interval)) }

// absentIDs are the ids that a download did not bring, with the time of the download. A
// webhook that names one is refused without a download. Calls do not use it: WeChat Pay may
// have published the key since.
type absentIDs map[string]time.Time

func (m absentIDs) check(id string, now time.Time, spacing time.Duration) error {
	at, found := m[signer.CanonicalID(id)]
	if age := now.Sub(at); found && age >= 0 && age < rememberFor*spacing {
		return fmt.Errorf("the list of certificates that was downloaded %s ago does not have it", age.Round(time.Second))
	}
	return nil
}

func (m absentIDs) add(id string, now time.Time, spacing time.Duration) {
	if len(m) >= maxAbsent {
		for other, at := range m {
			if age := now.Sub(at); age < 0 || age >= rememberFor*spacing {
				delete(m, other)
			}
		}
	}
	for other := range m {
		if len(m) < maxAbsent {
			break
		}
		delete(m, other)
	}
	m[signer.CanonicalID(id)] = now
}
