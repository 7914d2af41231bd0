package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

//go:embed php/peer.php
var phpScript []byte

// phpPeer is the official PHP SDK, on the one thread that a PHP process has.
type phpPeer struct{ child *child }

// openPHP starts PHP, in whose folder composer has installed the SDK, and returns its versions.
func openPHP(ctx context.Context, s setting) (peer, string, error) {
	autoload, err := filepath.Abs(filepath.Join(s.php, "vendor", "autoload.php"))
	if err != nil {
		return nil, "", err
	}
	if _, err := exec.LookPath("php"); err != nil {
		return nil, "", missingError{"PHP is not installed"}
	}
	// Without curl, the SDK makes one call at a time.
	lacks, err := exec.CommandContext(ctx, "php", "-r", `echo implode(' ', array_diff(['curl', 'openssl'], get_loaded_extensions()));`).Output()
	if err != nil {
		return nil, "", err
	}
	if len(lacks) > 0 {
		return nil, "", missingError{"PHP lacks the extensions " + string(lacks)}
	}
	if _, err := os.Stat(autoload); err != nil {
		return nil, "", missingError{"the SDK is not installed; run composer install -d " + s.php}
	}
	script := filepath.Join(s.folder, "peer.php")
	if err := os.WriteFile(script, phpScript, 0o600); err != nil {
		return nil, "", err
	}
	order, err := json.Marshal(newOrder(""))
	if err != nil {
		return nil, "", err
	}
	// A thousand calls in flight are a thousand files, which a shell allows by default or not.
	const raised = `ulimit -n "$(ulimit -Hn)"; exec php "$@"`
	c, err := start(ctx, "sh", "-c", raised, "sh", script, autoload, s.folder, s.url, orderPath, mchid, serial, publicKeyID, prepayID, string(order))
	if err != nil {
		return nil, "", err
	}
	versions, err := c.read()
	return phpPeer{c}, versions, err
}

func (p phpPeer) close() { _ = p.child.close() }

func (p phpPeer) turn(ctx context.Context, inFlight int, d time.Duration) (turn, error) {
	if _, err := fmt.Fprintln(p.child.in, inFlight, d.Milliseconds()); err != nil {
		return turn{}, errors.Join(err, ctx.Err())
	}
	line, err := p.child.read()
	if err != nil {
		return turn{}, errors.Join(err, ctx.Err())
	}
	var calls int
	var took, cpu int64
	if _, err := fmt.Sscan(line, &calls, &took, &cpu); err != nil {
		return turn{}, fmt.Errorf("PHP wrote %q: %w", line, err)
	}
	return turn{calls, time.Duration(took), time.Duration(cpu) * time.Microsecond}, nil
}
