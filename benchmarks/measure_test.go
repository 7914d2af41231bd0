package main

import (
	"bytes"
	"io"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestARound gives each client a short turn, and reads the tables as a reader would.
func TestARound(t *testing.T) {
	p := plan{inFlight: []int{1, 4}, rounds: 2, turn: 20 * time.Millisecond, checked: 1, php: "php", progress: io.Discard}
	found, err := p.measure(t.Context())
	require.NoError(t, err)
	t.Log(found.Machine())
	text := found.document()
	tables := parse(t, text)
	assert.Equal(t, tables, parse(t, found.tables()), "what is printed is what is written")
	require.Len(t, tables[0], len(entries)-len(found.missing))
	require.Len(t, tables[1], len(tables[0])-1, "all but accel, to compare with")
	require.Len(t, tables[2], 5)
}

// TestDocument: BENCHMARKS.md is what this program writes, of the clients and loads that it has.
func TestDocument(t *testing.T) {
	data, err := os.ReadFile("../BENCHMARKS.md")
	require.NoError(t, err)
	text := string(data)
	for _, part := range regexp.MustCompile(`{{.*?}}`).Split(document, -1) {
		require.Contains(t, text, part, "run go run ./benchmarks -write BENCHMARKS.md")
	}
	names := mapped(entries, func(e entry) string { return e.name })
	for _, cells := range parse(t, text)[0] {
		assert.Contains(t, names, cells[0])
	}
	assert.Contains(t, text, "1,024 in flight")
}

// parse returns the rows of the three tables, and fails if a cell is not the number that it is
// to be.
func parse(t *testing.T, text string) (tables [3][][]string) {
	t.Helper()
	blocks := regexp.MustCompile(`(?m)(?:^\|.*\|\n)+`).FindAllString(text, -1)
	require.Len(t, blocks, len(tables))
	numbersFrom := [...]int{2, 1, 1} // in the first table, the version is second
	for i, block := range blocks {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		columns := strings.Count(lines[0], "|")
		require.Equal(t, columns, strings.Count(lines[1], "|"))
		for _, line := range lines[2:] {
			cells := strings.Split(strings.Trim(line, "|"), "|")
			require.Len(t, cells, columns-1, line)
			for j, cell := range cells {
				cells[j] = strings.TrimSpace(cell)
				if j >= numbersFrom[i] && cells[j] != "not known" {
					number, _, _ := strings.Cut(strings.ReplaceAll(cells[j], ",", ""), " ")
					value, err := strconv.ParseFloat(number, 64)
					require.NoError(t, err, line)
					require.Positive(t, value, line)
				}
			}
			tables[i] = append(tables[i], cells)
		}
	}
	return tables
}

// TestWhoChecks: each client signs with its own key, and refuses a reply by another key than
// WeChat Pay's. Otherwise it would do less work than the others.
func TestWhoChecks(t *testing.T) {
	known, err := newAccount()
	require.NoError(t, err)
	other, err := newAccount()
	require.NoError(t, err)
	for _, tc := range []struct {
		name   string
		server account
		works  bool
	}{
		{"the same keys", known, true},
		{"a server that knows another merchant", account{other.merchant, known.wechat}, false},
		{"a server that signs by another key", account{known.merchant, other.wechat}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ofServer, ofClient := t.TempDir(), t.TempDir()
			require.NoError(t, tc.server.save(ofServer))
			require.NoError(t, known.save(ofClient))
			handler, err := newServer(ofServer, 1)
			require.NoError(t, err)
			server := httptest.NewServer(handler)
			defer server.Close()
			all, missing, err := open(t.Context(), setting{known, ofClient, server.URL, "php"})
			require.NoError(t, err)
			t.Log(missing)
			for _, c := range all {
				done, err := c.peer.turn(t.Context(), 1, time.Millisecond)
				c.peer.close()
				if tc.works {
					require.NoError(t, err, c.name)
					assert.Positive(t, done.calls, c.name)
				} else {
					assert.Error(t, err, c.name)
				}
			}
		})
	}
}

// TestServerRefuses what is not the order of the benchmark, or is not signed.
func TestServerRefuses(t *testing.T) {
	folder := t.TempDir()
	a, err := newAccount()
	require.NoError(t, err)
	require.NoError(t, a.save(folder))
	s, err := newServer(folder, 1)
	require.NoError(t, err)
	const whole = `{"appid":"wxd678efh567hg6787","mchid":"1900000109","description":"Image形象店-深圳腾大-QQ公仔","out_trade_no":"1",` +
		`"notify_url":"https://www.weixin.qq.com/wxpay/pay.php","amount":{"total":100,"currency":"CNY"},"payer":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}`
	for _, tc := range []struct{ name, path, body, want string }{
		{"another path", "/v3/pay/transactions/app", whole, "the request is a POST /v3/pay/transactions/app"},
		{"another amount", "/" + orderPath, strings.Replace(whole, "100", "1", 1), "the order is another one"},
		{"a field more", "/" + orderPath, strings.Replace(whole, "{", `{"attach":"",`, 1), `unknown field \"attach\"`},
		{"no signature", "/" + orderPath, whole, "malformed Authorization header"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest("POST", tc.path, strings.NewReader(tc.body)))
			assert.Equal(t, 401, w.Code)
			assert.Contains(t, w.Body.String(), tc.want)
		})
	}
}

func TestRunRefuses(t *testing.T) {
	for _, tc := range []struct {
		name string
		args []string
		want string
	}{
		{"no rounds", []string{"-rounds", "0"}, "-rounds and -turn must be above 0"},
		{"no time", []string{"-turn", "0"}, "-rounds and -turn must be above 0"},
		{"no calls", []string{"-c", "16,0"}, `"0" is not a number of calls`},
		{"a word", []string{"BENCHMARKS.md"}, `unknown argument "BENCHMARKS.md"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			assert.ErrorContains(t, run(t.Context(), tc.args, nil, new(bytes.Buffer), io.Discard), tc.want)
		})
	}
}
