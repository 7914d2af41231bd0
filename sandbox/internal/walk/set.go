package walk

import (
	"fmt"
	"strings"
)

// Set sets the fields whose path ends in a name such as "amount.total", wherever they stand; nil
// leaves them out. An object is not replaced by a value of another kind.
func (r *Request) Set(name string, value any) {
	if _, is := r.Vars[name]; is && value != nil {
		r.Vars[name] = fmt.Sprint(value)
	}
	if r.Query.Has(name) {
		r.Query.Set(name, fmt.Sprint(value))
		if value == nil {
			r.Query.Del(name)
		}
	}
	set(r.Body, "", name, value)
}

func set(o map[string]any, at, name string, value any) {
	for key, old := range o {
		path := at + "." + key
		switch {
		case !strings.HasSuffix(path, "."+name) || value != nil && object(old) != nil && object(value) == nil:
			setInside(old, path, name, value)
		case value == nil:
			delete(o, key)
		default:
			o[key] = value
		}
	}
}

func setInside(inner any, path, name string, value any) {
	if list, is := inner.([]any); is {
		for _, element := range list {
			setInside(element, path, name, value)
		}
		return
	}
	set(object(inner), path, name, value)
}
