package vectors

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"testing"
)

//go:embed testdata/v2wire.jsonl
var v2wire []byte

// A V2Recording is a call of APIv2 by the PHP SDK, or a reply to one.
type V2Recording struct {
	ID      int    `json:"id"`
	Group   string `json:"group"`
	Name    string `json:"name"`
	Method  string `json:"method"`
	Path    string `json:"path"`
	Config  map[string]any
	Options json.RawMessage `json:"options"`
	// SignedString is what was signed, without the key. ServerView is "ok", or why a server
	// would refuse what arrived.
	SignedString any    `json:"signed_string"` // a string, but in the group upload
	ServerView   string `json:"server_view"`
	Sent         *struct {
		Method, Target, Body string
		BodyHex              string `json:"body_hex"`
		Headers              map[string]string
	} `json:"sent"`
	Passed      json.RawMessage `json:"passed"`
	OriginalURI string          `json:"original_uri"`

	Reply *struct {
		Status  string   `json:"status"`
		Headers []string `json:"headers"`
		Body    string   `json:"body"`
		Hex     string   `json:"body_hex"`
	} `json:"reply"`
	Accepted bool            `json:"accepted"`
	Parsed   json.RawMessage `json:"parsed"`

	// Of other groups.
	Data      any    `json:"data"`
	Sign      string `json:"sign"`
	SignField string `json:"sign_field"`
	ReqInfo   string `json:"req_info"`
	Plaintext string `json:"plaintext"`
	Error     any    `json:"error"`
	Body      string `json:"body"`
	XML       string `json:"xml"`
	Digest    string `json:"digest"`
	Secret    string `json:"agent_secret"`

	PublicKey  string `json:"public_key"`
	PrivateKey string `json:"throwaway_private_key"`
	Ciphertext string `json:"ciphertext"`
}

// V2APIKey is the APIv2 key of the recordings.
const V2APIKey = "exposed_your_key_here_have_risks"

// Content returns the body of the recorded reply.
func (r *V2Recording) Content(tb testing.TB) []byte {
	tb.Helper()
	if r.Reply.Hex == "" {
		return []byte(r.Reply.Body)
	}
	data, err := hex.DecodeString(r.Reply.Hex)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// LoadV2 parses the recordings of APIv2.
func LoadV2(tb testing.TB) []V2Recording {
	tb.Helper()
	var all []V2Recording
	for line := range bytes.Lines(v2wire) {
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.UseNumber()
		var r V2Recording
		if err := decoder.Decode(&r); err != nil {
			tb.Fatal(err)
		}
		all = append(all, r)
	}
	if len(all) != 648 {
		tb.Fatalf("v2wire.jsonl has %d recordings, not 648", len(all))
	}
	return all
}
