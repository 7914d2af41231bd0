package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// nameShapes names the shapes of a product, the same way each time:
//
//   - A shape of one endpoint is named by the steps to it in its package, its verb, its
//     place and the fields that lead to it: TransactionsAppPostRequestAmount.
//   - A body of several endpoints is named by the steps that they share and its place:
//     TransactionsQuery. An object in several of them is named by its field: Amount; then
//     RequestAmount, TransactionsAmount and TransactionsRequestAmount.
//   - Where that is taken, it is the shortest of its full names.
//   - A name of more than 60 letters loses steps from the left, then the fields in its
//     middle, until it is short enough and its own.
//
// All shapes try their first name, those that are left their second, and so on. Of several
// that try the same one, that with the most places gets it, or else the first.
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
				return fmt.Errorf("no name is left for the shape %s", names[len(names)-1])
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

// candidates are the names that a shape may have, the best first.
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

// shared says that several endpoints have the shape, all of them as a body, or all of
// them in one.
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
			suffix = "Request" // of a query as well, which is the rarer one
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

// fieldName is the field that most places of the shape are known by.
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

// names are the full name and what remains of it as it loses steps, then fields.
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
