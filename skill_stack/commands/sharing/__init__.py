"""Verbs for exchanging skills."""
