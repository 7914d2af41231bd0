package batch_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

var badLines = []struct{ name, line, want string }{
	{"no JSON", `out_refund_no=1`, "it is no JSON"},
	{"cut off", `{"out_refund_no":"1"`, "it is no JSON"},
	{"a list", `[1]`, "it is not a JSON object"},
	{"no number", `{"out_trade_no":"order0","amount":{"refund":100,"total":100,"currency":"CNY"}}`, "out_refund_no: the business number is missing"},
	{"an empty number", `{"out_refund_no":" "}`, "out_refund_no: the business number is empty"},
	{"a number that is no string", `{"out_refund_no":17}`, "body.out_refund_no: it is a number, and is documented as a string"},
	{"an amount that is a string", `{"out_refund_no":"x","amount":{"refund":"100","total":100}}`, "body.amount.refund: it is a string, and is documented as a number"},
	{"half a fen", `{"out_refund_no":"x","amount":{"refund":0.5,"total":100}}`, "body.amount.refund: it is a number, and is documented as a whole number"},
	{"an object that is a list", `{"out_refund_no":"x","amount":[]}`, "body.amount: it is a list, and is documented as an object"},
	{"a list that is an object", `{"out_refund_no":"x","amount":{"from":{}}}`, "body.amount.from: it is a object, and is documented as a list"},
	{"repeated", refundLine(0), "out_refund_no: it repeats the number of line 1"},
	{"repeated with another body", strings.Replace(refundLine(0), "100", "99", 1), "out_refund_no: it repeats the number of line 1"},
	{"too long", `{"out_refund_no":"` + strings.Repeat("x", batch.MaxLine) + `"}`, "it is longer than 1048576 bytes"},
}

// A line that is no job is told with its number, and the others go on.
func TestBadLines(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 2)
	lines := refundLine(0) + "\n"
	for _, row := range badLines {
		lines += row.line + "\n"
	}
	lines += "\n" + refundLine(1) // without an end
	cfg := quick(s.Client, open(t, t.TempDir()))
	cfg.InputOrder = true
	results, err := collect(t.Context(), t, cfg, lines)
	require.NoError(t, err)
	require.Len(t, results, len(badLines)+2)
	for i, row := range badLines {
		t.Run(row.name, func(t *testing.T) {
			got := results[i+1]
			assert.Equal(t, batch.Invalid, got.Outcome)
			assert.Equal(t, i+2, got.Line)
			assert.Contains(t, got.Error, row.want)
		})
	}
	last := results[len(badLines)+1]
	assert.Equal(t, batch.Done, last.Outcome)
	assert.Equal(t, len(badLines)+3, last.Line)
	assert.Equal(t, 2, posts(s))
}

// Strict sends nothing if a line is wrong.
func TestStrict(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 2)
	cfg := quick(s.Client, open(t, t.TempDir()))
	cfg.Strict = true
	_, err := collect(t.Context(), t, cfg, refundLine(0)+"\nx\n"+refundLine(1)+"\n"+refundLine(0))
	require.ErrorIs(t, err, batch.ErrInput)
	require.ErrorContains(t, err, "line 2: it is no JSON")
	require.ErrorContains(t, err, "line 4: out_refund_no: it repeats the number of line 1")
	assert.Zero(t, posts(s))
	results, err := collect(t.Context(), t, cfg, refundLines(2))
	require.NoError(t, err)
	assert.Len(t, results, 2)

	pipe := iotest.OneByteReader(strings.NewReader(refundLine(0)))
	for _, err = range batch.Run(t.Context(), cfg, batch.Bodies(pipe, batch.Job{Path: refundPath})) {
		if err != nil {
			break
		}
	}
	require.ErrorContains(t, err, "the input cannot be read a second time")
}

