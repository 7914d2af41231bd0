package explore

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// TestEverySkeletonIsValid: the skeleton of every endpoint passes Validate, with the required
// fields and with all.
func TestEverySkeletonIsValid(t *testing.T) {
	t.Parallel()
	bodies := 0
	for _, e := range catalogue.All() {
		fields := bodyOf(e)
		if len(fields) == 0 || e.Features.Multipart != nil {
			continue
		}
		for _, all := range []bool{false, true} {
			bodies++
			body := form{all: all, texts: e.Version == 2}.object(fields)
			require.True(t, json.Valid(body), e.Path)
			opts := &wechatpay.Options{Query: decoded(t, form{}.object(e.Query)), Encrypt: wechatpay.Auto()}
			if e.Version == 2 { // where an empty text counts as none
				opts.XML = json.RawMessage(strings.ReplaceAll(string(body), `:""`, `:"x"`))
			} else {
				opts.JSON = json.RawMessage(body)
			}
			if len(e.Vars) > 0 {
				opts.Vars = wechatpay.M{}
				for _, v := range e.Vars {
					opts.Vars[v.Name] = "1"
				}
			}
			require.NoError(t, openapi.Validate(e.Method, e.Route(), opts), "%s %s, all: %t", e.Method, e.Path, all)
		}
	}
	t.Logf("%d bodies", bodies)
	assert.Greater(t, bodies, 1000)
}

func decoded(t *testing.T, object []byte) map[string]any {
	t.Helper()
	var m map[string]any
	require.NoError(t, json.Unmarshal(object, &m))
	return m
}

// TestEverySnippet: the Go of every endpoint compiles, and no other snippet fails.
func TestEverySnippet(t *testing.T) {
	t.Parallel()
	check := compiler(t)
	a := &app.App{Getenv: func(string) (string, bool) { return "", false }, Out: io.Discard, Err: io.Discard}
	for _, e := range catalogue.All() {
		for _, all := range []bool{false, true} {
			s, err := sourceOf(a, e, "", all)
			require.NoError(t, err)
			program, err := goSnippet(s)
			require.NoError(t, err, e.Path)
			require.NoError(t, check(program), "%s %s\n%s", e.Method, e.Path, program)
			if php, err := phpSnippet(s); err == nil || e.Features.Multipart == nil && !strings.HasPrefix(e.Path, "/brand/") {
				require.NoError(t, err, e.Path)
				require.Zero(t, depth(php), php)
			}
			if _, err = curlSnippet(s); e.Features.Multipart == nil {
				require.NoError(t, err, e.Path)
			}
		}
	}
}

// depth is how many brackets of the code of PHP are open at its end.
func depth(php string) (open int) {
	for line := range strings.Lines(php) {
		code, _, _ := strings.Cut(" "+line, " // ")
		for _, r := range code {
			switch r {
			case '(', '[', '{':
				open++
			case ')', ']', '}':
				open--
			}
		}
	}
	return open
}

// compiler returns a function that type-checks a program against the packages of this build.
func compiler(t *testing.T) func(program string) error {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}",
		"github.com/wechatpay-chain/wechatpay", "github.com/wechatpay-chain/wechatpay/media", "log", "fmt", "os", "context")
	output, err := list.Output()
	require.NoError(t, err)
	files := map[string]string{}
	for line := range strings.Lines(string(output)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		files[name] = file
	}
	set := token.NewFileSet()
	imports := importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) {
		if files[path] == "" {
			return nil, errors.New("not listed: " + path)
		}
		return os.Open(files[path])
	})
	return func(program string) error {
		file, err := parser.ParseFile(set, "main.go", program, 0)
		if err != nil {
			return err
		}
		_, err = (&types.Config{Importer: imports}).Check("main", set, []*ast.File{file}, nil)
		return err
	}
}
