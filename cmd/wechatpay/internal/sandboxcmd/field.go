package sandboxcmd

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/call"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// checkField refuses a field that the resource of an event does not have, or whose value is not of
// its type: the sample would not have it.
func checkField(event, path, value string) error {
	fields, f := resourceOf(event), catalogue.Field{Type: "object"}
	for name := range strings.SplitSeq(path, ".") {
		i := slices.IndexFunc(fields, func(f catalogue.Field) bool { return f.Name == name })
		switch {
		case strings.HasSuffix(f.Type, "[]"):
			return failure.Usagef("-f %s: what is in a list cannot be set by -f; give all of the resource with --resource", path)
		case i < 0:
			return failure.Usagef("-f %s: %s has no such field%s", path, event, nearField(name, fields))
		}
		f, fields = fields[i], fields[i].Fields
	}
	_, notWhole := strconv.ParseInt(value, 10, 64)
	_, notNumber := strconv.ParseFloat(value, 64)
	switch {
	case f.Type == "integer" && notWhole != nil:
		return failure.Usagef("-f %s is an integer, such as 100", path)
	case f.Type == "number" && notNumber != nil:
		return failure.Usagef("-f %s is a number, such as 100", path)
	case f.Type == "boolean" && value != "true" && value != "false":
		return failure.Usagef("-f %s is true or false", path)
	case strings.HasSuffix(f.Type, "[]") || f.Type == "object":
		return failure.Usagef("-f %s: it is not a single value: write a field of it, as in object.name=value, or give all of the resource with --resource", path)
	}
	return nil
}

// resourceOf are the fields that a sample of an event has.
func resourceOf(event string) catalogue.Fields {
	for _, e := range catalogue.Events() {
		if e.Type != event {
			continue
		}
		method, path, _ := strings.Cut(e.Like, " ")
		if like, ok := openapi.Lookup(method, strings.TrimPrefix(path, "/")); ok {
			return like.Reply
		}
		return e.Resource
	}
	return nil
}

// nearField says which field was meant, or which there are.
func nearField(name string, fields catalogue.Fields) string {
	if meant := call.Meant(name, fields); meant != "" {
		return "; did you mean " + meant + "?"
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return "; there are " + strings.Join(names, ", ")
}
