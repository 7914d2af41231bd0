//go:build !race

package wechatpay_test

const raced = false
