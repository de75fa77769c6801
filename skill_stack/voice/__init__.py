"""Spoken words: recognition behind one interface, a stop that waits for nothing, and answers said aloud."""
