"""PageKey: the part of the page's address that permits more than watching and stopping, kept for one run."""

from __future__ import annotations

import os
import re
import secrets
import stat
from pathlib import Path

from skill_stack.core.errors import DataError

_BYTES = 16  # of chance in a key
_ADDRESS = re.compile(rf"/([0-9a-f]{{{2 * _BYTES}}})/\s*$")


class PageKey:
    """The key, and the file with the page's address, readable only by its user.

    A page that is started again within the run finds its key there, so that an open browser keeps what it may do.

    Attributes:
        key: The key, in hexadecimal digits.
    """

    def __init__(self, path: Path) -> None:
        """Takes the key of the run, or creates one.

        Args:
            path: The file.

        Raises:
            DataError: The file belongs to another user.
        """
        self._path = path
        self.key = self._kept() or secrets.token_hex(_BYTES)

    def _kept(self) -> str:
        try:
            handle = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise DataError(f"{self._path} cannot be read: {error.strerror}; remove it") from error
        with os.fdopen(handle) as file:
            about = os.fstat(handle)
            if about.st_uid != os.getuid():
                raise DataError(f"{self._path} belongs to another user; have it removed, or use another namespace")
            if not stat.S_ISREG(about.st_mode) or stat.S_IMODE(about.st_mode) & 0o077:
                return ""  # others could have read it
            found = _ADDRESS.search(file.read())
        return found[1] if found else ""

    def keep(self, url: str, *others: str) -> None:
        """Writes the address of the page, which contains the key, below those of other roles."""
        self.remove()
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write("".join(f"{one}\n" for one in (*others, url)))

    def remove(self) -> None:
        """Removes the file."""
        self._path.unlink(missing_ok=True)
