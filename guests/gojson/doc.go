//go:build !wasip1

// Package main is the guest gojson, which is built for wasip1 only; see main.go.
package main

func main() {}
