"""Balls: where one is that is seen now and then, and how a quadruped plays it."""
