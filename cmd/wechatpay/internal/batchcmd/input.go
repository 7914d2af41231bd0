package batchcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// An input is the lines of a run. They are read twice: to count them, and to send them.
type input struct {
	name string
	jobs iter.Seq2[batch.Job, error]

	lines  int
	routes map[string]int // the lines of each "METHOD path" that takes effect
	sum    sum            // of their amounts
}

// open reads the lines of a file or of standard input, over a template.
func openInput(ctx context.Context, a *app.App, f *flags, template batch.Job) (*input, error) {
	file, err := source(ctx, a, f.input)
	if err != nil {
		return nil, err
	}
	in := &input{name: f.input, routes: map[string]int{}}
	if in.name == "-" {
		in.name = "stdin"
	}
	if f.jobs {
		in.jobs = batch.Lines(file, template)
	} else {
		in.jobs = batch.Bodies(file, template)
	}
	return in, in.count(ctx, template)
}

// source returns the file. What cannot be read twice, such as a pipe, is copied into one first.
func source(ctx context.Context, a *app.App, name string) (io.ReadSeeker, error) {
	if name != "-" {
		file, err := os.Open(name) //nolint:gosec // a file that the person names
		if err != nil {
			return nil, &failure.UsageError{Err: err}
		}
		a.AtExit(file.Close)
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return file, nil
		}
		return spool(ctx, a, name, file)
	}
	if a.InIsTerminal() {
		return nil, failure.Usagef("the input is a terminal; redirect a file with a JSON object a line, or name it by --input")
	}
	stdin, err := a.Stdin("the lines of the batch")
	if err != nil {
		return nil, err
	}
	if file, ok := stdin.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return file, nil
		}
	}
	return spool(ctx, a, "stdin", stdin)
}

// spool copies a stream into a file that only this process has.
func spool(ctx context.Context, a *app.App, name string, stream io.Reader) (io.ReadSeeker, error) {
	file, err := os.CreateTemp("", "wechatpay-batch-*") // for its owner alone
	if err != nil {
		return nil, &failure.UsageError{Err: err}
	}
	a.AtExit(func() error { return errors.Join(file.Close(), os.Remove(file.Name())) })
	copied := make(chan error, 1)
	go func() { _, err := io.Copy(file, stream); copied <- err }()
	select {
	case err = <-copied:
	case <-ctx.Done(): // a read of a pipe cannot be interrupted
		return nil, ctx.Err()
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, failure.Usagef("%s: %w", name, err)
	}
	return file, nil
}

// count reads all lines. Those that are no jobs are lines too: each has a result.
func (in *input) count(ctx context.Context, template batch.Job) error {
	for job, err := range in.jobs {
		var bad *batch.LineError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && !errors.As(err, &bad):
			return failure.Usagef("%s: %w", in.name, err)
		case err == nil:
			in.add(job, template)
		}
		in.lines++
	}
	if in.lines == 0 {
		return failure.Usagef("%s has no lines; give a JSON object a line", in.name)
	}
	return nil
}

// add notes the route of a job, for the question that a person is asked.
func (in *input) add(job, template batch.Job) {
	if job.Method == "" {
		job.Method = template.Method
	}
	r := app.Request{Method: strings.ToUpper(job.Method), Path: strings.TrimPrefix(job.Path, "/")}
	if r.TakesEffect() {
		in.routes[r.Method+" "+r.Path]++
		in.sum.add(r.Method, &job)
	}
}

// facts are what a person is shown before the lines are sent.
func (in *input) facts(a *app.App) []string {
	const most = 10
	facts := []string{fmt.Sprintf(a.T("%d lines of %s", "%d 行，来自 %s"), in.lines, in.name), in.sum.fact(a)}
	if len(in.routes) > 1 {
		for _, route := range slices.Sorted(maps.Keys(in.routes)) {
			if len(facts) > most+1 {
				return append(facts, fmt.Sprintf("… %d", len(in.routes)-most))
			}
			facts = append(facts, fmt.Sprintf("%.200q × %d", route, in.routes[route]))
		}
	}
	return facts
}
