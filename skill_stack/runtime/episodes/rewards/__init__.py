"""Motions by reward terms, tried in simulated robots that differ from the planner's model."""
