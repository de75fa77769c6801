"""Verbs for diagnosis: traces, reports, checks of the machine."""
