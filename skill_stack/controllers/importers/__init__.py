"""Readers of what other projects export: each turns its files into a draft of a policy manifest."""
