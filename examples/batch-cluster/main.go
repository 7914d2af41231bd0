// Batch-cluster shares a batch of refunds among machines. It starts three NATS servers on loopback as a
// cluster, which in earnest are three machines, and two workers beside the run. In the middle
// it stops one of the servers.
//
//	go run . -refunds 300
//
// It calls an embedded gateway, so that it runs anywhere.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/wechatpay-chain/wechatpay/batch"
)

func main() {
	refunds := flag.Int("refunds", 300, "how many")
	dir := flag.String("dir", "", "of the servers; default a temporary one")
	flag.Parse()
	interrupt, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(interrupt, stop) // the second Ctrl-C is not held back
	if err := run(interrupt, *dir, *refunds, log.New(os.Stderr, "", 0)); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, dir string, refunds int, report *log.Logger) error {
	client, closeGateway, err := openGateway(ctx, refunds)
	if err != nil {
		return err
	}
	defer closeGateway()
	servers, stop, err := startCluster(ctx, dir, 3)
	if err != nil {
		return err
	}
	defer stop()

	working, end := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer end()
	for i := range 2 {
		cfg := batch.Config{Client: client, Name: fmt.Sprintf("worker %d", i+1), InFlight: 8}
		workers.Go(func() {
			err := connected(servers, func(store *batch.Store) error {
				cfg.Store = store
				return batch.Work(working, cfg)
			})
			report.Printf("%s: %v", cfg.Name, err)
		})
	}
	return connected(servers, func(store *batch.Store) error {
		cfg := batch.Config{Client: client, Store: store, FirstRun: true, InFlight: -1, Total: refunds} // it only feeds
		return feed(ctx, cfg, refunds, servers, report)
	})
}

// feed runs the batch, and stops a server in the middle.
func feed(ctx context.Context, cfg batch.Config, refunds int, servers []*server.Server, report *log.Logger) error {
	count, began := map[batch.Outcome]int{}, time.Now()
	done := 0
	for result, err := range batch.Run(ctx, cfg, jobs(refunds)) {
		if err != nil {
			return err
		}
		count[result.Outcome]++
		if done++; done == refunds/2 {
			report.Print("a server is lost")
			servers[0].Shutdown()
		}
	}
	report.Printf("%v in %s", count, time.Since(began).Round(time.Millisecond))
	return nil
}

// jobs are refunds. In earnest, they are read from a file: batch.Bodies.
func jobs(refunds int) func(func(batch.Job, error) bool) {
	return func(yield func(batch.Job, error) bool) {
		for i := range refunds {
			body := fmt.Sprintf(`{"out_trade_no":"ORDER%06d","out_refund_no":"REFUND%06d","amount":{"refund":100,"total":100,"currency":"CNY"}}`, i, i)
			if !yield(batch.Job{Path: "v3/refund/domestic/refunds", Body: []byte(body)}, nil) {
				return
			}
		}
	}
}

// connected calls a function with the store on the cluster. Each machine has a connection of its own.
func connected(servers []*server.Server, do func(*batch.Store) error) error {
	urls := make([]string, 0, len(servers))
	for _, s := range servers {
		urls = append(urls, s.ClientURL())
	}
	conn, err := nats.Connect(strings.Join(urls, ","), nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond))
	if err != nil {
		return err
	}
	defer conn.Close()
	store, err := batch.NATS(conn, "refunds", 3)
	if err != nil {
		return err
	}
	return do(store)
}

var errNoLeader = errors.New("the cluster has found no leader within a minute")