// A check of the caller's finds what is wrong with a job, unless it may have been sent before.
func TestCheck(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 2)
	cfg := quick(s.Client, open(t, t.TempDir()))
	cfg.InputOrder = true
	cfg.Check = func(job batch.Job) error {
		assert.Equal(t, "POST", job.Method)
		if strings.Contains(string(job.Body), "refund1") {
			return errors.New("it is wrong")
		}
		return nil
	}
	results, err := collect(t.Context(), t, cfg, refundLines(2))
	require.NoError(t, err)
	assert.Equal(t, batch.Done, results[0].Outcome)
	assert.Equal(t, batch.Invalid, results[1].Outcome)
	assert.Equal(t, "it is wrong", results[1].Error)
	strict := cfg
	strict.Strict = true
	_, err = collect(t.Context(), t, strict, refundLines(2))
	require.ErrorIs(t, err, batch.ErrInput)
	require.ErrorContains(t, err, "line 2: it is wrong")
	require.Equal(t, 1, posts(s))

	cfg.Store, cfg.FirstRun, cfg.Claim = open(t, t.TempDir()), false, 100*time.Millisecond
	results, err = collect(t.Context(), t, cfg, refundLines(2))
	require.NoError(t, err)
	assert.Equal(t, batch.Done, results[1].Outcome, "it is asked for, and then WeChat Pay decides")
}

// An input that breaks off ends the run: the rest of it may be missing.
func TestInputBreaksOff(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 1)
	input := iotest.TimeoutReader(iotest.HalfReader(strings.NewReader(refundLine(0) + "\n" + refundLine(1))))
	var last error
	for _, err := range batch.Run(t.Context(), quick(s.Client, open(t, t.TempDir())), batch.Bodies(input, batch.Job{Path: refundPath})) {
		last = err
	}
	require.ErrorIs(t, last, iotest.ErrTimeout)
}

func TestLines(t *testing.T) {
	t.Parallel()
	template := batch.Job{Path: "v3/x", Vars: map[string]any{"a": "1", "b": "2"}, Field: "n"}
	for _, row := range []struct {
		name, line string
		want       batch.Job
		err        string
	}{
		{name: "over the template", line: `{"vars":{"b":"3"},"body":{"n":"1"}}`, want: batch.Job{Line: 1, Path: "v3/x", Vars: map[string]any{"a": "1", "b": "3"}, Field: "n", Body: []byte(`{"n":"1"}`)}},
		{name: "a method that is a number", line: `{"method":5}`, err: "line 1: method: it is a number, and must be a string"},
		{name: "an unknown key", line: `{"methd":"GET"}`, err: `line 1: it is no JSON: json: unknown field "methd"`},
		{name: "two values", line: `{} {}`, err: "line 1: it has more than one JSON value"},
		{name: "a text", line: `"x"`, err: "line 1: it is a string, and must be a JSON object"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for job, err := range batch.Lines(strings.NewReader(row.line), template) {
				if row.err != "" {
					require.ErrorContains(t, err, row.err)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, row.want, job)
			}
		})
	}
	assert.Equal(t, "2", template.Vars["b"], "the template stays")
}

// A line changes neither the template nor the jobs of other lines.
func TestLinesShareNothing(t *testing.T) {
	t.Parallel()
	template := batch.Job{
		Path: "v3/x", Body: []byte(`{"n":"1"}`), Encrypt: []string{"name", "idcard"}, Vars: map[string]any{"v": "1"},
		Ask: &batch.Ask{Path: "v3/ask", Vars: map[string]any{"n": "1"}, Absent: []string{"A", "B"}, Same: map[string]any{"x": "1"}},
	}
	lines := "{}\n" + `{"body":{"n":"2"},"encrypt":["phone"],"vars":{"v":"2"},"ask":{"path":"v3/as2","vars":{"n":"2"},"absent":["C"],"same":{"x":"2"}}}` + "\n{}"
	var jobs []batch.Job
	for job, err := range batch.Lines(strings.NewReader(lines), template) {
		require.NoError(t, err)
		jobs = append(jobs, job)
	}
	require.Len(t, jobs, 3)
	for _, i := range []int{0, 2} {
		assert.JSONEq(t, `{"n":"1"}`, string(jobs[i].Body))
		assert.Equal(t, []string{"name", "idcard"}, jobs[i].Encrypt)
		assert.Equal(t, "1", jobs[i].Vars["v"])
		assert.Equal(t, &batch.Ask{Path: "v3/ask", Vars: map[string]any{"n": "1"}, Absent: []string{"A", "B"}, Same: map[string]any{"x": "1"}}, jobs[i].Ask)
	}
	assert.JSONEq(t, `{"n":"2"}`, string(jobs[1].Body))
	assert.Equal(t, []string{"phone"}, jobs[1].Encrypt)
	assert.Equal(t, "v3/as2", jobs[1].Ask.Path)
	assert.Equal(t, []string{"C"}, jobs[1].Ask.Absent)
}

