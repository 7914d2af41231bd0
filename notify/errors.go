package notify

import "errors"

// What can be wrong with a webhook, besides what [signer.Check] finds: its sentinels
// ([signer.ErrMissingHeader], [signer.ErrClock], [signer.ErrUnknownKey],
// [signer.ErrSignature], [signer.ErrExpired]) say that it was not verified, and
// [signer.ErrProbe] besides that WeChat Pay sent a wrong signature on purpose.
// [cipher.ErrDecrypt] and [cipher.ErrNonce] are about its resource.
var (
	// ErrNoBody: the body is missing or empty.
	ErrNoBody = errors.New("no body")
	// ErrTooLarge: the body is larger than Config.MaxBody. It was not verified.
	ErrTooLarge = errors.New("body too large")
	// ErrNotJSON: what was signed is no JSON object.
	ErrNotJSON = errors.New("body is no JSON object")
	// ErrResource: the resource, or a part of it, is missing.
	ErrResource = errors.New("incomplete resource")
	// ErrAlgorithm: the resource is encrypted otherwise than by AEAD_AES_256_GCM.
	ErrAlgorithm = errors.New("unknown algorithm")
	// ErrUnrouted: the Handler has no route and no fallback for the event.
	ErrUnrouted = errors.New("no route for the event")
	// ErrStatus: a function's Reply has a status that is none of an answer.
	ErrStatus = errors.New("no status to answer with")
)
