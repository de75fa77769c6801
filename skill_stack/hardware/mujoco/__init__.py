"""Simulated robots in MuJoCo behind the same interface as real ones."""
