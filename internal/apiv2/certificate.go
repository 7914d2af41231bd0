package apiv2

import (
	"bytes"
	"net/http"
)

// What the web server before WeChat Pay says about the merchant's certificate.
const (
	NoCertificate    = "No required SSL certificate was sent"
	WrongCertificate = "The SSL certificate error"
)

// CertificatePage returns what a page of the web server says about the merchant's certificate:
// one of the constants, or "" for any other reply. It has not passed the request on.
//
// https://github.com/binarywang/weixin-java-pay-demo/issues/60
func CertificatePage(status int, body []byte) string {
	if status != http.StatusBadRequest || isFile(body) {
		return ""
	}
	for _, says := range []string{NoCertificate, WrongCertificate} {
		if bytes.Contains(body, []byte("<title>400 "+says+"</title>")) {
			return says
		}
	}
	return ""
}
