"""Verbs that measure: benchmarks and suites of scenarios."""
