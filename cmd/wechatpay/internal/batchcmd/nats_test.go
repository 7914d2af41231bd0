package batchcmd_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

func TestWorkersOnNATS(t *testing.T) {
	t.Parallel()
	srv, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	require.NoError(t, err)
	srv.Start()
	t.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
	require.True(t, srv.ReadyForConnections(time.Minute))
	url := srv.ClientURL()
	shop := open(t, "1900000109")

	code, said := shop.run(t.Context(), &sink{}, "batch", "pause", "--sandbox", "--nats", url)
	assert.Equal(t, failure.Usage, code)
	assert.Contains(t, said, "the store has no run")

	ctx, end := context.WithCancel(t.Context())
	defer end()
	type ended struct {
		code int
		said string
	}
	worker := make(chan ended, 1)
	go func() {
		code, said := shop.run(ctx, &sink{}, "batch", "worker", "--sandbox", "--nats", url)
		worker <- ended{code, said}
	}()
	out := &sink{}
	code, said = shop.run(t.Context(), out, "batch", "post", "v3/refund/domestic/refunds", "--sandbox", "--nats", url, "--inflight", "0", "--first-run")
	assert.Equal(t, failure.OK, code, said)
	assert.Equal(t, orders, strings.Count(out.String(), `"outcome":"done"`))
	shop.sentOnce(t)
	end()
	w := <-worker
	assert.Equal(t, failure.OK, w.code, w.said)

	for _, row := range []struct {
		name string
		args []string
		want string
	}{
		{"pause", []string{"pause", "--reason", "balance"}, ""},
		{"resume", []string{"resume"}, ""},
		{"drain", []string{"drain"}, ""},
		{"status", []string{"status"}, `"results":{"done":6}`},
		{"list", []string{"list"}, `"number":"refund-5"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			out := &sink{}
			code, said := shop.run(t.Context(), out, append(append([]string{"batch"}, row.args...), "--sandbox", "--nats", url)...)
			assert.Equal(t, failure.OK, code, said)
			assert.Contains(t, out.String(), row.want)
		})
	}
}
