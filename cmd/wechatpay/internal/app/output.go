package app

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/tidwall/pretty"
	"golang.org/x/term"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// OutIsTerminal and InIsTerminal report whether a person reads Out, or types In.
func (a *App) OutIsTerminal() bool { return isTerminal(a.Out) }

// InIsTerminal reports whether a person types In.
func (a *App) InIsTerminal() bool { return isTerminal(a.In) }

// ErrIsTerminal reports whether a person reads Err, who may be shown how far a command is.
func (a *App) ErrIsTerminal() bool { return isTerminal(a.Err) }

func isTerminal(stream any) bool {
	f := file(stream)
	return f != nil && term.IsTerminal(int(f.Fd()))
}

// Result writes a result: into a pipe the bytes as they are and a line break, for a person
// indented and in colour. Numbers, and the order of fields, never change. What is not JSON is
// written as it is, but for control characters in a terminal. An error is a
// *failure.OutputError.
func (a *App) Result(data []byte) error {
	coloured := a.Colours()
	if coloured || a.OutIsTerminal() {
		data = readable(data, coloured)
	}
	return a.write(append(data[:len(data):len(data)], '\n'))
}

// ResultOf writes a value as JSON, as Result does.
func (a *App) ResultOf(value any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return err
	}
	return a.Result(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// write writes to Out.
func (a *App) write(data []byte) error {
	if _, err := a.Out.Write(data); err != nil {
		return &failure.OutputError{Err: err}
	}
	return nil
}

// Note says something to the person at Err.
func (a *App) Note(format string, args ...any) { _, _ = fmt.Fprintf(a.Err, format+"\n", args...) }

// readable is data for a terminal.
func readable(data []byte, coloured bool) []byte {
	data = tame(data)
	if !json.Valid(data) {
		return data
	}
	var b bytes.Buffer
	if err := json.Indent(&b, data, "", "  "); err != nil {
		return data
	}
	if coloured {
		return pretty.Color(b.Bytes(), pretty.TerminalStyle)
	}
	return b.Bytes()
}

// tame escapes the characters that would command a terminal, other than spaces and line
// breaks. JSON means the same afterwards: it has them within texts alone.
func tame(data []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(data) {
		switch {
		case r == '\n' || r == '\t' || r >= ' ' && r < 0x7f:
			b.WriteRune(r)
		case r == '\r':
		case r < ' ' || r <= 0x9f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			_, _ = fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.Bytes()
}
