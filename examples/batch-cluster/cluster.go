package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// startCluster starts servers on loopback that know each other. The configuration of a server that is
// a process of its own has the same: jetstream, sync_interval: always, and cluster.routes.
func startCluster(ctx context.Context, dir string, count int) (servers []*server.Server, stop func(), err error) {
	remove := func() {}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "batch-cluster"); err != nil {
			return nil, nil, err
		}
		remove = func() { _ = os.RemoveAll(dir) }
	}
	stop = func() {
		for _, s := range servers {
			s.Shutdown()
			s.WaitForShutdown()
		}
		remove()
	}
	ports, err := freePorts(ctx, count)
	if err != nil {
		remove()
		return nil, nil, err
	}
	var routes []string
	for _, port := range ports {
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", port))
	}
	for i, port := range ports {
		s, err := server.NewServer(&server.Options{
			ServerName: fmt.Sprintf("node%d", i), Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true,
			JetStream: true, StoreDir: filepath.Join(dir, fmt.Sprintf("node%d", i)), SyncAlways: true,
			Cluster: server.ClusterOpts{Name: "batch", Host: "127.0.0.1", Port: port}, Routes: server.RoutesFromStr(strings.Join(routes, ",")),
		})
		if err != nil {
			stop()
			return nil, nil, err
		}
		s.Start()
		servers = append(servers, s)
	}
	for end := time.Now().Add(time.Minute); !ready(servers, count); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			stop()
			return nil, nil, errNoLeader
		}
	}
	return servers, stop, nil
}

func ready(servers []*server.Server, count int) bool {
	for _, s := range servers {
		if s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == count {
			return true
		}
	}
	return false
}

// freePorts are for the servers to find each other.
func freePorts(ctx context.Context, count int) (ports []int, err error) {
	for range count {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = listener.Close() }()
		if address, ok := listener.Addr().(*net.TCPAddr); ok {
			ports = append(ports, address.Port)
		}
	}
	return ports, nil
}
