// Package complaint plays the complaints of payers (消费者投诉): what payers complain about and
// answer, what merchants reply, complete and refund, and the webhooks. It knows nothing of HTTP
// and of signatures. Replies have telephone numbers in the clear: whoever sends them encrypts.
//
// The deprecated endpoints of the first version are not played. Where the pages name no status
// and code of a refusal, it is 400 INVALID_REQUEST, and 404 RESOURCE_NOT_EXISTS for what does
// not exist or is another's.
package complaint

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A Book holds the complaints about all callers. Its fields are set before its first use; its
// methods are safe for concurrent use.
type Book struct {
	// Limit is how many complaints are kept, 1,000,000 where it is 0. The oldest that are
	// processed are dropped first.
	Limit int
	// ImageLimit is how many bytes of images are kept, 64 MiB where it is 0. The oldest are
	// dropped first.
	ImageLimit int
	// Base is what the addresses of images begin with; https://api.mch.weixin.qq.com where it is "".
	Base string

	mu    sync.Mutex
	state state
	days  map[string][]*complaint // of a caller and a day, oldest first
	open  map[string]*complaint   // of a caller and a transaction_id: the latest
	bytes int                     // of the images
}

// A state is all that a Book knows, as it is saved.
type state struct {
	Seq        int64                `json:"seq"`    // of the last id that was given
	Notify     map[string]string    `json:"notify"` // of a caller
	Complaints kit.Shelf[complaint] `json:"complaints"`
	Images     map[string][]byte    `json:"images"`
	Uploads    []string             `json:"uploads"` // the keys of Images, oldest first
}

// New returns an empty Book.
func New() *Book {
	b := &Book{}
	b.index()
	return b
}

// Handlers returns the handlers of all endpoints but those of images, by their method and path.
func (b *Book) Handlers() map[string]play.Handler {
	const (
		list    = "/v3/merchant-service/complaints-v2"
		one     = list + "/{complaint_id}"
		address = "/v3/merchant-service/complaint-notifications"
	)
	return kit.Handlers(&b.mu, map[string]kit.Part{
		"GET " + list:                                 b.list,
		"GET " + one:                                  b.get,
		"GET " + one + "/negotiation-historys":        b.history,
		"POST " + one + "/response":                   b.respond,
		"POST " + one + "/response-immediate-service": b.respondAtOnce,
		"POST " + one + "/complete":                   b.complete,
		"POST " + one + "/update-refund-progress":     b.decide,
		"POST " + address:                             b.setAddress,
		"PUT " + address:                              b.changeAddress,
		"GET " + address:                              b.address,
		"DELETE " + address:                           b.deleteAddress,
	})
}

// Save returns all that the Book knows as JSON, for [Book.Load]. Its fields are not part.
func (b *Book) Save() ([]byte, error) { return kit.Save(&b.mu, "complaint", &b.state) }

// Load replaces all that the Book knows by what Save returned. After an error the Book is as
// it was.
func (b *Book) Load(data []byte) error {
	s, err := kit.Load("complaint", data, func(s *state) error {
		if len(s.Images) != len(s.Uploads) {
			return errors.New("the uploads are not those of the images")
		}
		return s.Complaints.Whole()
	})
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state = *s
	b.index()
	return nil
}

// index makes anew what is found by other keys.
func (b *Book) index() {
	b.days, b.open, b.bytes = map[string][]*complaint{}, map[string]*complaint{}, 0
	kit.Made(&b.state.Notify)
	kit.Made(&b.state.Images)
	for _, image := range b.state.Images {
		b.bytes += len(image)
	}
	all := make([]*complaint, 0, len(b.state.Complaints.Items))
	for _, c := range b.state.Complaints.Items {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *complaint) int { return int(a.Seq - b.Seq) })
	for _, c := range all {
		b.remember(c)
	}
}

func (b *Book) remember(c *complaint) {
	b.days[c.day()] = append(b.days[c.day()], c)
	b.open[c.order()] = c
}

func (b *Book) forget(c *complaint) {
	others := b.days[c.day()]
	if others[0] == c { // as a rule: the oldest is dropped
		others[0], others = nil, others[1:]
	} else {
		others = slices.DeleteFunc(others, func(other *complaint) bool { return other == c })
	}
	if b.days[c.day()] = others; len(others) == 0 {
		delete(b.days, c.day())
	}
	if b.open[c.order()] == c {
		delete(b.open, c.order())
	}
}

func (c *complaint) day() string   { return c.Caller + "/" + kit.Day(c.Time) }
func (c *complaint) order() string { return c.Caller + "/" + c.Case.TransactionID }

func (b *Book) next() int64 {
	b.state.Seq++
	return b.state.Seq
}

// between returns the days of a caller from one to another, both included.
func between(caller string, begin, end time.Time) (keys []string) {
	for day := begin; !day.After(end); day = day.AddDate(0, 0, 1) {
		keys = append(keys, caller+"/"+kit.Day(day))
	}
	return keys
}
