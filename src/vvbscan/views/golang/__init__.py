"""Modules of Go: what `go.mod` requires and what `go.sum` has hashes of."""
