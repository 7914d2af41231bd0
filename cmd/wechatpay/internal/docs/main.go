// Docs writes what a package of the command line installs besides the binary: man pages in
// English and Chinese, and the completion files of the shells. They are made when a package is
// built, so that none can be out of date.
//
//	go run ./internal/docs FOLDER
//
// SOURCE_DATE_EPOCH is the date of the man pages, so that a build can be repeated; without it
// it is that of 1970.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: docs FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Getenv("SOURCE_DATE_EPOCH")); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}
