package batch

import "time"

// A group is an order whose requests go one at a time.
type group struct {
	busy    bool
	free    time.Time // when the next may go
	waiting []*pending
}

func (r *run) apart(t *task) time.Duration {
	switch {
	case r.cfg.Apart < 0:
		return 0
	case r.cfg.Apart > 0:
		return r.cfg.Apart
	}
	return t.apart
}

// enter reports whether a job of a group may go. Otherwise it waits.
func (r *run) enter(p *pending) bool {
	g := r.groups[p.group]
	if g == nil {
		g = &group{}
		r.groups[p.group] = g
	}
	if g.busy || len(g.waiting) > 0 || time.Now().Before(g.free) {
		g.waiting = append(g.waiting, p)
		return false
	}
	g.busy = true
	return true
}

// leave lets the next of a group go, in time.
func (r *run) leave(p *pending) error {
	g := r.groups[p.group]
	if g == nil {
		return nil
	}
	now := time.Now()
	g.busy, g.free = false, now.Add(r.apart(p.task))
	return r.next(p.group, g, now)
}

// next lets the next of a group go, if its time has come.
func (r *run) next(name string, g *group, now time.Time) error {
	if g.busy || now.Before(g.free) {
		return nil
	}
	if len(g.waiting) == 0 {
		delete(r.groups, name)
		return nil
	}
	p := g.waiting[0]
	g.waiting, g.busy = g.waiting[1:], true
	return r.put(p)
}

// wake lets those go whose time has come, and forgets groups that nothing waits for.
func (r *run) wake(now time.Time) error {
	for name, g := range r.groups {
		if err := r.next(name, g, now); err != nil {
			return err
		}
	}
	return nil
}
