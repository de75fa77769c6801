"""The node that follows balls by a colour camera."""
