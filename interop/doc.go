// Package interop proves that the clients of others work against our sandbox: the official SDK
// for Go, gopay in APIv3 and APIv2, and two packages for Node.js. It is a module of its own and
// holds tests alone, so that users of the library never see these SDKs.
//
//	go test ./...
//
// The tests for Node.js need Node.js 18 or later and the packages of the folder node; without
// them they are skipped:
//
//	(cd node && npm ci)
//	go test -run TestNode ./...
//
// What differs from WeChat Pay in the sandbox is mended there. What an SDK lacks is said where
// its test does without.
package interop
