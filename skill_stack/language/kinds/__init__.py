"""Kinds: rules on hazards, over kinds of objects and senses of skills, as data."""
