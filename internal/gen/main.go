// Command gen generates code from data:
//
//	go run ./internal/gen          # write
//	go run ./internal/gen --check  # write nothing; fail if the code is out of date
//
// The data are lists of JSON objects, one a line: the endpoints in openapi/catalogue; the
// notifications, labels, names and exceptions in the folder data.
//
// It writes no tests: to link one for each of 97 packages takes minutes, and package
// openapi tests them all. README.md has the command that runs the tests of all packages
// that have some.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

//go:generate go run .

func main() {
	check := flag.Bool("check", false, "write nothing; fail if the generated code is stale")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	files, err := generate()
	if err != nil {
		return err
	}
	if check {
		return files.check(root)
	}
	return files.write(root)
}

// generate reads the data and returns the generated files.
func generate() (files, error) {
	events, err := readLines[event]("events.jsonl")
	if err != nil {
		return nil, err
	}
	resources, err := readLines[resource]("resources.jsonl")
	if err != nil {
		return nil, err
	}
	traits, err := readLines[trait]("traits.jsonl")
	if err != nil {
		return nil, err
	}
	traitsV2, err := readLines[traitV2]("v2.jsonl")
	if err != nil {
		return nil, err
	}
	answers, err := readLines[answer]("answers.jsonl")
	if err != nil {
		return nil, err
	}
	names, err := readLines[naming]("names.jsonl")
	if err != nil {
		return nil, err
	}
	endpoints := catalogue.All()
	if err := checkEndpoints(endpoints); err != nil {
		return nil, err
	}
	chain, err := buildChain(ofChain(endpoints))
	if err != nil {
		return nil, err
	}
	list, err := readProducts(chain, names)
	if err != nil {
		return nil, err
	}
	out := files{}
	for _, write := range []func() error{
		func() error { return writeEvents(out, events) },
		func() error { return writeResources(out, resources, events, names) },
		func() error { return writeAnswers(out, answers) },
		func() error { return writeEndpoints(out, endpoints, traits) },
		func() error { return writeV2(out, endpoints, traitsV2) },
		func() error { return writeChain(out, list) },
		func() error { return writeLabels(out, endpoints) },
	} {
		if err := write(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readProducts divides the chain by the rules for packages and names.
func readProducts(chain *node, names []naming) ([]*product, error) {
	rules, err := readLines[packageRule]("packages.jsonl")
	if err != nil {
		return nil, err
	}
	labels, err := readLabels()
	if err != nil {
		return nil, err
	}
	return products(chain, rules, names, labels)
}

// moduleRoot returns the folder of go.mod, at or above the working directory.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod at or above the working directory; run gen inside of the module")
		}
		dir = parent
	}
}
