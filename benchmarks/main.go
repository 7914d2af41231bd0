// Command benchmarks makes the same call with this library and with others, by turns, and writes
// the tables of BENCHMARKS.md. From the top of the repository:
//
//	go run ./benchmarks                        # prints them
//	go run ./benchmarks -write BENCHMARKS.md
//
// BENCHMARKS.md says what is measured. The PHP SDK takes part where PHP is installed, and the
// SDK by
//
//	composer install -d benchmarks/php
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

// serveCommand is the argument by which this program starts itself as the server.
const serveCommand = "serve"

func run(ctx context.Context, args []string, in io.Reader, out, progress io.Writer) error {
	if len(args) > 0 && args[0] == serveCommand {
		return serve(args[1:], in, out)
	}
	p := plan{inFlight: []int{16, 128, 1024}, php: "benchmarks/php", checked: 16, progress: progress}
	flags := flag.NewFlagSet("benchmarks", flag.ContinueOnError)
	flags.SetOutput(progress)
	write := flags.String("write", "", "write the tables, and what they mean, to this `file`")
	flags.IntVar(&p.rounds, "rounds", 9, "how often each client has its turn")
	flags.DurationVar(&p.turn, "turn", 2*time.Second, "how long a turn takes")
	flags.Func("c", "calls in flight, such as 16,128,1024 (the default)", func(text string) (err error) {
		p.inFlight, err = numbers(text)
		return err
	})
	flags.StringVar(&p.php, "php", p.php, "the folder where composer has installed the PHP SDK")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("unknown argument %q; see -help", flags.Arg(0))
	case p.rounds < 1 || p.turn <= 0:
		return errors.New("-rounds and -turn must be above 0")
	}
	found, err := p.measure(ctx)
	if err != nil {
		return err
	}
	if *write != "" {
		return os.WriteFile(*write, []byte(found.document()), 0o644) //nolint:gosec // it is to be read by all
	}
	_, err = io.WriteString(out, found.tables())
	return err
}

// numbers parses a list of positive numbers.
func numbers(list string) (all []int, err error) {
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is not a number of calls", text)
		}
		all = append(all, n)
	}
	return all, nil
}
