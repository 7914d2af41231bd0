package endpoint

import (
	"strings"
	"time"
)

// An Answer says how a webhook is answered.
type Answer struct {
	Within time.Duration // WeChat Pay gives up after it
	Query  bool          // WeChat Pay asks for data of the merchant, each time that it sends the event
	Signed bool          // the answer has an Authorization header
}

// AnswerTo returns how the event of a type is answered.
func AnswerTo(eventType string) Answer {
	for _, a := range answers {
		if strings.HasPrefix(eventType, a.events) {
			return a.Answer
		}
	}
	return Answer{Within: 5 * time.Second}
}

// An answer is that of all events whose types begin so.
type answer struct {
	events string
	Answer
}
