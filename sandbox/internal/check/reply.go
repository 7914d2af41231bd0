package check

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A Fault is where a reply is not as documented.
type Fault struct {
	Field string // a JSON pointer
	Issue string
}

// The issues that are no wrong values.
const (
	Missing      = "missing"      // documented, but not there
	Undocumented = "undocumented" // there, but not documented
)

// Reply compares a reply with all that is documented of it, for the tests of what makes replies:
// all fields must be there, in their types, with values that are known, and no others.
func Reply(fields catalogue.Fields, reply any) []Fault {
	data, err := json.Marshal(reply)
	if err != nil {
		return []Fault{{"", err.Error()}}
	}
	o, err := play.ParseObject(data)
	if err != nil {
		return []Fault{{"", err.Error()}}
	}
	return compare(fields, o, "")
}

func compare(fields catalogue.Fields, o map[string]any, at string) []Fault {
	var faults []Fault
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if named(fields, name) < 0 {
			faults = append(faults, Fault{at + "/" + name, Undocumented})
		}
	}
	for i, f := range fields {
		switch value, is := o[f.Name]; {
		case named(fields[:i], f.Name) >= 0: // another form of the same
		case !is:
			faults = append(faults, Fault{at + "/" + f.Name, Missing})
		default:
			faults = append(faults, compareValue(f, value, at+"/"+f.Name)...)
		}
	}
	return faults
}

func compareValue(f catalogue.Field, value any, at string) []Fault {
	if pointer, issue := field(f, value, at); issue != "" {
		return []Fault{{pointer, issue}}
	}
	switch v := value.(type) {
	case nil:
		return []Fault{{at, "null"}}
	case []any:
		var faults []Fault
		for i, element := range v {
			if o, ok := element.(map[string]any); ok && len(f.Fields) > 0 {
				faults = append(faults, compare(f.Fields, o, fmt.Sprintf("%s/%d", at, i))...)
			}
		}
		return faults
	case map[string]any:
		if len(f.Fields) > 0 {
			return compare(f.Fields, v, at)
		}
	case string:
		if held, ok := f.Held(); ok && v != "" {
			inner, _ := play.ParseValue(v) // as field found
			return compareValue(held, inner, at)
		}
	}
	return nil
}
