package paysign

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// H5URL is where a mobile browser goes to pay: the h5_url of the reply, which then
// brings the payer back to redirectURL, a page under the domain that is registered
// for H5 payments. Nothing is signed; without a page to come back to, use h5_url as
// it is. It fails unless both are absolute http or https URLs.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012791835
func H5URL(h5URL, redirectURL string) (string, error) {
	to, err := webURL(h5URL)
	if err != nil {
		return "", fmt.Errorf("signer: h5_url: %w", err)
	}
	if _, err := webURL(redirectURL); err != nil {
		return "", fmt.Errorf("signer: redirect_url: %w", err)
	}
	if to.Fragment != "" || to.Query().Has("redirect_url") {
		return "", errors.New("signer: h5_url has a redirect_url or a fragment already; pass that of the reply")
	}
	joint := "&"
	if to.RawQuery == "" {
		joint = "?"
	}
	return strings.TrimSuffix(h5URL, "?") + joint + "redirect_url=" + escape(redirectURL), nil
}

// webURL parses what a browser can be sent to. Its errors do not repeat the URL,
// which may hold a token.
func webURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	var wrong *url.Error
	switch {
	case errors.As(err, &wrong):
		return nil, wrong.Err
	case err != nil:
		return nil, err
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return nil, errors.New("not an absolute http or https URL")
	case u.User != nil:
		return nil, errors.New("it holds a user name, which browsers warn of")
	}
	return u, nil
}
