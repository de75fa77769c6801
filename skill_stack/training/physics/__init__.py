"""Batches of robots in MuJoCo or MJX, as environments."""
