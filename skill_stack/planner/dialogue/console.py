"""Console: authenticates confirmations of a person; each counts once."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from skill_stack.core.errors import DataError

VARIABLE = "SKILL_STACK_CONSOLE_KEY"
"""Environment variable with the key, for a console on another machine."""
VALID = 10.0
"""Age beyond which signed words are invalid, s of wall time."""
SHORTEST_KEY = 16
"""Least characters of a key."""


class Console:
    """Signs words of a person at a console, and verifies signatures.

    The key is in a file that only the user can read. So its holder works on this machine as this user, or was given the
    key. The signature covers the words and the time: recorded on the network, it cannot be used a second time.
    """

    def __init__(self, key: str) -> None:
        """Takes the key.

        Raises:
            DataError: It is too short.
        """
        if len(key) < SHORTEST_KEY:
            raise DataError(f"the key of the console has {len(key)} characters; it needs {SHORTEST_KEY} or more")
        self._key = key.encode()
        self._used: dict[str, float] = {}

    @classmethod
    def load(cls, path: Path, environment: Mapping[str, str], token: Callable[[], str]) -> Console:
        """The console of this user.

        Args:
            path: File of the key, made where there is none.
            environment: Where :data:`VARIABLE` may hold a key instead.
            token: Makes a key, e.g. ``secrets.token_hex``.

        Raises:
            DataError: The key can neither be read nor made, or others may read it.
        """
        if given := environment.get(VARIABLE):
            return cls(given)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                fresh = path.with_name(f"{path.name}.{os.getpid()}")
                handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(handle, "w") as file:
                    file.write(token())
                try:
                    os.link(fresh, path)  # the first process makes the key for all
                except FileExistsError:
                    pass
                fresh.unlink()
            found = path.stat()
            if found.st_uid != os.getuid() or found.st_mode & 0o077:
                raise DataError(f"the console's key must be of this user alone; set it right with: chmod 600 {path}")
            return cls(path.read_text().strip())
        except OSError as error:
            raise DataError(f"the key of the console cannot be read: {error}") from error

    def sign(self, source: str, text: str, now: float) -> str:
        """A source with a signature.

        Args:
            source: Name of the console, e.g. ``prompt``.
            text: The words.
            now: Wall time, s.
        """
        return f"{source}|{now:.6f}|{self._mark(source, text, f'{now:.6f}')}"

    def check(self, source: str, text: str, now: float) -> tuple[str, bool]:
        """The plain source, and whether the words are signed by a console with the key, recent and not used before.

        Args:
            source: As :meth:`sign` gave it, or any other.
            text: The words.
            now: Wall time, s.
        """
        name, _, rest = source.partition("|")
        stamp, _, mark = rest.partition("|")
        try:
            age = now - float(stamp)
        except ValueError:
            return name, False
        self._used = {key: at for key, at in self._used.items() if now - at < 2 * VALID}
        good = hmac.compare_digest(mark.encode(), self._mark(name, text, stamp).encode())
        if not good or not -VALID < age < VALID or mark in self._used:
            return name, False
        self._used[mark] = now
        return name, True

    def _mark(self, source: str, text: str, stamp: str) -> str:
        content = f"{source}|{stamp}|{text}".encode("utf-8", "replace")
        return hmac.new(self._key, content, hashlib.sha256).hexdigest()
