package wechatpay

import (
	"fmt"
	"maps"
)

// A binding is a placeholder that is filled already, in front of those filled before it.
type binding struct {
	name, value string
	next        *binding
}

// WithVar fills a placeholder of the path, as [Options].Vars does, but for all calls of the
// chain that it returns. The value is encoded, and judged, as one of Vars is: at the
// call, which is refused too if the name is filled twice, or names no placeholder.
func (ch Chain) WithVar(name, value string) Chain {
	ch.bound = &binding{name, value, ch.bound}
	return ch
}

// vars are those of a call and those that were bound.
func (ch Chain) vars(own M) (M, error) {
	if ch.bound == nil {
		return own, nil
	}
	vars := make(M, len(own)+2)
	maps.Copy(vars, own)
	for b := ch.bound; b != nil; b = b.next {
		if _, twice := vars[b.name]; twice {
			return nil, fmt.Errorf("Options.Vars: %q is filled already, by the chain; leave it out", b.name)
		}
		vars[b.name] = b.value
	}
	return vars, nil
}
