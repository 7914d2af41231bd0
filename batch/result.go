package batch

import (
	"encoding/json"
	"time"
)

// An Outcome is what is known of a job at the end.
type Outcome string

// The outcomes. Done means that WeChat Pay has taken the request; whether the money has arrived
// is in the reply, such as the status of a refund.
const (
	Done    Outcome = "done"    // by a verified reply of its own, or a verified answer to the query
	Refused Outcome = "refused" // by a signed error, and no earlier send has taken effect
	Unknown Outcome = "unknown" // it may have taken effect, and there is no query for it
	Stuck   Outcome = "stuck"   // asked and sent as often as the Config allows, or the answers contradict the job
	Invalid Outcome = "invalid" // nothing was sent: the line or the job is wrong

	doubted Outcome = "doubted" // in the store alone: an earlier run left it unfinished
)

// Outcomes are all of them.
func Outcomes() []Outcome { return []Outcome{Done, Refused, Unknown, Stuck, Invalid} }

// A Result is the end of a job. As JSON, it is a line of a run's report.
type Result struct {
	Line    int     `json:"line,omitzero"`
	Number  string  `json:"number,omitzero"` // the business number
	Method  string  `json:"method,omitzero"`
	Path    string  `json:"path,omitzero"`
	Outcome Outcome `json:"outcome"`

	Verified  bool   `json:"verified"`          // WeChat Pay signed what the Outcome rests on
	ByQuery   bool   `json:"by_query,omitzero"` // it rests on the answer to the query
	Status    int    `json:"status,omitzero"`   // of the reply
	Code      string `json:"code,omitzero"`     // of an error of WeChat Pay
	RequestID string `json:"request_id,omitzero"`

	Sends int    `json:"sends"`          // requests that may have reached WeChat Pay, of all runs
	Asks  int    `json:"asks,omitzero"`  // queries
	Error string `json:"error,omitzero"` // why it is not Done

	// Reply is the body of the reply that the Outcome rests on. A text that is no JSON is a string;
	// one of more than 256 KB is left out, and Error says so.
	Reply json.RawMessage `json:"reply,omitzero"`

	At      time.Time `json:"at,omitzero"`
	Resumed bool      `json:"resumed,omitzero"` // an earlier run finished it
}

// Final reports whether there is nothing left to find out.
func (r Result) Final() bool {
	return r.Outcome == Done || r.Outcome == Refused || r.Outcome == Invalid
}

func (t *task) result(outcome Outcome) *Result {
	return &Result{Line: t.Line, Number: t.Value, Method: t.Job.Method, Path: t.Job.Path, Outcome: outcome, At: time.Now().UTC().Truncate(time.Millisecond)}
}
