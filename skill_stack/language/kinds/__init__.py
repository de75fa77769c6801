"""Kinds: of which kinds things are, and which senses skills have, by what they are called."""
