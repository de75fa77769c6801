"""Recordings looked at: questions answered, spoilt episodes found, datasets written."""
