"""Verbs for skills: list, import, try, prepare, retarget."""
