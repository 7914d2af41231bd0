package openapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

const (
	awkward = "A/b c%中?#&=+é"
	escaped = "A%2Fb%20c%25%E4%B8%AD%3F%23%26%3D%2B%C3%A9"
	number  = int64(9007199254740993) // a float64 would lose a digit of it
)

// TestEveryEndpointBySpellings: all spellings of all endpoints send the same.
func TestEveryEndpointBySpellings(t *testing.T) {
	t.Parallel()
	merchant, ofMerchant := client(t, nil)
	brand, ofBrand := client(t, func(cfg *wechatpay.Config) {
		cred := testgateway.Shared().Credentials().Brand
		cfg.MchID, cfg.BrandID, cfg.Serial = "", cred.BrandID, cred.Serial
		cfg.PrivateKey, cfg.PlatformKeys = cred.PrivateKey, cred.PlatformKeys()
	})
	chainsOf := map[*wechatpay.Client]map[string]wechatpay.Chain{merchant: openapi.Map(merchant), brand: openapi.Map(brand)}
	walked := 0
	for e := range ofV3() {
		walked++
		c, m := merchant, ofMerchant
		if strings.HasPrefix(e.Path, "/brand/") {
			c, m = brand, ofBrand
		}
		chains := chainsOf[c]
		path := strings.TrimPrefix(e.Path, "/")
		below := strings.TrimPrefix(path, prefix(t, e.Base))
		typed, isNumber := walk(t, c, e)
		options, target := fill(e, isNumber)
		want := e.Method + " " + target
		dynamic := *options
		dynamic.BaseURL = e.Base
		for _, spelling := range []struct {
			name string
			call func() error
		}{
			{"chain", func() error { return do(c.Chain(below), e, &dynamic) }},
			{"names", func() error { return do(c.At(names(below)...), e, &dynamic) }},
			{"at", func() error { return do(c.At(below), e, &dynamic) }},
			{"map", func() error { return do(chains[path], e, options) }},
			{"typed", func() error { return called(typed, verb(e.Method), nil)(t.Context()) }},
			{"typed, async", func() error { return called(typed, verb(e.Method)+"Async", nil)(t.Context()) }},
		} {
			m.last = ""
			if err := spelling.call(); err != nil || m.last != want { // 6,000 subtests would take longer
				require.NoError(t, err, "%s: %s %s", spelling.name, e.Method, e.Path)
				require.Equal(t, want, m.last, "%s: %s", spelling.name, e.Path)
			}
		}
	}
	assert.GreaterOrEqual(t, walked, 1018+30)
}

// ofV3 are the endpoints of API v3.
func ofV3() iter.Seq[catalogue.Endpoint] { return ofVersion(3) }

func ofVersion(version int) iter.Seq[catalogue.Endpoint] {
	return func(yield func(catalogue.Endpoint) bool) {
		for _, e := range catalogue.All() {
			if e.Version == version && !yield(e) {
				return
			}
		}
	}
}

func do(chain wechatpay.Chain, e catalogue.Endpoint, opts *wechatpay.Options) error {
	_, err := chain.Do(context.Background(), e.Method, opts)
	return err
}

// fill are the Vars of an endpoint, and the URL that they lead to.
func fill(e catalogue.Endpoint, isNumber map[string]bool) (*wechatpay.Options, string) {
	base := "https://api.mch.weixin.qq.com"
	if e.Base != "" {
		u, _ := url.Parse(e.Base)
		base = u.Scheme + "://" + u.Host
	}
	vars := wechatpay.M{}
	path := e.Path
	for _, f := range e.Vars {
		value, text := any(awkward), escaped
		if isNumber[f.Name] {
			value, text = number, fmt.Sprint(number)
		}
		vars[f.Name] = value
		path = strings.ReplaceAll(path, "{"+f.Name+"}", text)
	}
	return &wechatpay.Options{Vars: vars}, base + path
}

// names spells a path as properties of the PHP SDK.
func names(path string) []string {
	var list []string
	for segment := range strings.SplitSeq(strings.TrimSuffix(path, "/"), "/") {
		switch inner, isVar := strings.CutPrefix(segment, "{"); {
		case isVar:
			list = append(list, "_"+strings.TrimSuffix(inner, "}")+"_")
		case strings.Contains(segment, "_"):
			list = append(list, segment)
		default:
			words := strings.Split(segment, "-")
			for i, word := range words[1:] {
				if word[0] < 'a' { // a digit has no capital
					words = []string{segment}
					break
				}
				words[i+1] = strings.ToUpper(word[:1]) + word[1:]
			}
			list = append(list, strings.Join(words, ""))
		}
	}
	if strings.HasSuffix(path, "/") {
		list[len(list)-1] += "/"
	}
	return list
}

