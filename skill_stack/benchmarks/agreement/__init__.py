"""Checks of sensors against one another: alarms in ordinary use, and sensors that are wrong on purpose."""
