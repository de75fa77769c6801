"""Verbs that explain: traces, reports, checks of the machine."""
