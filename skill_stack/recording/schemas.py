"""Definitions of message types as recordings hold them: ``ros2msg``, with those of all types inside."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from skill_stack.core.errors import DataError

SEPARATOR = "=" * 80
_FIELD = re.compile(r"^\s*([A-Za-z][\w/]*)(?:<=\d+)?(?:\[[^]]*\])?\s+[A-Za-z]\w*(?![\w=])")
_PLAIN = {
    *("bool", "byte", "char", "string", "wstring", "float32", "float64"),
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
}
OWN = {
    "foxglove_msgs/msg/CompressedVideo": """builtin_interfaces/Time timestamp
string frame_id
uint8[] data
string format
"""
}
"""Types that no ROS package here has; the layout is that of the foxglove schemas."""


def installed_prefixes() -> tuple[Path, ...]:
    """Where ROS packages are on this machine: what ``AMENT_PREFIX_PATH`` names, and where this Python is."""
    named = os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)
    return tuple(Path(part) for part in (*named, sys.prefix) if part)


class Schemas:
    """Reads definitions from the packages that a ROS install has."""

    def __init__(self, prefixes: Iterable[Path]) -> None:
        """Remembers where packages are.

        Args:
            prefixes: Folders with ``share/<package>/msg``, as in ``AMENT_PREFIX_PATH``; the first counts most.
        """
        self._prefixes = tuple(prefixes)

    def definition(self, kind: str) -> str:
        """Returns the whole definition of a type.

        Args:
            kind: Its name, ``package/msg/Name``.

        Raises:
            DataError: No package has it; names where they were looked for.
        """
        parts = [self._text(kind)]
        seen, open_kinds = {kind}, self._inside(parts[0], kind)
        while open_kinds:
            inner = open_kinds.pop(0)
            if inner in seen:
                continue
            seen.add(inner)
            text = self._text(inner)
            parts.append(f"{SEPARATOR}\nMSG: {inner.replace('/msg/', '/')}\n{text}")
            open_kinds += self._inside(text, inner)
        return "\n".join(parts)

    def _text(self, kind: str) -> str:
        if kind in OWN:
            return OWN[kind]
        package, group, name = kind.split("/")
        for prefix in self._prefixes:
            path = prefix / "share" / package / group / f"{name}.msg"
            if path.is_file():
                return path.read_text(encoding="utf-8")
        searched = ", ".join(map(str, self._prefixes)) or "nowhere (AMENT_PREFIX_PATH is empty)"
        raise DataError(f"there is no definition of {kind}; searched share/{package}/{group} in {searched}")

    def _inside(self, text: str, kind: str) -> list[str]:
        """Types that a definition has fields of."""
        package = kind.split("/")[0]
        found = []
        for line in text.splitlines():
            match = _FIELD.match(line.split("#")[0])
            if match and match[1] not in _PLAIN:
                *where, name = match[1].split("/")
                found.append(f"{where[0] if where else package}/msg/{name}")
        return found
