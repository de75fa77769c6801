"""Recordings of runs: the format, the writer, reading and repair; see ``docs/recordings.md``."""
