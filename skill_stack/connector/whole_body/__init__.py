"""Whole-body tasks: primitives of legs, waist and arms, blended by a small network that was learnt."""
