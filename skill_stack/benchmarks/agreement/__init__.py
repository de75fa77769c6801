"""Consistency checks of sensors: false alarms in ordinary use, and detection of injected sensor errors."""
