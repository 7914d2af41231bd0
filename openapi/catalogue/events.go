package catalogue

import (
	_ "embed" // the data
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

//go:embed events.jsonl
var eventLines string

// An Event is a type of notification, with the fields of its decrypted resource.
type Event struct {
	Type          string   `json:"event_type"` // such as TRANSACTION.SUCCESS
	Title         string   `json:"title"`
	OriginalTypes []string `json:"original_type"` // all that are documented; may be empty
	// Resource has the fields of all callers and products that share the type.
	Resource Fields `json:"resource"`
	// Like is the route of an endpoint, such as "GET /v3/…", whose reply has the form of the
	// resource and is documented better; mostly empty.
	Like string `json:"like"`
	// Values are those that the type decides, such as the state of what has ended.
	Values map[string]string `json:"values"`
}

var (
	eventsOnce sync.Once
	events     []Event
)

// Events are the types of notifications of v3 and of the brand API that are documented, in
// order. The data are read once, at the first call. The list is shared, and not to be changed.
func Events() []Event {
	eventsOnce.Do(func() {
		for line := range strings.Lines(eventLines) {
			var e Event
			decoder := json.NewDecoder(strings.NewReader(line))
			decoder.DisallowUnknownFields() // a misspelled key would be lost
			if err := decoder.Decode(&e); err != nil {
				panic(fmt.Sprintf("catalogue: events.jsonl, line %d: %v", len(events)+1, err)) // a test reads them
			}
			events = append(events, e)
		}
	})
	return events
}
