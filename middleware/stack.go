package middleware

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A Stack is an ordered list of named middleware, outermost first: the order of
// writing is the order in which a request passes. The zero Stack is empty. A
// Stack is not safe for concurrent use while it is being changed.
type Stack struct{ layers []layer }

type layer struct {
	name string
	wrap Middleware
}

// Push adds a middleware innermost, next to the transport. A nil one, an empty
// name and a name that is taken are errors.
func (s *Stack) Push(name string, m Middleware) error {
	return s.insert(len(s.layers), name, m)
}

// Unshift adds a middleware outermost. A nil one, an empty name and a name that
// is taken are errors.
func (s *Stack) Unshift(name string, m Middleware) error {
	return s.insert(0, name, m)
}

func (s *Stack) insert(at int, name string, m Middleware) error {
	switch {
	case name == "":
		return errors.New("middleware: a middleware needs a name")
	case m == nil:
		return fmt.Errorf("middleware: %q is nil", name)
	case slices.Contains(s.Names(), name):
		return fmt.Errorf("middleware: %q is in the stack already: %s", name, s)
	}
	s.layers = slices.Insert(s.layers, at, layer{name, m})
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

// Around composes the stack around a transport.
func (s *Stack) Around(transport http.RoundTripper) http.RoundTripper {
	for _, l := range slices.Backward(s.layers) {
		transport = l.wrap(transport)
	}
	return transport
}
