// Package accel signs for WeChat Pay by OpenSSL, without cgo. RSA takes nearly all of the CPU
// of a call, and OpenSSL signs in a fraction of the time of crypto/rsa:
//
//	key, err := keys.LoadPrivateKey(keys.File("apiclient_key.pem"))
//	if err != nil {
//		return err
//	}
//	fast, err := accel.Signer(key)
//	if err != nil {
//		return err
//	}
//	client, err := wechatpay.New(wechatpay.Config{PrivateKey: fast, …})
//
// Nothing else changes, and it works everywhere: where OpenSSL cannot sign, crypto/rsa does,
// with the same signatures, and [Available] says why.
//
// # Gain
//
// The CPU time of a signature with a key of 2048 bits, verified, as a part of that of crypto/rsa
// of Go 1.26.8, which verifies too; on two cores of an Intel Xeon at 2.8 GHz:
//
//	OpenSSL 3.0.19 with AVX-512 IFMA    0.32
//	OpenSSL 3.0.19 without              0.57
//
// Intel's servers have IFMA since Ice Lake, AMD's since Zen 4. Measure it where you run it:
// go test -run '^$' -bench . in the folder of this package.
//
// # Requirements
//
//   - Linux or macOS, on amd64 or arm64. Everywhere else crypto/rsa signs.
//   - OpenSSL 3: on Linux the libcrypto.so.3 of the system, on macOS that of Homebrew,
//     MacPorts or Nix. It is loaded at run time.
//   - A dynamic libc. A Linux program that imports this package needs glibc to start, even if
//     it is built with CGO_ENABLED=0: it does not start from scratch or on Alpine. The build
//     tag noopenssl leaves OpenSSL out, for a static program that starts anywhere.
//
// cgo is not used. It would need a C compiler and sign no faster: a call of C
// takes a microsecond here, and a signature hundreds.
//
// # Contracts
//
//   - Each signature is verified before it is given out: one that a fault has spoiled would
//     disclose the private key. What OpenSSL fails to sign, or signs wrongly, crypto/rsa
//     signs in its place.
//   - OpenSSL signs with a key only after it has signed once as crypto/rsa does, byte for byte.
//     It is not used in Go's FIPS 140-3 mode.
//   - OpenSSL has a copy of the key until the garbage collector finds that the signer is no
//     longer used. The DER in which it gets the key is cleared.
//   - All that this package returns is safe for concurrent use.
package accel
