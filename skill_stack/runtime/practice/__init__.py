"""Practice in simulation: what moves, judges and keeps for :mod:`skill_stack.practice`."""
