"""PageGate: filters who reaches what the library viser serves, and what browsers may send there.

The library trusts every client: any client of its websocket may set any property of any button for all others.
The gate passes only the camera pose and values of the page's own inputs, re-encoded, so nothing unknown passes.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal
from urllib.parse import parse_qs

import msgspec.msgpack

from skill_stack.core.errors import DataError
from skill_stack.monitor.page.access import PageNames

Kind = Literal["press", "tick", "words", "number"]
"""Kind of an input: a button, a check box, text, or a slider."""

LONGEST = 2000
"""Most characters of an input."""
MESSAGE_SIZE = 16 * 1024
"""Largest message of a browser, bytes; a longer one ends its connection."""
MESSAGES, MESSAGES_AT_ONCE = 60.0, 120.0
"""Rate and burst of messages per connection: dragging the camera makes up to fifty a second."""

_CAMERA = "ViewerCameraMessage"
_VECTORS = {"wxyz": 4, "position": 3, "look_at": 3, "up_direction": 3}
_NUMBERS = ("fov", "near", "far")
_SIZES = ("image_height", "image_width")
_LARGEST_PICTURE = 100_000  # pixels at a side


class PageGate:
    """State of the gate: the page's inputs, its key and its names. Nobody gets in without the key.

    Attributes:
        names: Host names of the page.
        dropped: How many messages and connections were turned away.
        last: Why the last one was.
    """

    def __init__(self, key: str, names: Iterable[str]) -> None:
        """Starts without inputs.

        Args:
            key: The key that has to be in the address; letters and digits.
            names: Host names under which the page is reached besides those of loopback.
        """
        self._key, self.names = key, PageNames(names)
        self._inputs: dict[str, Kind] = {}
        self.dropped, self.last = 0, ""

    def declare(self, uuid: str, what: Kind) -> None:
        """Accepts an input from now on.

        Args:
            uuid: The library's name for it.
            what: What it takes.
        """
        self._inputs[uuid] = what

    def drop(self, why: str) -> None:
        """Counts a rejected message."""
        self.dropped, self.last = self.dropped + 1, why

    def has_key(self, path: str) -> bool:
        """Whether the path of an address is that with the key."""
        return secrets.compare_digest(path.partition("?")[0].strip("/").encode(), self._key.encode())

    def admit(self, raw: str | bytes) -> bytes | None:
        """The part of a message that passes to the page; None when nothing does."""
        try:
            return msgspec.msgpack.encode(self._understood(raw))
        except DataError as error:
            self.drop(str(error))
            return None

    def _understood(self, raw: str | bytes) -> dict[str, Any]:
        """A message re-encoded from its known parts; raises DataError where it has none."""
        message = _decoded(raw)
        kind = message.get("type")
        if kind == _CAMERA:
            return _camera(message)
        if kind != "GuiUpdateMessage":
            raise DataError(f"a message {str(kind)[:40]!r}, which no browser of this page sends")
        uuid, updates = message.get("uuid"), message.get("updates")
        what = self._inputs.get(uuid) if isinstance(uuid, str) else None
        if what is None or not isinstance(updates, dict) or set(updates) != {"value"}:
            raise DataError("a change of the page itself")
        if not _FITS[what](updates["value"]):
            raise DataError("a value that does not fit its input")
        return {"type": kind, "uuid": uuid, "updates": updates}


def points_to_other_server(host: str, path: str) -> bool:
    """Whether an address would make the page's script show another server's page under this one's name."""
    place, _, query = path.partition("?")
    asked = parse_qs(query, keep_blank_values=True)
    own = {f"{scheme}://{host}{place}".rstrip("/") for scheme in ("ws", "wss")}
    return "playbackPath" in asked or any(one.rstrip("/") not in own for one in asked.get("websocket", ()))


def _decoded(raw: str | bytes) -> dict[Any, Any]:
    """A decoded message, empty for an unknown one; raises DataError where it cannot be read."""
    try:
        found = msgspec.msgpack.decode(raw) if isinstance(raw, bytes) else None
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise DataError("a message that cannot be read") from error
    return found if isinstance(found, dict) else {}


def _camera(message: Mapping[str, Any]) -> dict[str, Any]:
    """A camera pose; raises DataError for an invalid one."""
    vectors = {name: message.get(name) for name in _VECTORS}
    numbers = {name: message.get(name) for name in _NUMBERS}
    sizes = {name: message.get(name) for name in _SIZES}
    fit = all(
        isinstance(vector, list) and len(vector) == _VECTORS[name] and all(map(_number, vector))
        for name, vector in vectors.items()
    )
    whole = all(isinstance(size, int) and 0 <= size < _LARGEST_PICTURE for size in sizes.values())
    if not (fit and whole and all(map(_number, numbers.values()))):
        raise DataError("a camera that is nowhere")
    return {"type": _CAMERA, **vectors, **numbers, **sizes}


def _number(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < 1e9 and math.isfinite(value)


def _is_words(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST and all(c.isprintable() or c in "\n\t" for c in value)


_FITS: dict[Kind, Callable[[object], bool]] = {
    "press": lambda value: value is True,
    "tick": lambda value: isinstance(value, bool),
    "words": _is_words,
    "number": lambda value: not isinstance(value, bool) and _number(value),
}
