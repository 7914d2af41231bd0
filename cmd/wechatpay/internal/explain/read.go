package explain

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/apierror"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
)

var (
	codeForm   = regexp.MustCompile(`^[A-Z][A-Z0-9]+(_[A-Z0-9]+)*$`)
	numberForm = regexp.MustCompile(`^[0-9]{9}$`)

	codeIn      = regexp.MustCompile(`\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+\b|\b(?:SYSTEMERROR|SIGNERROR|ORDERPAID|ORDERCLOSED|ORDERNOTEXIST|USERPAYING|NOTENOUGH|AUTHCODEEXPIRE)\b`)
	requestIDIn = regexp.MustCompile(`\b[0-9A-Za-z]{8,}-[0-9]{9}\b`)
	callIn      = regexp.MustCompile(`(?:GET|POST|PUT|PATCH|DELETE) (\S+): ([0-9]{3}) `)
)

// Word reads a code, a number of the manuals, or a request id. It returns false for anything else.
func Word(word string) (p Problem, ok bool) {
	switch {
	case codeForm.MatchString(word):
		p.Code = word
	case numberForm.MatchString(word):
		p.Number = word
	case apierror.ManualID(word) != "" && !strings.ContainsAny(word, `/\. `):
		p.RequestID, p.Number = word, apierror.ManualID(word)
	default:
		return p, false
	}
	return p, true
}

// Reply reads an error reply: its status and header, which may be missing, and its body.
func Reply(status int, header http.Header, body []byte) Problem {
	p := Body(body)
	if status != 0 {
		p.Status = status
	}
	if id := header.Get("Request-Id"); id != "" {
		p.RequestID, p.Number = id, apierror.ManualID(id)
	}
	return p
}

// Body reads the body of an error, of v3 or v2; the line that --json-errors writes; or any text in
// which an error stands, such as a line of a log.
func Body(body []byte) Problem {
	text := bytes.TrimSpace(body)
	if bytes.HasPrefix(text, []byte("<")) {
		if message, err := apiv2.Parse(text); err == nil {
			failure := message.Failure()
			return Problem{Code: failure.Code, Message: failure.Message}
		}
	}
	var object struct {
		Code, Message string
		Error         string
		Status        int
		RequestID     string `json:"request_id"`
		Detail        json.RawMessage
	}
	switch {
	case json.Unmarshal(text, &object) != nil:
		return inText(string(body))
	case object.Code == "" && object.Error == "":
		return inExchange(text)
	}
	if object.Code == "" {
		return inText(object.Error)
	}
	p := Problem{
		Code: object.Code, Message: object.Message, Status: object.Status, RequestID: object.RequestID, Number: apierror.ManualID(object.RequestID),
	}
	var detail struct{ Field, Issue string }
	if json.Unmarshal(object.Detail, &detail) == nil {
		p.Field, p.Issue = detail.Field, detail.Issue
	}
	if p.Path == "" && object.Error != "" {
		p.Path = inText(object.Error).Path
	}
	return p
}

// inExchange reads what `sandbox requests --json` writes of a request: its reply, and why it was
// refused. Any other object has no error: a word in capitals within it is none.
func inExchange(text []byte) Problem {
	var e struct {
		Target, Reply, Refused string
		Status                 int
	}
	if json.Unmarshal(text, &e) != nil || e.Target == "" || e.Status == 0 {
		return Problem{}
	}
	p := Problem{Status: e.Status}
	if strings.HasPrefix(strings.TrimSpace(e.Reply), "<") || e.Status >= http.StatusBadRequest {
		p = Body([]byte(e.Reply))
		p.Status = e.Status
	}
	path, _, _ := strings.Cut(e.Target, "?")
	p.Path = strings.TrimPrefix(path, "/")
	return p
}

// inText finds an error in a text, such as the one that this module writes.
func inText(text string) Problem {
	p := Problem{Code: codeIn.FindString(text), RequestID: requestIDIn.FindString(text), Message: text}
	p.Number = apierror.ManualID(p.RequestID)
	if found := callIn.FindStringSubmatch(text); found != nil {
		p.Path = found[1]
		p.Status, _ = strconv.Atoi(found[2])
	}
	return p
}