// A body is sent byte for byte, but for the space between its values.
func TestBodyIsSentAsItIs(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 1)
	line := `{"out_refund_no" : "refund0", "reason":"<a&b> \u003c é",` + "\t" + `"out_trade_no":"order0","amount":{"total":100,"refund":100,"currency":"CNY"}}`
	results, err := collect(t.Context(), t, quick(s.Client, open(t, t.TempDir())), line)
	require.NoError(t, err)
	assert.Equal(t, batch.Done, results[0].Outcome, results[0].Error)
	all := s.Gateway.Exchanges()
	want := `{"out_refund_no":"refund0","reason":"<a&b> \u003c é","out_trade_no":"order0","amount":{"total":100,"refund":100,"currency":"CNY"}}`
	assert.Equal(t, []byte(want), []byte(all[len(all)-1].Body), "%s", all[len(all)-1].Body)
}

// A number that nothing was sent for may be corrected, and is taken up again as it is.
func TestInvalidIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 2)
	store := open(t, t.TempDir())
	run := func(line string, job batch.Job) batch.Result {
		t.Helper()
		job.Path = refundPath
		var last batch.Result
		for result, err := range batch.Run(t.Context(), quick(s.Client, store), batch.Bodies(strings.NewReader(line), job)) {
			require.NoError(t, err)
			last = result
		}
		return last
	}
	for i := range 2 {
		r := run(refundLine(i), batch.Job{Encrypt: []string{"nothing.like.it"}})
		require.Equal(t, batch.Invalid, r.Outcome, r.Error)
	}
	require.Zero(t, posts(s))
	assert.Equal(t, batch.Done, run(refundLine(0), batch.Job{}).Outcome, "as it is")
	r := run(strings.Replace(refundLine(1), `"refund":100`, `"refund":99`, 1), batch.Job{})
	assert.Equal(t, batch.Done, r.Outcome, r.Error)
	assert.Equal(t, 2, posts(s))
}

// The same number with another body is refused, whenever it comes.
func TestOtherBody(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	payOrders(t, s, 1)
	cfg := quick(s.Client, open(t, t.TempDir()))
	_, err := collect(t.Context(), t, cfg, refundLine(0))
	require.NoError(t, err)
	results, err := collect(t.Context(), t, cfg, "\n"+strings.Replace(refundLine(0), `"refund":100`, `"refund":99`, 1))
	require.NoError(t, err)
	assert.Equal(t, batch.Invalid, results[0].Outcome)
	assert.Contains(t, results[0].Error, "the store knows this number with another body")
	results, err = collect(t.Context(), t, cfg, strings.ReplaceAll(refundLine(0), ":", " : "))
	require.NoError(t, err)
	assert.True(t, results[0].Resumed, "space between the values is nothing")
	assert.Equal(t, 1, posts(s))
}

func FuzzLines(f *testing.F) {
	for _, row := range badLines[:len(badLines)-1] {
		f.Add(row.line)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line := 0
		for job, err := range batch.Lines(strings.NewReader(text), batch.Job{Path: refundPath}) {
			if err == nil && job.Line <= line {
				t.Errorf("line %d after %d", job.Line, line)
			}
			line = job.Line
		}
	})
}

// A directory that cannot be written is an error at once.
func TestStoreCannotBeMade(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/file"
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := batch.Embedded(file)
	require.Error(t, err)
	_, err = batch.Embedded("")
	require.ErrorContains(t, err, "the directory is missing")
	dir := t.TempDir()
	open(t, dir)
	_, err = batch.Embedded(dir)
	require.ErrorIs(t, err, batch.ErrBusy)
}
