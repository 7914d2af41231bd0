package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/oneline"
)

// A Status is what came of a check.
type Status string

// The statuses. A warning is to be looked at, though calls work. Only what failed counts.
const (
	OK         Status = "ok"
	Failed     Status = "failed"
	Warning    Status = "warning"
	NotChecked Status = "not_checked"
)

// A Finding is one line of the report.
type Finding struct {
	Check  string `json:"check"` // a stable name, such as "serial"
	Status Status `json:"status"`
	Seen   string `json:"seen"`          // what was seen, or why it was not checked
	Fix    string `json:"fix,omitempty"` // what to do about it
}

// A Report is all that was found, in the order of the checks.
type Report struct {
	OK       bool      `json:"ok"`
	Findings []Finding `json:"findings"`
	// ForAPerson is what of the go-live checklist no program sees.
	ForAPerson []Task `json:"for_a_person,omitempty"`
}

func (r *Report) add(f Finding) { r.Findings = append(r.Findings, f) }

// failed counts the checks that failed.
func (r *Report) failed() (n int) {
	for _, f := range r.Findings {
		if f.Status == Failed {
			n++
		}
	}
	return n
}

// of returns the status of a check, NotChecked if it was not made.
func (r *Report) of(check string) Status {
	for _, f := range r.Findings {
		if f.Check == check {
			return f.Status
		}
	}
	return NotChecked
}

var marks = map[Status]string{OK: "✓", Failed: "✗", Warning: "!", NotChecked: "–"}

// text writes a line for each finding and each task.
func (r *Report) text(w io.Writer) error {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s: %s", marks[f.Status], f.Check, oneline.Of(f.Seen))
		if f.Fix != "" {
			fmt.Fprintf(&b, " → %s", oneline.Of(f.Fix))
		}
		b.WriteByte('\n')
	}
	for _, task := range r.ForAPerson {
		fmt.Fprintf(&b, "☐ %d %s: %s\n", task.Item, task.Level, task.Text)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) json() ([]byte, error) {
	r.OK = r.failed() == 0
	return json.Marshal(r)
}
