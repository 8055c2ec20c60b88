// Package service holds the contract of a service, the pipeline that calls
// one, and the services that need no other: the function service.
//
// A service answers three questions for the caller that the context names:
// Ready, may I send a request? Call, what is the response? Shutdown, let go of
// what you hold (ntex-service Service, tower Service). A [Pipeline] is how a
// service is called; it makes the caller, readies, calls and gives back what
// was not spent. A [Binding] does the same for those who separate readiness
// from the call.
//
// What wraps a service is a layer, and lives in package layer.
package service
