"""Libraries and scenes in other notations."""
