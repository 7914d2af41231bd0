package main

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// special are the initialisms of golint, and WeChat Pay's compounds with them.
var special = map[string]string{
	"api": "API", "http": "HTTP", "id": "ID", "ids": "IDs", "ip": "IP", "url": "URL",
	"agentid": "AgentID", "appid": "AppID", "appids": "AppIDs", "brandid": "BrandID", "corpid": "CorpID", "mchid": "MchID", "msgappid": "MsgAppID", "openid": "OpenID",
	"orderid": "OrderID", "unionid": "UnionID", "userid": "UserID", "wxappid": "WxAppID", "wxid": "WxID",
}

// goName returns the Go name of a wire name. Words end at every character that is neither
// a letter nor a digit, and before an upper-case letter that follows a lower-case one. Each
// word is capitalized, or replaced by its form in special: out-trade-no and out_trade_no
// are OutTradeNo, payAuthNo is PayAuthNo, sub_mchid is SubMchID. The caller lowers names
// that are all in upper case, such as event types.
func goName(name string) string {
	var b strings.Builder
	for _, word := range words(name) {
		b.WriteString(goWord(word))
	}
	return b.String()
}

func goWord(word string) string {
	if s, ok := special[strings.ToLower(word)]; ok {
		return s
	}
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(first)) + word[size:]
}

func words(name string) []string {
	var list []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			list = append(list, word.String())
			word.Reset()
		}
	}
	var before rune
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			end()
			continue
		}
		if unicode.IsUpper(c) && unicode.IsLower(before) {
			end()
		}
		word.WriteRune(c)
		before = c
	}
	end()
	return list
}
