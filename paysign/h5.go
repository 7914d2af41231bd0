package paysign

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// H5URL returns the URL that a mobile browser opens to pay: the h5_url of the reply with
// redirectURL, the page that the payer returns to, which must be under the domain that is
// registered for H5 payments. Nothing is signed; without a page to return to, use h5_url
// unchanged. H5URL returns an error unless both are absolute http or https URLs. It is
// safe for concurrent use.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012791835
func H5URL(h5URL, redirectURL string) (string, error) {
	to, err := webURL(h5URL)
	if err != nil {
		return "", fmt.Errorf("paysign: h5_url %w; pass the h5_url of the reply", err)
	}
	if _, err := webURL(redirectURL); err != nil {
		return "", fmt.Errorf("paysign: redirect_url %w; pass the page to return to", err)
	}
	if to.Fragment != "" || to.Query().Has("redirect_url") {
		return "", errors.New("paysign: h5_url already has a redirect_url or a fragment; pass the h5_url of the reply")
	}
	joint := "&"
	if to.RawQuery == "" {
		joint = "?"
	}
	return strings.TrimSuffix(h5URL, "?") + joint + "redirect_url=" + escape(redirectURL), nil
}

// webURL parses a URL that a browser can open. Its errors continue "h5_url …" and do not
// repeat the URL, which may contain a token.
func webURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	var wrong *url.Error
	switch {
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("is malformed (%w)", wrong.Err)
	case err != nil:
		return nil, fmt.Errorf("is malformed (%w)", err)
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return nil, errors.New("is not an absolute http or https URL")
	case u.User != nil:
		return nil, errors.New("contains a user name, which browsers warn about")
	}
	return u, nil
}
