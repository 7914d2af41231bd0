// Package interop proves that the clients of others work against our sandbox. It is a module of
// its own and holds tests alone, so that users of the library never see these SDKs.
//
//	go test ./...
//
// What differs from WeChat Pay in the sandbox is mended there. What an SDK lacks is said where
// its test does without.
package interop
