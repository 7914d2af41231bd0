package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// nameShapes names the shapes of a product. The result is deterministic:
//
//   - A shape of one endpoint is named by its steps in the package, its verb, its suffix
//     and its fields: TransactionsAppPostRequestAmount. This is its full name.
//   - A body of several endpoints is named by their common steps and its suffix:
//     TransactionsQuery. An object in several of them is named by its field: Amount; then
//     RequestAmount, TransactionsAmount and TransactionsRequestAmount.
//   - If these are taken, it gets the shortest of its full names.
//   - A name of more than 60 letters loses steps from the left, then fields from the
//     middle, until it is short enough and free.
//
// In each round every unnamed shape tries its next candidate. If several try the same name,
// the one with the most uses gets it, or else the first.
func (p *product) nameShapes() error {
	waiting := map[*shape][]string{}
	full := map[string]*shape{}
	for _, s := range p.shapes.list {
		waiting[s] = s.candidates()
		for _, u := range s.uses {
			full[u.fullName()] = s
		}
	}
	for round := 0; len(waiting) > 0; round++ {
		best := map[string]*shape{}
		for _, s := range p.shapes.list {
			names := waiting[s]
			switch {
			case names == nil:
				continue
			case round >= len(names):
				return fmt.Errorf("no free name for the shape %s", names[len(names)-1])
			}
			name := names[round]
			free := len(name) <= maxName && !p.taken[name] && (full[name] == nil || full[name] == s)
			if free && (best[name] == nil || len(s.uses) > len(best[name].uses)) {
				best[name] = s
			}
		}
		for name, s := range best {
			s.name, p.taken[name] = name, true
			delete(waiting, s)
		}
	}
	return nil
}

// candidates returns the possible names of a shape, the best first.
func (s *shape) candidates() []string {
	var names []string
	if s.shared() {
		names = s.sharedNames()
	}
	uses := slices.Clone(s.uses)
	slices.SortStableFunc(uses, func(a, b use) int { return cmp.Compare(len(a.fullName()), len(b.fullName())) })
	for _, u := range uses {
		names = append(names, u.names()...)
	}
	return names
}

// shared reports whether several endpoints have the shape, either all as a body or all
// inside of one.
func (s *shape) shared() bool {
	several := false
	for _, u := range s.uses[1:] {
		if (len(u.inner) == 0) != (len(s.uses[0].inner) == 0) {
			return false
		}
		several = several || u.operation() != s.uses[0].operation()
	}
	return several
}

func (s *shape) sharedNames() []string {
	common := s.uses[0].node.rel
	suffix := s.uses[0].body.suffix
	for _, u := range s.uses[1:] {
		common = prefixOf(common, u.node.rel)
		if u.body.suffix != suffix {
			suffix = "Request" // a query and a request share it
		}
	}
	steps := strings.Join(common, "")
	if len(s.uses[0].inner) == 0 {
		if steps == "" {
			return nil
		}
		return []string{steps + suffix}
	}
	field := s.fieldName()
	return []string{field, suffix + field, steps + field, steps + suffix + field}
}

// fieldName returns the field that most uses of the shape have.
func (s *shape) fieldName() string {
	count := map[string]int{}
	best := ""
	for _, u := range s.uses {
		name := u.inner[len(u.inner)-1]
		count[name]++
		if count[name] > count[best] {
			best = name
		}
	}
	return best
}

func (u use) fullName() string { return u.prefix() + strings.Join(u.inner, "") }

func (u use) prefix() string {
	return strings.Join(u.node.rel, "") + verb(u.endpoint) + u.body.suffix
}

// names returns the full name and its shorter forms, without steps, then without fields.
func (u use) names() []string {
	list := []string{u.fullName()}
	last := verb(u.endpoint) + u.body.suffix
	inner := strings.Join(u.inner, "")
	for left := 1; left <= len(u.node.rel); left++ {
		list = append(list, strings.Join(u.node.rel[left:], "")+last+inner)
	}
	for left := 1; left < len(u.inner); left++ {
		list = append(list, last+strings.Join(u.inner[left:], ""))
	}
	return list
}

func prefixOf(a, b []string) []string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}
