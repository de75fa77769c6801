"""Where a robot is, by the surfaces of things that a map states and a look shows."""
