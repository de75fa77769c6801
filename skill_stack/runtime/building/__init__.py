"""Structures built in simulation: dialogue, connector, controllers and camera in one process, in lock-step."""
