package batch

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// The ledger holds the results of all runs of a store, in the order in which they came, many in a
// message: a line each, "key digest sent-by {result}". What is written later counts.
type ledger struct {
	store *Store
	index map[[16]byte]place
	last  uint64 // the message before the next one; of a run's

	lines   bytes.Buffer // not written yet
	held    int          // results in lines
	since   time.Time    // of the first
	pending []func()     // what to do once they are written

	cache map[uint64][][]byte // messages that were read lately, as lines
	order []uint64            // their age
}

// A place is where the last result of a number is, and where the number was read in this run. It
// is all that a run has in memory of a number that is not in work.
type place struct {
	at   uint64 // the message, and the line in it in the low 16 bits; 0 if there is no result
	line uint32 // of the input; 0 if this run has not read it
}

const (
	beginning  = "begin " // of a run: a message that has no lines
	keyLength  = 22       // 16 bytes in base64
	maxHeld    = 256
	maxSegment = 512 << 10
)

// A kept is a line of the ledger.
type kept struct {
	hash   string
	sentBy int64
	result Result
}

func newLedger(s *Store) *ledger {
	return &ledger{store: s, index: map[[16]byte]place{}, cache: map[uint64][][]byte{}}
}

// begin makes this run the only one that can write the ledger: each message names the one before
// it, so that one that was stopped, and has lost its lease, can add nothing.
func (l *ledger) begin(ctx context.Context) error {
	info, err := l.store.rooms.results.Info(ctx)
	if err != nil {
		return failed("reading the ledger", err)
	}
	l.last = info.State.LastSeq
	return l.publish(ctx, []byte(beginning+rand.Text()))
}

// publish writes a message behind the last one, and fails with ErrBusy if another run has written.
func (l *ledger) publish(ctx context.Context, data []byte) error {
	err := persist(ctx, func(ctx context.Context) error {
		_, err := l.store.js.Publish(ctx, l.store.resultSubject(), data, jetstream.WithExpectLastSequence(l.last))
		if !errors.Is(err, jetstream.ErrKeyExists) { // the code of another last sequence
			return err
		}
		found, err := l.store.rooms.results.GetMsg(ctx, l.last+1)
		if err == nil && bytes.Equal(found.Data, data) { // it was written although an error told otherwise
			return nil
		}
		return errors.Join(err, ErrBusy)
	})
	switch {
	case errors.Is(err, ErrBusy):
		return fmt.Errorf("batch: writing the ledger: %w", err)
	case err != nil:
		return failed("writing the ledger", err)
	}
	l.last++
	return nil
}

// load reads where all results are.
func (l *ledger) load(ctx context.Context) error {
	return l.each(ctx, func(seq uint64, lines [][]byte) error {
		for i, line := range lines {
			id, err := keyOf(line)
			if err != nil {
				return err
			}
			l.index[id] = place{at: seq<<16 | uint64(i)}
		}
		return nil
	})
}

// each goes through the messages.
func (l *ledger) each(ctx context.Context, do func(seq uint64, lines [][]byte) error) error {
	info, err := l.store.rooms.results.Info(ctx)
	if err != nil {
		return failed("reading the ledger", err)
	}
	for seq := max(info.State.FirstSeq, 1); seq <= info.State.LastSeq; seq++ {
		lines, err := l.read(ctx, seq)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return failed("reading the ledger", err)
		}
		if err := do(seq, lines); err != nil {
			return failed("reading the ledger", err)
		}
	}
	return nil
}

func (l *ledger) read(ctx context.Context, seq uint64) (lines [][]byte, err error) {
	var found *jetstream.RawStreamMsg
	err = persist(ctx, func(ctx context.Context) (err error) {
		found, err = l.store.rooms.results.GetMsg(ctx, seq)
		return err
	})
	if err != nil || bytes.HasPrefix(found.Data, []byte(beginning)) {
		return nil, err
	}
	return bytes.Split(bytes.TrimSuffix(found.Data, []byte("\n")), []byte("\n")), nil
}

func keyOf(line []byte) (id [16]byte, err error) {
	if len(line) < keyLength {
		return id, errors.New("a line is too short")
	}
	_, err = base64.RawURLEncoding.Decode(id[:], line[:keyLength])
	return id, err
}

// get reads the result at a place.
func (l *ledger) get(ctx context.Context, at uint64) (k kept, err error) {
	seq, i := at>>16, int(at&0xffff)
	lines, cached := l.cache[seq]
	if !cached {
		if lines, err = l.read(ctx, seq); err != nil {
			return k, failed("reading the ledger", err)
		}
		if len(l.order) == 32 {
			delete(l.cache, l.order[0])
			l.order = l.order[1:]
		}
		l.cache[seq], l.order = lines, append(l.order, seq)
	}
	if i >= len(lines) {
		return k, failed("reading the ledger", errors.New("a line is missing"))
	}
	k, err = parseKept(lines[i])
	if err != nil {
		return k, failed("reading the ledger", err)
	}
	return k, nil
}

func parseKept(line []byte) (k kept, err error) {
	parts := bytes.SplitN(line, []byte(" "), 4)
	if len(parts) != 4 {
		return k, errors.New("a line is broken")
	}
	k.hash = string(parts[1])
	if err := json.Unmarshal(parts[2], &k.sentBy); err != nil {
		return k, err
	}
	return k, json.Unmarshal(parts[3], &k.result)
}

// add holds a result, to be written with others. then is called once it is.
func (l *ledger) add(ctx context.Context, key, hash string, sentBy int64, r Result, then func()) error {
	r.Line, r.Resumed = 0, false // of a run, not of the number
	data, err := json.Marshal(r)
	if err != nil {
		return failed("writing the ledger", err)
	}
	if l.held == maxHeld || l.held > 0 && l.lines.Len()+len(data) > maxSegment {
		if err := l.flush(ctx); err != nil {
			return err
		}
	}
	if l.held == 0 {
		l.since = time.Now()
	}
	l.lines.WriteString(key + " " + hash + " ")
	sent, _ := json.Marshal(sentBy)
	l.lines.Write(sent)
	l.lines.WriteByte(' ')
	l.lines.Write(data)
	l.lines.WriteByte('\n')
	l.held++
	if then != nil {
		l.pending = append(l.pending, then)
	}
	return nil
}

// flush writes what is held.
func (l *ledger) flush(ctx context.Context) error {
	if l.held == 0 {
		return nil
	}
	if err := l.publish(ctx, l.lines.Bytes()); err != nil {
		return err
	}
	for _, then := range l.pending {
		then()
	}
	l.pending, l.held = l.pending[:0], 0
	l.lines.Reset()
	return nil
}
