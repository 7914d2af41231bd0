package doctor

import (
	_ "embed" // the checklist
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

//go:embed checklist.jsonl
var checklistLines string

// An Item is one of WeChat Pay's go-live checklist, by the numbers of
// https://github.com/wechatpay-apiv3/wechatpay-skills (2026-04).
type Item struct {
	Number  int      `json:"item"`
	Product string   `json:"product"`           // such as "keys", "pay" and "payscore"
	Level   string   `json:"level"`             // fatal, must, recommended or optional
	Checks  []string `json:"checks,omitempty"`  // those of doctor that see it
	Library bool     `json:"library,omitempty"` // the library does it by itself
	Text    string   `json:"text"`
	Chinese string   `json:"text_zh"`

	// Rest is what is left for a person of an item that doctor sees in part.
	Rest        string `json:"rest,omitempty"`
	RestChinese string `json:"rest_zh,omitempty"`
}

// ForAPerson is what neither doctor nor the library sees of the item, in both languages; "" for nothing.
func (i Item) ForAPerson() (english, chinese string) {
	if len(i.Checks) == 0 && !i.Library {
		return i.Text, i.Chinese
	}
	return i.Rest, i.RestChinese
}

// checklist is all items, in their order.
var checklist = sync.OnceValue(func() (items []Item) {
	for line := range strings.Lines(checklistLines) {
		var item Item
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.DisallowUnknownFields() // a misspelled key would be lost
		if err := decoder.Decode(&item); err != nil {
			panic(fmt.Sprintf("checklist.jsonl, line %d: %v", len(items)+1, err)) // a test reads them
		}
		items = append(items, item)
	}
	return items
})

// A Task is an item for a person, in the language of the report.
type Task struct {
	Item  int    `json:"item"`
	Level string `json:"level"`
	Text  string `json:"text"`
}

// tasks are what no program sees.
func (p *patient) tasks() (all []Task) {
	for _, item := range checklist() {
		if english, chinese := item.ForAPerson(); english != "" {
			all = append(all, Task{item.Number, p.level(item.Level), p.T(english, chinese)})
		}
	}
	return all
}

// level is the level of an item, for a person.
func (p *patient) level(level string) string {
	return p.T(level, map[string]string{"fatal": "致命", "must": "必须", "recommended": "建议", "optional": "可选"}[level])
}
