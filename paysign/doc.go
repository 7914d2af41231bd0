// Package paysign signs the parameters that open a payment, or another page of WeChat
// Pay, on the payer's device. It sends nothing: the server passes the parameters to its
// front end. The JSON of the result types has the names that the front end takes.
//
// The smallest program, for a web page inside WeChat or a mini program:
//
//	s, err := signer.New(key)
//	if err != nil {
//		return err
//	}
//	params, err := paysign.JSAPI(ctx, s, paysign.JSAPIOrder{AppID: appid, PrepayID: prepayID})
//	if err != nil {
//		return err
//	}
//	return json.NewEncoder(w).Encode(params)
//
// # Which function
//
//   - [JSAPI]: web pages inside WeChat and mini programs, also for combined orders.
//   - [App]: mobile apps, also for combined orders.
//   - [JSAPIV2] and [AppV2]: the same for orders of APIv2, whose mweb_url [H5URL] takes too.
//   - [H5URL]: mobile browsers. Nothing is signed.
//   - [ScoreUse], [ScoreDetail] and [ScoreEnable]: the pages of the payment score.
//   - [Coupons] and [CouponURL]: the offer and the page of coupons.
//   - [RedPacket]: the page of a red packet in a mini program.
//   - [HMAC]: other parameters that the APIv2 key signs; [signer.Digest] does so with MD5.
//
// A Native order needs none of them: show its code_url as a QR code, unchanged.
//
// # Which key
//
// JSAPI and App sign with the merchant's private key, through a [signer.Signer]. All others
// sign with the APIv2 key of the merchant platform, 32 bytes, which is not the APIv3 key.
//
// # Contracts
//
//   - All functions are safe for concurrent use; JSAPI and App if their Signer is.
//   - Parameters with a timestamp and a nonce are for one use: sign again for the next
//     attempt.
//   - Inputs are only read. Results share no memory with them.
//   - An error names the field that is wrong and contains no key.
package paysign
