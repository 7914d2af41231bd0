// Package guide holds the programs of docs/guide, one file a task.
package guide
