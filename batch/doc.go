// Package batch does many calls, each business number once, whatever dies when: refunds, payouts, profit
// sharing and queries by the hundred thousand. What is known of each number is kept in a store on
// NATS JetStream: in this process, or on a cluster that many machines work for.
//
//	store, err := batch.Embedded("refunds.store")
//	defer store.Close()
//	jobs := batch.Bodies(file, batch.Job{Path: "v3/refund/domestic/refunds"}) // a body a line
//	for result, err := range batch.Run(ctx, batch.Config{Client: client, Store: store}, jobs) {
//		…
//	}
//
// Run it again with the same input after whatever ended it. More machines join with [Work], and
// [NATS] in place of [Embedded].
//
// # Once
//
// A number goes through these states, each of them on disk before what follows it:
//
//		        ┌── nothing was sent (429, no connection) ──┐
//		        ▼                                           │
//		(new, ready) ──▶ sending ──▶ ended: done, refused   │
//		        ▲         │ ▲  └────────────────────────────┘
//		        │ unknown │ └── absent, after AbsentAfter: the same bytes again
//		        │         ▼        │
//		        │       waiting ───┴──▶ ended: done, stuck, unknown
//		        └─────── asks
//
//	  - "sending" is written before the first byte leaves. Who finds it, after the claim of its worker
//	    has ended, asks WeChat Pay before anything else.
//	  - Each state is written over the revision that was read. Of two workers one loses, before it
//	    sends. One that was stopped for longer than its claim finds out when it wakes.
//	  - An unknown outcome is asked for, by the query that the catalogue knows for the endpoint
//	    ([github.com/wechatpay-chain/wechatpay/openapi/catalogue.QueryOf]) or that the [Job] brings. A
//	    signed "not found" is believed once the number has been away for AbsentAfter since its last send: the
//	    request may still be on its way. Then the same number goes again, with the same bytes; a
//	    field that is encrypted has another ciphertext.
//	  - An answer to the query that has another amount or order is no success: the number is [Stuck].
//	  - A refusal of a number that may have been sent before counts only if the query finds nothing.
//	  - Numbers are never changed. The same number with another body is refused when it is read.
//
// Clocks of the machines must agree to a few seconds, as for signatures: claims and limits are
// times of day.
//
// # What is safe
//
//   - Any process may die at any moment, kill -9 included; one or more nodes of a cluster too, as
//     long as most are left.
//   - The input is the truth. If the whole store is lost, run with the same input and a new one: it is
//     asked for each number before it is sent. [Config].FirstRun skips that, and must not be set
//     then.
//   - With [Embedded], each write is on disk before it counts, so a loss of power is safe too. It
//     takes two writes for a call that may take effect; a disk that does 1,000 a second
//     allows some 500 to 1,000 such calls, more than a merchant may make. [EmbeddedRelaxed] does
//     not wait for the disk, and asks for whatever it does not know after the power has failed.
//   - A run that was stopped for longer than its lease, and is woken when another has begun, can change
//     nothing: it ends with [ErrBusy].
//   - Calls by GET need no claim and no write of their own. If a process dies, those since the last
//     second are made again.
//
// The store keeps results, with the replies, until it is deleted. Bodies are in memory alone, so that
// whatever is taken up again must be in the input again.
//
// # When future.Each is enough
//
// future.Each calls a function for each element, in this process, and forgets. Take it for queries that may
// be repeated, for hundreds, and where the caller is there to see what failed.
package batch
