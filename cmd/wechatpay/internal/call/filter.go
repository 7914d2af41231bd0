package call

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/template"

	"github.com/itchyny/gojq"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// A filter makes the lines to print of a JSON document. It is compiled before anything is sent.
type filter func(ctx context.Context, document []byte) ([][]byte, error)

// newFilter returns that of --jq or --template; nil without either.
func newFilter(f *flags) (filter, error) {
	switch {
	case f.jq != "":
		return newJQ(f.jq)
	case f.template != "":
		return newTemplate(f.template)
	}
	return nil, nil
}

// newJQ returns a filter that writes texts without quotes, as jq -r does, and all else as JSON.
// The filter does not see the environment.
func newJQ(text string) (filter, error) {
	query, err := gojq.Parse(text)
	if err != nil {
		return nil, failure.Usagef("--jq: %w", err)
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, failure.Usagef("--jq: %w", err)
	}
	return func(ctx context.Context, document []byte) (lines [][]byte, err error) {
		value, err := decode(document)
		if err != nil {
			return nil, fmt.Errorf("--jq: %w", err)
		}
		for results := code.RunWithContext(ctx, value); ; {
			result, more := results.Next()
			if !more {
				return lines, nil
			}
			line, err := jqLine(result)
			if err != nil {
				var halt *gojq.HaltError
				if errors.As(err, &halt) && halt.Value() == nil {
					return lines, nil
				}
				return nil, fmt.Errorf("--jq: %w", err)
			}
			lines = append(lines, line)
		}
	}, nil
}

func jqLine(result any) ([]byte, error) {
	switch result := result.(type) {
	case error:
		return nil, result
	case string:
		return []byte(result), nil
	}
	return gojq.Marshal(result)
}

// newTemplate returns a filter by a Go template. A field that is not there is an error: a
// script would take "<no value>" for one.
func newTemplate(text string) (filter, error) {
	parsed, err := template.New("--template").Option("missingkey=error").Funcs(template.FuncMap{
		"json": func(v any) (string, error) { data, err := gojq.Marshal(v); return string(data), err },
		"join": func(separator string, list []any) string {
			texts := make([]string, len(list))
			for i, one := range list {
				texts[i] = fmt.Sprint(one)
			}
			return strings.Join(texts, separator)
		},
	}).Parse(text)
	if err != nil {
		return nil, failure.Usagef("%w", err)
	}
	return func(_ context.Context, document []byte) ([][]byte, error) {
		value, err := decode(document)
		if err != nil {
			return nil, fmt.Errorf("--template: %w", err)
		}
		var b bytes.Buffer
		if err := parsed.Execute(&b, value); err != nil {
			return nil, err
		}
		return [][]byte{bytes.TrimSuffix(b.Bytes(), []byte("\n"))}, nil
	}, nil
}

// decode keeps the digits of numbers.
func decode(document []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, errors.New("the reply is not JSON")
	}
	return value, nil
}
