package batch_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
)

// ports are free ones of loopback.
func ports(t *testing.T, count int) []int {
	t.Helper()
	all := make([]int, 0, count)
	for range count {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer func() { _ = listener.Close() }()
		all = append(all, listener.Addr().(*net.TCPAddr).Port)
	}
	return all
}

// startServers starts a NATS server, or a cluster.
func startServers(t *testing.T, count int) []*server.Server {
	t.Helper()
	free := ports(t, count)
	all := make([]*server.Server, 0, count)
	var routes string
	for _, port := range free {
		routes += fmt.Sprintf("nats://127.0.0.1:%d,", port)
	}
	for i := range count {
		opts := &server.Options{
			ServerName: fmt.Sprintf("node%d", i), Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true,
		}
		if count > 1 {
			opts.Cluster = server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: free[i]}
			opts.Routes = server.RoutesFromStr(routes[:len(routes)-1])
		}
		s, err := server.NewServer(opts)
		require.NoError(t, err)
		s.Start()
		t.Cleanup(func() {
			s.Shutdown()
			s.WaitForShutdown()
		})
		all = append(all, s)
	}
	for _, s := range all {
		require.True(t, s.ReadyForConnections(20*time.Second))
	}
	if count > 1 {
		require.Eventually(t, func() bool {
			for _, s := range all {
				if s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == count {
					return true
				}
			}
			return false
		}, 30*time.Second, 50*time.Millisecond, "the cluster has no leader")
	}
	return all
}

func connect(t *testing.T, servers ...*server.Server) *nats.Conn {
	t.Helper()
	urls := ""
	for _, s := range servers {
		urls += s.ClientURL() + ","
	}
	conn, err := nats.Connect(urls[:len(urls)-1], nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	return conn
}

// startServer starts a server on a directory, which may hold so much; 0 for any.
func startServer(t *testing.T, dir string, most int64) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		ServerName: "alone", Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: dir, JetStreamMaxStore: most, NoSigs: true, NoLog: true,
	})
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	require.True(t, s.ReadyForConnections(20*time.Second))
	return s
}
