package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLabelled(t *testing.T) {
	t.Parallel()
	common := map[string]string{"appid": "公众账号ID", "note": "备 注"}
	for _, row := range []struct{ name, fields, labels, want string }{
		{"its own", "appid!", "appid=应用ID", "appid=应用ID"},
		{"that of others", "appid! note", "", "appid=公众账号ID note=备%20注"},
		{"none", "other", "", ""},
		{"a label of no field", "appid", "appid=应用ID gone=没有", "appid=应用ID"},
		{"in an object without one", "amount{total!:integer}", "amount{total=总金额}", "amount{total=总金额}"},
		{"in a list", "goods!:object[]{id!} tags:string[]", "goods=商品{id=编号} tags=标签", "goods[]=商品{id=编号} tags[]=标签"},
		{"in a list in a text", "goods[]@{id!}", "goods=商品{id=编号}", "goods[]=商品@{id=编号}"},
		{"in a text", "meta@{sha256!}", "meta=元信息{sha256=摘要}", "meta=元信息@{sha256=摘要}"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, labelled(fields(t, row.fields), fields(t, row.labels), common))
		})
	}
}

// TestElsewhere: what the endpoint says in another place goes before what most say.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	common := map[string]string{"appid": "公众账号ID", "note": "备注"}
	own := label{JSON: fields(t, "appid=应用ID a{state=状态}"), Reply: fields(t, "appid=应用ID state=订单状态")}
	assert.Equal(t, map[string]string{"appid": "应用ID", "note": "备注"}, elsewhere(own, common))
	assert.Equal(t, "公众账号ID", common["appid"])
}

// TestSame: compressed files are the same if their texts are.
func TestSame(t *testing.T) {
	t.Parallel()
	a, err := zip([]byte("text"))
	require.NoError(t, err)
	other, err := zip([]byte("other"))
	require.NoError(t, err)
	stored := append([]byte{}, a...)
	stored[9] = 0 // the system that compressed it
	assert.True(t, same("x.gz", a, stored))
	assert.False(t, same("x.gz", a, other))
	assert.False(t, same("x.gz", a, nil))
	assert.False(t, same("x.go", a, stored))
}
