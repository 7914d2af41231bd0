package main

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// special are the words that golint writes otherwise than with one capital, and
// WeChat's own compounds with them.
var special = map[string]string{
	"api": "API", "http": "HTTP", "id": "ID", "ids": "IDs", "ip": "IP", "url": "URL",
	"appid": "AppID", "appids": "AppIDs", "brandid": "BrandID", "corpid": "CorpID", "mchid": "MchID", "openid": "OpenID",
	"orderid": "OrderID", "unionid": "UnionID", "userid": "UserID", "wxid": "WxID",
}

// goName is the one naming rule: a name is cut into words at everything that is
// neither letter nor digit, and before a capital that follows a small letter; each
// word gets a capital, but for those in special. out-trade-no and out_trade_no are
// OutTradeNo, payAuthNo is PayAuthNo, sub_mchid is SubMchID. Names in capitals, such
// as those of events, are to be lowered before.
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
