package app

import (
	"fmt"
	"os"

	"golang.org/x/term"
)

// OutIsTerminal and InIsTerminal report whether a person reads Out, or types In.
func (a *App) OutIsTerminal() bool { return isTerminal(a.Out) }
func (a *App) InIsTerminal() bool  { return isTerminal(a.In) }

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Result writes a JSON result: the bytes as they are and a line break, or for a person
// indented and in colour.
func (a *App) Result(data []byte) error {
	_, err := a.Out.Write(append(data[:len(data):len(data)], '\n'))
	return err
}

// Note says something to the person at Err.
func (a *App) Note(format string, args ...any) { fmt.Fprintf(a.Err, format+"\n", args...) }
