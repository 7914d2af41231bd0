package middleware

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A Stack is an ordered list of named middleware, outermost first, which is the order in
// which a request passes them. It is a value: a change of a copy does not affect the
// original. The zero Stack is empty. Changes are not safe for concurrent use.
//
// The methods return an error for a nil middleware, an empty or duplicate name, and an
// unknown name. The error lists the names in the stack.
type Stack struct{ layers []layer }

type layer struct {
	name string
	wrap Middleware
}

// Push adds a middleware innermost, next to the transport.
func (s *Stack) Push(name string, m Middleware) error {
	return s.insert(len(s.Names()), name, m)
}

// Unshift adds a middleware outermost.
func (s *Stack) Unshift(name string, m Middleware) error {
	return s.insert(0, name, m)
}

// Before adds a middleware directly outside of the named one.
func (s *Stack) Before(neighbour, name string, m Middleware) error {
	at, err := s.find(neighbour)
	if err != nil {
		return err
	}
	return s.insert(at, name, m)
}

// After adds a middleware directly inside of the named one.
func (s *Stack) After(neighbour, name string, m Middleware) error {
	at, err := s.find(neighbour)
	if err != nil {
		return err
	}
	return s.insert(at+1, name, m)
}

// Replace replaces the named middleware. The name stays.
func (s *Stack) Replace(name string, m Middleware) error {
	at, err := s.find(name)
	if err != nil {
		return err
	}
	if m == nil {
		return fmt.Errorf("middleware: %q is nil", name)
	}
	s.layers = slices.Clone(s.layers)
	s.layers[at].wrap = m
	return nil
}

// Remove removes the named middleware.
func (s *Stack) Remove(name string) error {
	at, err := s.find(name)
	if err != nil {
		return err
	}
	s.layers = slices.Delete(slices.Clone(s.layers), at, at+1)
	return nil
}

func (s *Stack) find(name string) (int, error) {
	if s == nil {
		return 0, errNilStack
	}
	at := slices.IndexFunc(s.layers, func(l layer) bool { return l.name == name })
	if at < 0 {
		return 0, fmt.Errorf("middleware: the stack has no %q: %s", name, s)
	}
	return at, nil
}

// insert copies the layers, because copies of the stack may share them.
func (s *Stack) insert(at int, name string, m Middleware) error {
	switch {
	case s == nil:
		return errNilStack
	case name == "":
		return errors.New("middleware: the name of the middleware is empty")
	case m == nil:
		return fmt.Errorf("middleware: %q is nil", name)
	case slices.Contains(s.Names(), name):
		return fmt.Errorf("middleware: %q is already in the stack: %s", name, s)
	}
	s.layers = slices.Insert(slices.Clone(s.layers), at, layer{name, m})
	return nil
}

var errNilStack = errors.New("middleware: the Stack is nil")

// Names returns the names of the middleware, outermost first.
func (s *Stack) Names() []string {
	if s == nil {
		return nil
	}
	names := make([]string, len(s.layers))
	for i, l := range s.layers {
		names[i] = l.name
	}
	return names
}

// String returns the order of a request, such as "verify → sign → transport".
func (s *Stack) String() string {
	return strings.Join(append(s.Names(), "transport"), " → ")
}

// Around wraps a transport in the stack; nil means [http.DefaultTransport]. If a layer
// breaks the contract of a RoundTripper, and returns both a reply and an error or neither,
// the result is an error that names the layer. A reply without a Body has an empty one.
func (s *Stack) Around(transport http.RoundTripper) http.RoundTripper {
	if transport == nil {
		transport = http.DefaultTransport
	}
	rt := enforceContract("transport", trackSends(transport))
	if s == nil {
		return rt
	}
	for _, l := range slices.Backward(s.layers) {
		rt = enforceContract(l.name, l.wrap(rt))
	}
	return rt
}

func enforceContract(name string, rt http.RoundTripper) http.RoundTripper {
	if rt == nil {
		return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			return refuse(r, fmt.Errorf("middleware: %q returned a nil RoundTripper", name))
		})
	}
	return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		resp, err := rt.RoundTrip(r)
		switch {
		case resp == nil && err == nil:
			return nil, fmt.Errorf("middleware: %q returned neither a reply nor an error", name)
		case resp != nil && err != nil:
			if resp.Body != nil {
				_ = resp.Body.Close()
			}
			return nil, fmt.Errorf("middleware: %q returned both a reply and an error: %w", name, err)
		case resp != nil && resp.Body == nil:
			resp.Body = http.NoBody
		}
		return resp, err
	})
}
