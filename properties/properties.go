package properties

// All lists the properties that have a model of their own. The differential property stands beside them: see Script.
func All() []Property {
	return []Property{
		Ordering, Errors, Readiness, Limit, BackPressure, FixedWindow, TokenBucket, Smooth, Timeout, Retry, Jitter, NoPermits, Extensions, Extending, Matchers,
		Hosts, SynchronousHosts, LayeredHosts, HostServers,
	}
}
