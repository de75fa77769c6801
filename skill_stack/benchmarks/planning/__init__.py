"""Benchmarks of words and plans: time, fuzzing, rehearsals, lessons."""
