// Batch-refund refunds many orders, each once, whatever happens meanwhile. It reads the bodies of the
// refunds from a file, a JSON object a line, and writes a report to standard output, a result a
// line. What it is doing goes to standard error.
//
//	go run . -generate 200 > refunds.ndjson
//	go run . -state state refunds.ndjson > report.ndjson
//
// Stop it with Ctrl-C or kill -9 and run it again: it goes on where it was, and asks for what it does not
// know. It calls an embedded gateway, whose orders are in the folder of the state too, so that it
// runs anywhere.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/wechatpay-chain/wechatpay/batch"
)

func main() {
	state := flag.String("state", "state", "the folder of what is known")
	generate := flag.Int("generate", 0, "write so many refunds to try it with, and end")
	flag.Parse()
	if *generate > 0 {
		for i := range *generate {
			fmt.Printf(`{"out_trade_no":"ORDER%06d","out_refund_no":"REFUND%06d","amount":{"refund":100,"total":100,"currency":"CNY"}}`+"\n", i, i)
		}
		return
	}
	interrupt, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(interrupt, stop) // the second Ctrl-C is not held back
	if err := run(interrupt, *state, flag.Arg(0), os.Stdout, os.Stderr); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, state, input string, out, report io.Writer) (err error) {
	// Nothing can have been sent if there is no state yet. If the state were lost, this would not
	// be true: then say so by an empty folder.
	_, missing := os.Stat(state)
	first := errors.Is(missing, fs.ErrNotExist)

	refunds, err := os.Open(cmp.Or(input, "refunds.ndjson"))
	if err != nil {
		return err
	}
	defer func() { _ = refunds.Close() }()
	client, end, err := openGateway(ctx, filepath.Join(state, "gateway"), refunds)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	store, err := batch.Embedded(filepath.Join(state, "store"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()

	cfg := batch.Config{
		Client: client, Store: store, FirstRun: first, InputOrder: true,
		// What the documentation allows: 150 refunds a second.
		Limits: []batch.Limit{{Route: refundPath, PerSecond: 150, InFlight: 32}},
		Again:  func(r batch.Result) bool { return !r.Final() },
	}
	return do(ctx, cfg, batch.Bodies(refunds, batch.Job{Path: refundPath}), out, report)
}

const refundPath = "v3/refund/domestic/refunds"

// do runs the batch, and writes its report.
func do(ctx context.Context, cfg batch.Config, jobs func(func(batch.Job, error) bool), out, report io.Writer) error {
	count, resumed, began := map[batch.Outcome]int{}, 0, time.Now()
	lines := json.NewEncoder(out)
	var ended error
	for result, err := range batch.Run(ctx, cfg, jobs) {
		if ended = err; err != nil {
			break
		}
		if err := lines.Encode(result); err != nil {
			return err
		}
		count[result.Outcome]++
		if result.Resumed {
			resumed++
		}
	}
	for _, outcome := range batch.Outcomes() {
		if count[outcome] > 0 {
			_, _ = fmt.Fprintf(report, "%-8s %d\n", outcome, count[outcome])
		}
	}
	_, _ = fmt.Fprintf(report, "%d of an earlier run; %s\n", resumed, time.Since(began).Round(time.Millisecond))
	if errors.Is(ended, context.Canceled) {
		_, _ = fmt.Fprintln(report, ended)
		return nil
	}
	if problems := count[batch.Stuck] + count[batch.Unknown]; ended == nil && problems > 0 {
		return fmt.Errorf("%d refunds may have taken effect, or not: look them up", problems)
	}
	return ended
}
