package batch

// The names of steps, in the order of a job's life.
const (
	StepClaim  = "claim"  // "sending" is written, before a byte leaves
	StepSend   = "send"   // the call
	StepAsk    = "ask"    // the query
	StepRecord = "record" // what became of it is written
	StepReport = "report" // the result goes from the worker to the run
	StepKeep   = "keep"   // results are written to the ledger, many at a time
	StepRetire = "retire" // a generation of finished numbers leaves the key-value store
)

// A Step is one thing that a worker or a run does. StepKeep and StepRetire are of no job.
type Step struct {
	Name   string
	Worker string
	Line   int
	Number string // the business number
	Method string
	Path   string
	Send   int // which send of the number this is, from 1; 0 before the first
}

func (t *task) step(name, worker string, send int) Step {
	return Step{Name: name, Worker: worker, Line: t.Line, Number: t.Value, Method: t.Job.Method, Path: t.Job.Path, Send: send}
}