func prefix(t *testing.T, base string) string {
	t.Helper()
	u, err := url.Parse(base)
	require.NoError(t, err)
	return strings.TrimPrefix(u.Path, "/")
}

// walk goes the way of an endpoint through the typed chain, by the names of its methods
// alone, and says which variables are numbers there.
func walk(t *testing.T, c *wechatpay.Client, e catalogue.Endpoint) (node reflect.Value, isNumber map[string]bool) {
	t.Helper()
	isNumber = map[string]bool{}
	renames := renamed(t)
	segments := strings.Split(strings.Trim(e.Route(), "/"), "/")
	switch segments[0] {
	case "v2":
		node = reflect.ValueOf(openapi.V2(c))
	case "v3":
		node = reflect.ValueOf(openapi.V3(c))
	case "brand":
		node = reflect.ValueOf(openapi.Brand(c))
	case "hk":
		node = reflect.ValueOf(openapi.Hk(c))
	case "global":
		node = reflect.ValueOf(openapi.Global(c))
	case "invoicing":
		node = reflect.ValueOf(openapi.Invoicing(c))
	}
	for i := 1; i < len(segments); i++ {
		name := strings.Trim(segments[i], "{}")
		if renamed := renames["/"+strings.Join(segments[:i+1], "/")]; renamed != "" {
			name = renamed
		}
		step := method(t, node, name)
		var arguments []reflect.Value
		if step.Type().NumIn() == 1 {
			if segments[i][0] != '{' { // the segment has its variable with it
				i++
			}
			name := strings.Trim(segments[i], "{}")
			isNumber[name] = step.Type().In(0).Kind() == reflect.Int64
			value := reflect.ValueOf(awkward)
			if isNumber[name] {
				value = reflect.ValueOf(number)
			}
			arguments = append(arguments, value)
		}
		node = step.Call(arguments)[0]
	}
	return node, isNumber
}

// renamed are the steps that are not named by their segment.
func renamed(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../internal/gen/data/packages.jsonl")
	require.NoError(t, err)
	names := map[string]string{}
	for line := range strings.Lines(string(data)) {
		var rule struct{ Path, Name string }
		require.NoError(t, json.Unmarshal([]byte(line), &rule))
		names[rule.Path] = rule.Name
	}
	return names
}

func method(t *testing.T, node reflect.Value, segment string) reflect.Value {
	t.Helper()
	for i := range node.NumMethod() {
		if strings.EqualFold(node.Type().Method(i).Name, strings.NewReplacer("-", "", "_", "").Replace(segment)) {
			return node.Method(i)
		}
	}
	require.Fail(t, "no method", "%s has none for %s", node.Type(), segment)
	return reflect.Value{}
}

func verb(method string) string { return method[:1] + strings.ToLower(method[1:]) }

// called is the call of a verb, in the background or not, whatever its reply is.
func called(node reflect.Value, verb string, opts *wechatpay.Options) func(context.Context) error {
	return func(ctx context.Context) error {
		call := node.MethodByName(verb)
		if !call.IsValid() {
			return fmt.Errorf("%s has no %s", node.Type(), verb)
		}
		out := call.Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(opts)})
		if len(out) == 1 { // a future
			out = out[0].MethodByName("Wait").Call(nil)
		}
		err, _ := out[1].Interface().(error)
		return err
	}
}

// TestOnlyTheVerbsThatThereAre: the nodes have as many verbs of each kind as there are
// endpoints with it.
func TestOnlyTheVerbsThatThereAre(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(node reflect.Type) {
		require.Zero(t, node.NumMethod()-countSteps(node)-countVerbs(node, count), node)
		seen[node] = true
		for i := range node.NumMethod() {
			if next := node.Method(i).Type.Out(0); next.Kind() == reflect.Struct && !seen[next] {
				visit(next)
			}
		}
	}
	for _, root := range []any{openapi.V3(nil), openapi.V2(nil), openapi.Brand(nil), openapi.Hk(nil), openapi.Global(nil), openapi.Invoicing(nil)} {
		visit(reflect.TypeOf(root))
	}
	want := map[string]int{}
	for _, e := range catalogue.All() {
		if isForBrowser(e) {
			want["BrowserURL"]++
			continue
		}
		want[verb(e.Method)]++
		want[verb(e.Method)+"Async"]++
	}
	assert.Equal(t, want, count)
}

func countSteps(node reflect.Type) (steps int) {
	for i := range node.NumMethod() {
		if strings.HasSuffix(node.Method(i).Type.Out(0).Name(), "Node") {
			steps++
		}
	}
	return steps
}

func countVerbs(node reflect.Type, count map[string]int) (verbs int) {
	for i := range node.NumMethod() {
		if m := node.Method(i); m.Type.NumIn() == 3 {
			count[m.Name]++
			verbs++
		}
	}
	return verbs
}
