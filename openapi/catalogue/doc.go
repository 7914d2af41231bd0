// Package catalogue is what is known of WeChat Pay's endpoints, as data: 1,018 of
// API v3, 30 of the brand API and 129 of API v2. Package openapi looks things up in it,
// and the generated code of this module is made from it.
//
//	for _, e := range catalogue.All() {
//		fmt.Println(e.Method, e.Path, e.Title)
//	}
//
// # Contracts
//
//   - It imports nothing of this module, and does no I/O: the data are in the program.
//   - Its functions are safe for concurrent use. Their lists are shared, and not to be changed.
//
// # The data
//
// The files v3.jsonl, brand.jsonl and v2.jsonl hold one endpoint a line, a JSON object with the keys of
// [Endpoint]. Fields are written as a list, separated by spaces, in this notation:
//
//	name            a string that may be left out
//	name!           it is required
//	name:integer    integer, number, boolean, object, or a list: string[]
//	name{a b}       an object, with its fields
//	name[]{a b}     a list of objects
//	name@{a b}      a string that holds the JSON text of an object, with its fields
//	name[]@{a b}    a string that holds the JSON text of a list of objects
//	name:string[]@  a string that holds the JSON text of a list of strings
//	name=A|B        the values that it can have
//	name~           encrypted, to the platform's key in a request, to the merchant's in a reply
//
// Signs come in this order: amount!:integer, type!=A|B, name!~, list![]{id!}, text![]@{id!}. A
// space in a name or value is written %20.
//
// The official pages give the elements of a list in a string a name, such as receiver in
// receivers; it does not stand in the JSON, which is [{"type":…},{"type":…}].
//
// The file queries.jsonl has a [Query] a line: which endpoint tells whether a request that moves
// money took effect.
//
// The fields of the brand API, of which there is no public documentation, are those of the
// official sample programs (wechatpay-skills, April 2026). What is required, and the titles,
// are those of the same endpoint for partners, /v3/marketing/partner/product-coupon.
package catalogue
