"""SectionBoard: what the page shows, in sections of JSON that are sent when they change."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import msgspec.json


class SectionBoard:
    """The newest sections; from any thread.

    Each section is encoded once, whoever watches. A client that is slow gets the newest state of what has changed since
    it was last told, and nothing in between.
    """

    def __init__(self) -> None:
        """No sections."""
        self._guard = threading.Lock()
        self._raw: dict[str, bytes] = {}
        self._at: dict[str, int] = {}
        self._version = 0
        self._made: dict[int, str] = {}

    @property
    def version(self) -> int:
        """Number of the last change; 0 before the first."""
        return self._version

    def put(self, sections: Mapping[str, Any]) -> bool:
        """Takes sections, as plain data; whether one of them has changed."""
        encoded = {name: msgspec.json.encode(value) for name, value in sections.items()}
        with self._guard:
            changed = [name for name, raw in encoded.items() if self._raw.get(name) != raw]
            if not changed:
                return False
            self._version += 1
            for name in changed:
                self._raw[name], self._at[name] = encoded[name], self._version
            self._made.clear()
            return True

    def since(self, version: int) -> tuple[int, str]:
        """What has changed since a version.

        Args:
            version: What the client was told last; 0 for nothing.

        Returns:
            The present version, and the members of a JSON object, without its braces; empty for none.
        """
        with self._guard:
            if version not in self._made:
                found = [f'"{name}":{self._raw[name].decode()}' for name, at in self._at.items() if at > version]
                self._made[version] = ",".join(found)
            return self._version, self._made[version]
