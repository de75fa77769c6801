"""Verbs that bring up, end, stop and drive a stack."""
