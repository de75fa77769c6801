"""AuditFile: every decision as one line, in rotated files that only the user can read."""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

LONGEST = 2_000_000
"""Bytes of one file."""
KEPT = 5
"""Number of older files that are kept."""


class _Handler(RotatingFileHandler):
    """A handler that raises errors instead of printing them, and opens files for the user only."""

    def handleError(self, record: logging.LogRecord) -> None:
        raise

    def _open(self):  # type: ignore[no-untyped-def]
        stream = super()._open()
        os.chmod(self.baseFilename, 0o600)
        return stream


class AuditFile:
    """Takes lines."""

    def __init__(self, path: Path, longest: int = LONGEST, kept: int = KEPT) -> None:
        """Takes the file, which is made with the first line.

        Args:
            path: The newest file; older ones have a number behind their names.
            longest: Bytes of one file.
            kept: Older files that are kept.
        """
        self._handler = _Handler(path, maxBytes=longest, backupCount=kept, encoding="utf-8", delay=True)
        self._handler.setFormatter(logging.Formatter("%(message)s"))

    def write_line(self, line: str) -> None:
        """Writes one line; raises OSError when it cannot be written."""
        self._handler.handle(logging.makeLogRecord({"msg": line.replace("\n", " ")}))

    def close(self) -> None:
        """Closes the file."""
        self._handler.close()
