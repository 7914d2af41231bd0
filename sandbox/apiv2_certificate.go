package sandbox

import (
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A certificateFault says what is wrong with the certificate that a client has shown where the
// merchant's is asked for; "" if nothing is.
type certificateFault string

const (
	noCertificate    certificateFault = "the client showed no certificate"
	wrongCertificate certificateFault = "the client showed a certificate that is not the merchant's"
)

// certificateFault looks at the certificate of a call. Over HTTP there can be none.
func (g *Gateway) certificateFault(r *http.Request, to catalogue.Endpoint) certificateFault {
	switch {
	case !to.Features.MutualTLS || r.TLS == nil:
		return ""
	case len(r.TLS.PeerCertificates) == 0:
		return noCertificate
	case !r.TLS.PeerCertificates[0].Equal(g.credentials.Certificate):
		return wrongCertificate
	}
	return ""
}

// page is the refusal of the web server that stands before WeChat Pay; nil if it lets a call
// through. Payments to users it lets through without a certificate: they are refused with
// CA_ERROR. The page ends the connection, on which no other certificate can be shown.
//
// https://github.com/binarywang/weixin-java-pay-demo/issues/60
func (f certificateFault) page(path string) *Reply {
	var says string
	switch {
	case f == wrongCertificate:
		says = "The SSL certificate error"
	case f == noCertificate && !strings.HasPrefix(path, "/mmpaymkttransfers/"):
		says = "No required SSL certificate was sent"
	default:
		return nil
	}
	body := "<html>\r\n<head><title>400 " + says + "</title></head>\r\n<body bgcolor=\"white\">\r\n<center><h1>400 Bad Request</h1></center>\r\n<center>" +
		says + "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
	return &Reply{
		Status: http.StatusBadRequest, Header: http.Header{"Content-Type": {"text/html"}, "Connection": {"close"}}, Body: []byte(body),
		unsigned: true, reason: string(f),
	}
}
