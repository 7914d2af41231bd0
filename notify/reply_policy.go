package notify

import (
	"strings"
	"time"
)

// A replyPolicy says how an event is answered.
type replyPolicy struct {
	prefix string // of the event type
	within time.Duration
	query  bool // WeChat Pay queries data with the event, each time that it sends it
	signed bool // the answer has an Authorization header
}

// queryEvents are the events with which WeChat Pay queries data of the merchant.
var queryEvents = []replyPolicy{
	{prefix: "CROSS_BORDER_PAY.", within: 3 * time.Second, query: true, signed: true},
	{prefix: "ENTRUST.TERMINATE_RETENTION", within: time.Second, query: true},
	{prefix: "PARKING_FEE.QUERY_TRANS_INFO", within: 3 * time.Second, query: true},
}

// defaultPolicy applies to all other events.
var defaultPolicy = replyPolicy{within: 5 * time.Second}

func policyOf(eventType string) replyPolicy {
	for _, policy := range queryEvents {
		if strings.HasPrefix(eventType, policy.prefix) {
			return policy
		}
	}
	return defaultPolicy
}

// timeout leaves a tenth of the time for the answer to reach WeChat Pay.
func (p replyPolicy) timeout() time.Duration { return p.within - p.within/10 }
