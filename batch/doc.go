// Package batch does.
package batch
