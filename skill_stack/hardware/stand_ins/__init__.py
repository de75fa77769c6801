"""Devices that speak a real bus without being there: for tests, benchmarks and rehearsals of what can go wrong."""
