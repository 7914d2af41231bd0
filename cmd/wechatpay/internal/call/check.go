package call

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/openapi"
)

// checkFlags refuses flags that contradict each other.
func (r *request) checkFlags() error {
	f := r.flags
	toStdout := f.out == "-"
	if toStdout {
		if r.namesFile() {
			return failure.Usagef("-o: the reply names a file, which is saved whole or not at all; give a FILE, or take wechatpay bill")
		}
		f.out = "" // standard output is where it goes anyway
	}
	for _, rule := range []struct {
		refused bool
		text    string
	}{
		{f.jq != "" && f.template != "", "--jq and --template are mutually exclusive; give one of them"},
		{f.timeout <= 0, "--timeout: give a time above 0, such as 10s"},
		{f.out != "" && f.include, "-o saves the reply as it is; leave out -i"},
		{f.out != "" && (f.jq != "" || f.template != ""), "-o saves the reply as it is; leave out --jq and --template, or write > FILE in place of -o"},
		{f.out != "" && f.paginate, "-o saves one reply; write > FILE in place of it"},
		{f.out != "" && len(f.decrypt) > 0, "-o saves the reply as it is; leave out --decrypt, or write > FILE in place of -o"},
		{f.paginate && f.include, "--paginate makes one document of many replies; leave out -i"},
		{f.paginate && strings.Contains(r.path, "?"), "--paginate: give the query by -q, not in the path"},
		{r.isFile() && f.out == "" && !toStdout && r.app.OutIsTerminal() && !f.dryRun, "the reply is a file; -o FILE saves it"},
	} {
		if rule.refused {
			return failure.Usagef("%s", rule.text)
		}
	}
	if f.out == "" {
		return nil
	}
	switch info, err := os.Stat(f.out); {
	case err != nil:
	case info.IsDir():
		return failure.Usagef("-o: %s is a folder; name the file in it", f.out)
	case info.Mode().IsRegular() && !f.force && !f.dryRun:
		return failure.Usagef("-o: %s is there already; add --force to overwrite it", f.out)
	}
	if _, err := os.Stat(filepath.Dir(f.out)); err != nil {
		return failure.Usagef("-o: %w", err)
	}
	return nil
}

// check compares the request with the documentation.
func (r *request) check() error {
	if !r.documented && len(r.flags.fields) > 0 {
		note := fmt.Sprintf(r.app.T("%s %s is not in the catalogue: a field is text by -f, and typed by -F; %s", "目录中没有 %s %s：-f 的值均为字符串，-F 识别类型；%s"),
			r.method, r.path, openapi.Suggest(r.method, r.path))
		r.app.Note("%s", strings.TrimRight(note, "；; "))
	}
	if r.flags.noValidate || !r.documented {
		return nil
	}
	problems := r.misspelt()
	var invalid *openapi.ValidationError
	err := openapi.Validate(r.method, r.path, r.options())
	if errors.As(err, &invalid) {
		for _, p := range invalid.Problems {
			problems = append(problems, place(p.In)+strings.TrimSpace(p.Path+" "+p.Text))
		}
	} else if err != nil {
		return &failure.UsageError{Err: err}
	}
	if len(problems) == 0 {
		return nil
	}
	return failure.Usagef("%s %s: %s (--no-validate sends it all the same)", r.method, r.endpoint.Route(), strings.Join(problems, "; "))
}

// place is the flag of a problem's place, for its text.
func place(in string) string {
	switch in {
	case "Query":
		return "-q "
	case "Vars":
		return "--var "
	}
	return ""
}
