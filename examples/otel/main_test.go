package main

import (
	"bytes"
	"testing"
)

func TestSpansAreNamedByTheRoute(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	const want = "span GET v3/marketing/favor/users/{openid}/coupons\nverified true\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
