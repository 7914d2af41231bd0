package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// A child is another process, to which lines are written and which answers by lines. It ends
// when its input does.
type child struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	errors  *strings.Builder
}

func start(ctx context.Context, program string, args ...string) (*child, error) {
	c := &child{command: exec.CommandContext(ctx, program, args...), errors: new(strings.Builder)} //nolint:gosec // this program itself, or PHP
	c.command.Stderr = c.errors
	var err error
	if c.in, err = c.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = bufio.NewReader(out)
	return c, c.command.Start()
}

// read returns the next line. If there is none, it ends the child, and the error says why.
func (c *child) read() (string, error) {
	line, err := c.out.ReadString('\n')
	if err != nil {
		ended := c.close()
		return "", fmt.Errorf("%s: %w: %w: %s%s", c.command.Path, err, ended, line, c.errors)
	}
	return strings.TrimSuffix(line, "\n"), nil
}

func (c *child) close() error {
	_ = c.in.Close()
	return c.command.Wait()
}

// startServer starts this program as the server, and returns its URL.
func startServer(ctx context.Context, folder string, every int) (*child, string, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, "", err
	}
	c, err := start(ctx, program, serveCommand, "-keys", folder, "-every", fmt.Sprint(every))
	if err != nil {
		return nil, "", err
	}
	url, err := c.read()
	return c, url, err
}
