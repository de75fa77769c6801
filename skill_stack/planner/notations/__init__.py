"""Libraries and scenes in the notations of others."""
