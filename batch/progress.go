package batch

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A Progress is how far a run is.
type Progress struct {
	Read    int64             `json:"read"`    // jobs of the input, so far
	Total   int64             `json:"total"`   // of the input, as Config.Total says; 0 if unknown
	Open    int               `json:"open"`    // in work, or waiting
	Results map[Outcome]int64 `json:"results"` // by outcome, those of earlier runs included
	Resumed int64             `json:"resumed"` // of them, by earlier runs
	Rate    float64           `json:"rate"`    // results a second, lately
	ETA     time.Duration     `json:"eta"`     // until the end; 0 if unknown
	Paused  bool              `json:"paused"`
	At      time.Time         `json:"at"`
}

// counters count a run.
type counters struct {
	read, done, resumed int64
	results             map[Outcome]int64
	published           time.Time

	before int64 // done, at the time of the last rate
	since  time.Time
	rate   float64
}

func (c *counters) add(result Result) {
	if c.results == nil {
		c.results = map[Outcome]int64{}
	}
	c.results[result.Outcome]++
	c.done++
}

// lately returns results a second, smoothed over some seconds.
func (c *counters) lately(now time.Time) float64 {
	if c.since.IsZero() {
		c.since, c.before = now, c.done
		return 0
	}
	if passed := now.Sub(c.since).Seconds(); passed > 0.5 {
		rate := float64(c.done-c.before) / passed
		if c.rate == 0 {
			c.rate = rate
		}
		c.rate += (rate - c.rate) * 0.3
		c.since, c.before = now, c.done
	}
	return c.rate
}

// publish writes the progress, for who watches. If that fails, the next one may not.
func (r *run) publish(ctx context.Context) {
	now := time.Now()
	paused := false
	if r.rest != nil {
		paused, _ = r.rest.isPaused()
	}
	p := Progress{
		Read: r.count.read, Total: int64(r.cfg.Total), Open: len(r.open), Results: r.count.results, Resumed: r.count.resumed,
		Rate: r.count.lately(now), Paused: paused, At: now.UTC(),
	}
	if left := p.Total - r.count.done; p.Total > 0 && left > 0 && p.Rate > 0 {
		p.ETA = time.Duration(float64(left) / p.Rate * float64(time.Second)).Round(time.Second)
	}
	if data, err := json.Marshal(p); err == nil {
		_, _ = r.store.rooms.control.Put(ctx, "progress", data)
	}
}

// Progress returns how far the run of the store is, or was at its end. It is written each second.
func (s *Store) Progress(ctx context.Context) (p Progress, err error) {
	rooms, err := s.open(ctx, "")
	if err != nil {
		return p, err
	}
	found, err := rooms.control.Get(ctx, "progress")
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return p, nil
	case err != nil:
		return p, failed("reading the progress", err)
	}
	if err := json.Unmarshal(found.Value(), &p); err != nil {
		return p, failed("reading the progress", err)
	}
	return p, nil
}
