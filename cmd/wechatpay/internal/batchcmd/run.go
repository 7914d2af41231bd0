package batchcmd

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/call"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/complete"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// run does the jobs. All that can be wrong is found before the state is made, so that a folder
// that is there means that a run may have sent something.
func (c *command) run(cmd *cobra.Command, method, path string) error {
	ctx, set := cmd.Context(), cmd.Flags()
	if err := errors.Join(c.place.check(set), c.flags.check(set, &c.place)); err != nil {
		return err
	}
	template, err := c.template(method, path)
	if err != nil {
		return err
	}
	client, err := c.Client(ctx, accelerate)
	if err != nil {
		return err
	}
	in, err := openInput(ctx, c.App, &c.flags, template)
	if err != nil {
		return err
	}
	cfg := c.flags.config(set)
	cfg.Client, cfg.Total, cfg.FirstRun = client, in.lines, c.firstRun(set.Changed("first-run"))
	if len(in.routes) > 0 {
		if err := c.CareFor(ctx, "batch "+template.Method+" "+template.Path, slices.Concat(in.facts(c.App), c.promise(cfg.FirstRun))...); err != nil {
			return err
		}
	}
	made, err := c.place.make()
	if err != nil {
		return err
	}
	if !made && !set.Changed("first-run") { // somebody else made it meanwhile
		cfg.FirstRun = false
	}
	begun := true
	c.AtExit(func() error { // after the store is closed
		if made && !begun {
			return os.RemoveAll(c.place.dir) // the next run is the first
		}
		return nil
	})
	if cfg.Store, err = c.place.open(c.App, client.CallerID()); err != nil {
		return err
	}
	err = c.drive(ctx, cfg, in)
	begun = !errors.Is(err, batch.ErrInput)
	return err
}

// template is what all jobs have in common.
func (c *command) template(method, path string) (batch.Job, error) {
	method = strings.ToUpper(method)
	route, _, _ := strings.Cut(path, "?")
	_, known := catalogue.QueryOf(route)
	safe := method == "GET"
	switch err := call.CheckPath(path); {
	case !slices.Contains(complete.Methods, method):
		return batch.Job{}, failure.Usagef("unknown method %.20q; use one of %s", method, strings.Join(complete.Methods, ", "))
	case err != nil:
		return batch.Job{}, err
	case strings.Contains(path, "://"):
		return batch.Job{}, failure.Usagef("give the path alone, such as v3/refund/domestic/refunds")
	case c.flags.jobs:
	case safe:
		return batch.Job{}, failure.Usagef("a GET has no body; add --jobs, and give each line vars or query: {\"vars\":{…}}")
	case strings.Contains(path, "{"):
		return batch.Job{}, failure.Usagef("the path has variables, and lines that are bodies have none; add --jobs, and give each line its vars: {\"vars\":{…},\"body\":{…}}")
	case c.flags.number == "" && (!known || method != "POST"):
		return batch.Job{}, failure.Usagef("--number is missing; name the field of the business number: the catalogue knows none for %s %s", method, route)
	}
	return batch.Job{Method: method, Path: path, Field: c.flags.number, Encrypt: c.flags.encrypt}, nil
}

// firstRun reports whether nothing of the input can have been sent: as the flag says, or else if
// there is neither a folder of the state nor a report that the results are added to.
func (c *command) firstRun(said bool) bool {
	switch {
	case said:
		return c.flags.first
	case c.place.url != "" || c.place.exists():
		return false
	}
	if out, ok := c.Out.(*os.File); ok {
		if info, err := out.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
			return false
		}
	}
	return true
}

// promise says what FirstRun means, where it was not said by the flag.
func (c *command) promise(first bool) []string {
	if !first || c.place.exists() {
		return nil
	}
	return []string{c.T("the state is new: nothing of it may have been sent before (else: --first-run=false)", "状态是新的：输入不得在此之前发送过（否则加 --first-run=false）")}
}

// drive prints the results as they come.
func (c *command) drive(ctx context.Context, cfg batch.Config, in *input) error {
	p := startProgress(ctx, c.App, cfg.Store)
	defer p.end()
	w := newWatch(c.App, p.note)
	t := &tally{app: c.App, lines: in.lines, of: map[batch.Outcome]int{}, watch: w}
	cfg.Trace = w.trace
	for result, err := range batch.Run(ctx, cfg, in.jobs) {
		if err != nil {
			p.end()
			return t.ended(err)
		}
		t.add(result)
		w.settled(result)
		if err := p.between(func() error { return c.ResultOf(result) }); err != nil {
			return err // it is in the state, and comes again
		}
	}
	p.end()
	return t.end()
}
