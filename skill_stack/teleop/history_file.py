"""HistoryFile: earlier input, stored in a file where possible."""

from __future__ import annotations

from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

NAME = "prompt_history"
"""Name of the file in the overlay."""


class HistoryFile(FileHistory):
    """A history file that never ends a prompt: after a write error the history is kept in memory only."""

    def store_string(self, string: str) -> None:
        """Appends a line to the file, if that is possible."""
        try:
            super().store_string(string)
        except OSError:
            pass  # a disk that ran full must not keep a person from driving or stopping a robot


def open_history(folder: Path) -> tuple[History, str]:
    """The history in a folder, which is created if needed.

    Args:
        folder: The overlay.

    Returns:
        The history, and why it is kept in memory alone, or an empty string.
    """
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("ab"):
            pass
    except OSError as error:
        return InMemoryHistory(), f"what is typed here will be forgotten: {path} cannot be written ({error.strerror})"
    return HistoryFile(str(path)), ""
