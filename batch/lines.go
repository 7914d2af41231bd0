package batch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
)

// MaxLine is the longest line of an input, in bytes.
const MaxLine = 1 << 20

// A LineError is a line of the input that is no job. The other lines go on.
type LineError struct {
	Line int
	Err  error
}

// Error returns the line and what is wrong with it.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns Err.
func (e *LineError) Unwrap() error { return e.Err }

// Lines reads jobs from NDJSON: a [Job] a line, over the template, which has what all of them have in
// common. Vars and Query are merged. Empty lines are skipped.
//
// If r is an [io.Seeker], the input can be read again from where it stood, as [Config].Strict and
// a second Run need.
func Lines(r io.Reader, template Job) iter.Seq2[Job, error] {
	return read(r, func(line []byte) (Job, error) {
		job := template.clone()
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		decoder.UseNumber()
		if err := decoder.Decode(&job); err != nil {
			return Job{}, plain(err)
		}
		if decoder.More() {
			return Job{}, errors.New("it has more than one JSON value; put each on a line of its own")
		}
		return job, nil
	})
}

// Bodies is [Lines] for lines that are the bodies alone.
func Bodies(r io.Reader, template Job) iter.Seq2[Job, error] {
	return read(r, func(line []byte) (Job, error) {
		job := template.clone()
		if !json.Valid(line) {
			var value any
			return Job{}, plain(json.Unmarshal(line, &value))
		}
		job.Body = bytes.Clone(line)
		return job, nil
	})
}

// clone copies what decoding over a job writes to.
func (j Job) clone() Job {
	j.Vars, j.Query, j.Body, j.Encrypt = maps.Clone(j.Vars), maps.Clone(j.Query), bytes.Clone(j.Body), slices.Clone(j.Encrypt)
	if j.Ask != nil {
		ask := *j.Ask
		ask.Vars, ask.Query, ask.Body, ask.Same = maps.Clone(ask.Vars), maps.Clone(ask.Query), maps.Clone(ask.Body), maps.Clone(ask.Same)
		ask.Absent = slices.Clone(ask.Absent)
		j.Ask = &ask
	}
	return j
}

func read(r io.Reader, parse func([]byte) (Job, error)) iter.Seq2[Job, error] {
	begin, used := int64(-1), false
	seeker, seeks := r.(io.Seeker)
	return func(yield func(Job, error) bool) {
		if used {
			if begin < 0 {
				yield(Job{}, errors.New("batch: the input cannot be read a second time; pass a file"))
				return
			}
			if _, err := seeker.Seek(begin, io.SeekStart); err != nil {
				yield(Job{}, fmt.Errorf("batch: reading the input again: %w", err))
				return
			}
		}
		if seeks && !used {
			if at, err := seeker.Seek(0, io.SeekCurrent); err == nil {
				begin = at
			}
		}
		used = true
		lines(r, parse, yield)
	}
}

func lines(r io.Reader, parse func([]byte) (Job, error), yield func(Job, error) bool) {
	reader := bufio.NewReaderSize(r, 64<<10)
	for number := 1; ; number++ {
		line, err := readLine(reader)
		text := bytes.TrimSpace(line)
		switch {
		case errors.Is(err, errTooLong):
			if !yield(Job{Line: number}, &LineError{number, err}) {
				return
			}
		case len(text) > 0:
			job, bad := parse(text)
			job.Line = number
			if bad != nil {
				bad = &LineError{number, bad}
			}
			if !yield(job, bad) {
				return
			}
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil && !errors.Is(err, errTooLong) {
			yield(Job{}, fmt.Errorf("batch: reading line %d: %w", number, err))
			return
		}
	}
}

var errTooLong = fmt.Errorf("it is longer than %d bytes", MaxLine)

// readLine reads a line whole, or says that it is too long and skips it.
func readLine(r *bufio.Reader) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line) <= MaxLine {
			line = append(line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if len(line) > MaxLine && (err == nil || errors.Is(err, io.EOF)) {
			return nil, errors.Join(errTooLong, err)
		}
		return line, err
	}
}

// plain says an error of JSON in the words of the input.
func plain(err error) error {
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("%s: it is a %s, and must be a %s", kind.Field, kind.Value, kind.Type)
	case errors.As(err, &kind):
		return fmt.Errorf("it is a %s, and must be a JSON object", kind.Value)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it is no JSON: it ends too soon")
	}
	return fmt.Errorf("it is no JSON: %w", err)
}
