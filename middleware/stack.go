package middleware

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A Stack is an ordered list of named middleware, outermost first: the order of
// writing is the order in which a request passes. It is a value: a copy changes by
// itself alone. The zero Stack is empty. A Stack is not safe for concurrent use
// while it is being changed.
//
// Each method that adds a middleware refuses a nil one, an empty name and a name
// that is taken; each that names one of the stack refuses a name that is not in
// it. The errors list the names that are.
type Stack struct{ layers []layer }

type layer struct {
	name string
	wrap Middleware
}

// Push adds a middleware innermost, next to the transport.
func (s *Stack) Push(name string, m Middleware) error {
	return s.insert(len(s.layers), name, m)
}

// Unshift adds a middleware outermost.
func (s *Stack) Unshift(name string, m Middleware) error {
	return s.insert(0, name, m)
}

// Before adds a middleware just outside of the one named.
func (s *Stack) Before(neighbour, name string, m Middleware) error {
	at, err := s.find(neighbour)
	if err != nil {
		return err
	}
	return s.insert(at, name, m)
}

// After adds a middleware just inside of the one named.
func (s *Stack) After(neighbour, name string, m Middleware) error {
	at, err := s.find(neighbour)
	if err != nil {
		return err
	}
	return s.insert(at+1, name, m)
}

// Replace puts another middleware in the place of the one named, under its name.
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

// Remove takes the middleware named out.
func (s *Stack) Remove(name string) error {
	at, err := s.find(name)
	if err != nil {
		return err
	}
	s.layers = slices.Delete(slices.Clone(s.layers), at, at+1)
	return nil
}

func (s *Stack) find(name string) (int, error) {
	at := slices.IndexFunc(s.layers, func(l layer) bool { return l.name == name })
	if at < 0 {
		return 0, fmt.Errorf("middleware: the stack has no %q: %s", name, s)
	}
	return at, nil
}

// insert never writes into the layers that a copy of the stack may share.
func (s *Stack) insert(at int, name string, m Middleware) error {
	switch {
	case name == "":
		return errors.New("middleware: a middleware needs a name")
	case m == nil:
		return fmt.Errorf("middleware: %q is nil", name)
	case slices.Contains(s.Names(), name):
		return fmt.Errorf("middleware: %q is already in the stack: %s", name, s)
	}
	s.layers = slices.Insert(slices.Clone(s.layers), at, layer{name, m})
	return nil
}

// Names lists the middleware, outermost first.
func (s *Stack) Names() []string {
	names := make([]string, len(s.layers))
	for i, l := range s.layers {
		names[i] = l.name
	}
	return names
}

// String shows the way of a request, such as "verify → sign → transport".
func (s *Stack) String() string {
	return strings.Join(append(s.Names(), "transport"), " → ")
}

// Around composes the stack around a transport; nil is [http.DefaultTransport]. Each layer is held to the
// contract of a RoundTripper: a layer that returns neither a reply nor an error,
// or both, becomes an error that names it.
func (s *Stack) Around(transport http.RoundTripper) http.RoundTripper {
	if transport == nil {
		transport = http.DefaultTransport
	}
	rt := enforceContract("transport", trackSends(transport))
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
		}
		return resp, err
	})
}
