package notify

import (
	"errors"

	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
)

// These errors say what is wrong with a webhook or its reply. The sentinels of
// [signer.Check] come on top of them: [signer.ErrMissingHeader], [signer.ErrClock],
// [signer.ErrUnknownKey], [signer.ErrSignature] and [signer.ErrExpired] say that the
// webhook was not verified, and [signer.ErrProbe] that WeChat Pay sent a wrong signature
// on purpose. [cipher.ErrDecrypt] and [cipher.ErrNonce] are about the resource.
var (
	// ErrNoBody: the body is missing or empty.
	ErrNoBody = errors.New("no body")
	// ErrTooLarge: the body is larger than Config.MaxBody. It was not verified.
	ErrTooLarge = errors.New("body too large")
	// ErrNotJSON: the body was verified, and it is not a JSON object.
	ErrNotJSON = errors.New("body is not a JSON object")
	// ErrXML: the body of a notification of APIv2, what is encrypted in it, or the body of a
	// Reply to it, is not XML as APIv2 has it: without a document type or an element twice.
	ErrXML = errors.New("not the XML of APIv2")
	// ErrMchID: a notification of APIv2 is for another merchant than Config.MchID.
	ErrMchID = errors.New("the notification is for another merchant")
	// ErrResource: the resource, or a part of it, is missing.
	ErrResource = errors.New("incomplete resource")
	// ErrAPIv3Key: the body was verified, and Config.APIv3Key does not decrypt its resource.
	// It is another merchant's key, or was replaced in the merchant console.
	ErrAPIv3Key = errors.New("WeChat Pay's signature is good, but the APIv3 key is not the one of this merchant; set the one that the merchant console has now")
	// ErrAlgorithm: the resource is not encrypted with AEAD_AES_256_GCM.
	ErrAlgorithm = errors.New("unknown algorithm")
	// ErrUnrouted: the Handler has neither a route nor a fallback for the event.
	ErrUnrouted = errors.New("no route for the event; add it to HandlerConfig.Routes, or set HandlerConfig.Fallback")
	// ErrStatus: the Reply of a function has a status other than 200, 204 and 400 to 599.
	ErrStatus = errors.New("invalid reply status")
)

// errReading: the body could not be read.
var errReading = errors.New("reading the body")

// A DecodeError lists the values of a resource that their Go fields cannot hold without
// loss, by their paths, such as "amount.total". All other fields are filled.
// [Event.Decode], [Decode] and [Typed] return it; read it with [errors.As].
type DecodeError = jsonx.DecodeError
