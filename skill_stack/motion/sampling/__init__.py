"""A planner that samples joint targets in simulation and takes what costs least by reward terms."""
