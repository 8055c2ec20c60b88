package properties

// All lists the properties that have a model of their own. The differential property stands beside them: see Script.
func All() []Property {
	return []Property{
		Ordering, Errors, QueueingErrors, Readiness, Limit, Reservations, Advice, SharedLimit, SharedReservations, NoPermits, NoPermitsInFlight,
		InFlight, AdvisedInFlight, InFlightReadiness, BackPressure, Places, AdvisedPlaces,
		FixedWindow, TokenBucket, Smooth, Timeout, Retry, LongBackoff, Budget, BudgetBounds, JitterBounds, JitterDiffers, Extensions, Extending, Matchers,
		Hosts, SynchronousHosts, LayeredHosts, HostServers,
	}
}
