package errtext

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// JSON returns an error of [json.Unmarshal] whose text has no value of the body.
func JSON(err error) error {
	var mismatch *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	var argument *json.InvalidUnmarshalError
	switch {
	case errors.As(err, &mismatch):
		kind, _, _ := strings.Cut(mismatch.Value, " ") // "number 12345"
		return Hidden(fmt.Sprintf("%s: a %s does not fit into %s", cmp.Or(mismatch.Field, "the whole"), kind, mismatch.Type), err)
	case errors.As(err, &syntax), errors.As(err, &argument):
		return err
	}
	return Hidden(fmt.Sprintf("a type refused its value (%T)", err), err)
}
