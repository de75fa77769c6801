"""Benchmarks: each measures one figure of the stack, as a ratio within one run where possible."""
