"""Carry-over: in which few contexts to train, by a model of how success carries over from one to others."""
