package jsonx

import "time"

// china is the zone of the times that WeChat Pay writes.
var china = time.FixedZone("", 8*60*60)

// Time is a time as WeChat Pay writes it, to the second: 2018-06-08T10:34:56+08:00.
func Time(t time.Time) string { return wireTime(t).Format(time.RFC3339) }

func wireTime(t time.Time) time.Time { return t.Truncate(time.Second).In(china) }
