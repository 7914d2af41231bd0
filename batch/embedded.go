package batch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Embedded keeps the store in a directory, with a server inside of this process that listens to
// nobody. One process at a time may have it. Each write is on disk before it counts; how many
// a second that allows is the disk's, and above what a merchant may call.
//
// The directory holds replies of WeChat Pay, and is made for its owner alone.
func Embedded(dir string) (*Store, error) { return embedded(dir, true) }

// EmbeddedRelaxed is [Embedded] without waiting for the disk: several times as fast. What this
// process writes survives its own end, kill -9 included, but not a loss of power, until the store is
// closed. After one, the next run asks for all numbers that the store does not know, as if the store were
// new. Where the system does not tell whether it was started anew (all but Linux), that is after kill -9 too.
func EmbeddedRelaxed(dir string) (*Store, error) { return embedded(dir, false) }

func embedded(dir string, sync bool) (*Store, error) {
	if dir == "" {
		return nil, errors.New("batch: Embedded: the directory is missing")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("batch: Embedded: %w", err)
	}
	unlock, err := lock(filepath.Join(dir, "LOCK"))
	if err != nil {
		return nil, fmt.Errorf("batch: Embedded: %s: %w", dir, err)
	}
	s := &Store{relaxed: !sync, own: true}
	if err = s.remember(dir); err == nil {
		err = s.serve(dir)
	}
	if err != nil {
		_ = unlock()
		return nil, fmt.Errorf("batch: Embedded: %s: %w: %w", dir, ErrStore, err)
	}
	stop := s.stop
	s.stop = func() error { return errors.Join(stop(), s.toDisk(), unlock()) }
	return s, nil
}

func (s *Store) serve(dir string) error {
	srv, err := server.NewServer(&server.Options{
		ServerName: "batch", DontListen: true, JetStream: true, StoreDir: dir, SyncAlways: !s.relaxed, NoSigs: true, NoLog: true,
		JetStreamMaxMemory: 1 << 30, JetStreamMaxStore: 1 << 50, MaxPayload: 4 << 20, MaxPending: 64 << 20,
	})
	if err != nil {
		return err
	}
	srv.Start()
	shut := func() {
		srv.Shutdown()
		srv.WaitForShutdown()
	}
	if !srv.ReadyForConnections(time.Minute) {
		shut()
		return errors.New("the server did not start within a minute")
	}
	conn, err := nats.Connect("", nats.InProcessServer(srv), nats.NoReconnect())
	if err != nil {
		shut()
		return err
	}
	made, err := NATS(conn, "embedded", 1)
	if err != nil {
		conn.Close()
		shut()
		return err
	}
	s.nc, s.js, s.name, s.replicas, s.shards = made.nc, made.js, made.name, made.replicas, made.shards
	s.stop = func() error {
		conn.Close()
		shut()
		return nil
	}
	return nil
}
