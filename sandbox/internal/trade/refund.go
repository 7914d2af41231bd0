package trade

import "time"

// The values of status.
const (
	processing = "PROCESSING"
	succeeded  = "SUCCESS"
	abnormal   = "ABNORMAL"
)

// A refund is money that goes back to the payer of an order.
type refund struct {
	Owner  string    `json:"owner"`
	Number string    `json:"number"`
	ID     string    `json:"id"`
	Order  string    `json:"order"` // the key
	State  string    `json:"state"`
	Made   time.Time `json:"made"`
}

func (t *turn) giveBack(*order) error { return nil }
