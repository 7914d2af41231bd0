package main

import (
	"context"
	"database/sql"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/wechatpay-chain/wechatpay/notify"
)

// A table remembers events in a database, so that all processes that share it handle
// each event once.
type table struct{ db *sql.DB }

var _ notify.Deduplicator = table{}

// lease is the time after which a claim is released, in case its process died.
const lease = time.Minute

func openTable(ctx context.Context, source string) (table, error) {
	db, err := sql.Open("sqlite", source)
	if err != nil {
		return table{}, err
	}
	db.SetMaxOpenConns(1) // SQLite writes one at a time
	_, err = db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS wechatpay_events (
		id TEXT PRIMARY KEY, handled INTEGER NOT NULL DEFAULT 0, claimed_until INTEGER NOT NULL)`)
	return table{db}, err
}

// Begin inserts the row, or takes over one whose lease has ended: in one statement, so
// that of two at once one alone succeeds.
func (t table) Begin(ctx context.Context, key string) (notify.Progress, error) {
	now := time.Now()
	result, err := t.db.ExecContext(ctx, `INSERT INTO wechatpay_events (id, claimed_until) VALUES (?, ?)
		ON CONFLICT (id) DO UPDATE SET claimed_until = excluded.claimed_until WHERE handled = 0 AND claimed_until < ?`,
		key, now.Add(lease).Unix(), now.Unix())
	if err != nil {
		return notify.InProgress, err
	}
	if claimed, err := result.RowsAffected(); err != nil || claimed > 0 {
		return notify.New, err
	}
	var handled bool
	if err := t.db.QueryRowContext(ctx, `SELECT handled FROM wechatpay_events WHERE id = ?`, key).Scan(&handled); err != nil {
		return notify.InProgress, err
	}
	if handled {
		return notify.Handled, nil
	}
	return notify.InProgress, nil
}

// End marks the row, or removes it. What is handled stays so, though a process whose
// lease had ended gives up afterwards.
func (t table) End(ctx context.Context, key string, handled bool) error {
	statement := `DELETE FROM wechatpay_events WHERE id = ? AND handled = 0`
	if handled {
		statement = `UPDATE wechatpay_events SET handled = 1 WHERE id = ?`
	}
	_, err := t.db.ExecContext(ctx, statement, key)
	return err
}
