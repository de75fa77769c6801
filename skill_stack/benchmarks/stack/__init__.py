"""Figures of the whole running stack: words to motion, stops, memory, long runs."""
