"""Stand-ins: simulated devices on real bus protocols, for tests, benchmarks and fault injection."""
