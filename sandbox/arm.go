package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A FaultRule gives the next calls of a route a fault, for clients that cannot send
// [FaultHeader]. Either Fault or Code is set; Delay may be set with or without them.
type FaultRule struct {
	Method string        // any if empty
	Path   string        // the path of an endpoint, filled or as a template; any if empty
	Times  int           // the number of calls; default 1
	Fault  string        // one of [Faults]
	Status int           // of the error Code; default 400, and 200 of APIv2
	Code   string        // such as "SYSTEM_ERROR"; the call is not processed
	Delay  time.Duration // before the reply
}

// Arm adds a rule. Of several that match a call, the oldest is used up first. It returns an
// error for a rule without an effect, and for an unknown fault.
func (g *Gateway) Arm(rule FaultRule) error {
	if err := g.checkMade(); err != nil {
		return err
	}
	switch {
	case rule.Fault == "" && rule.Code == "" && rule.Delay <= 0:
		return errors.New("sandbox: the FaultRule has no effect; set Fault, Code or Delay")
	case rule.Fault != "" && rule.Code != "":
		return errors.New("sandbox: FaultRule.Fault and Code are mutually exclusive")
	case rule.Fault != "" && !slices.Contains(Faults(), rule.Fault) && !slices.Contains(BillFaults(), rule.Fault):
		return fmt.Errorf("sandbox: unknown fault %q; use one of %q", rule.Fault, Faults())
	case rule.Times < 0 || rule.Status != 0 && (rule.Status < 400 || rule.Status > 599):
		return errors.New("sandbox: FaultRule.Times is negative, or Status is not 400 to 599")
	}
	rule.Times, rule.Method = max(rule.Times, 1), strings.ToUpper(rule.Method)
	g.armed.mu.Lock()
	defer g.armed.mu.Unlock()
	g.armed.rules = append(g.armed.rules, rule)
	return nil
}

// Disarm removes all rules.
func (g *Gateway) Disarm() {
	if g.checkMade() != nil {
		return
	}
	g.armed.mu.Lock()
	defer g.armed.mu.Unlock()
	g.armed.rules = nil
}

type armory struct {
	mu    sync.Mutex
	rules []FaultRule
}

// take returns the rule of a call, and uses it up. A rule may name the path as it is sent, or
// without what a base URL puts before it.
func (a *armory) take(method, path, route string) (FaultRule, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range a.rules {
		rule := &a.rules[i]
		if rule.Method != "" && rule.Method != method || rule.Path != "" && !matches(rule.Path, path) && !matches(rule.Path, route) {
			continue
		}
		taken := *rule
		if rule.Times--; rule.Times == 0 {
			a.rules = slices.Delete(a.rules, i, i+1)
		}
		return taken, true
	}
	return FaultRule{}, false
}

func matches(template, path string) bool {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	r := route{segments: strings.Split(strings.TrimPrefix(template, "/"), "/")}
	return len(segments) == len(r.segments) && r.match(segments) >= 0
}

// reply returns the error of a rule, or nil.
func (rule *FaultRule) reply() *Reply {
	if rule.Code == "" {
		return nil
	}
	status := rule.Status
	if status == 0 {
		status = http.StatusBadRequest
	}
	return Error(status, rule.Code, "沙箱预设的错误", nil)
}
