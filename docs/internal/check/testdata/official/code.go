// Package code is described at https://pay.weixin.qq.com/doc/v3/merchant/2.
package code
