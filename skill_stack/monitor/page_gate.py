"""PageGate: filters who reaches the page, and what browsers may send.

The page's library trusts every client: any client of its websocket may set any property of any button for all others.
The gate passes only the camera pose and values of the page's own inputs, re-encoded, so nothing unknown passes.
"""

from __future__ import annotations

import ipaddress
import math
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import msgspec.msgpack

from skill_stack.core.errors import DataError

Kind = Literal["press", "tick", "words", "number"]
"""Kind of an input: a button, a check box, text, or a slider."""

LONGEST = 2000
"""Most characters of an input."""
MESSAGE_SIZE = 16 * 1024
"""Largest message of a browser, bytes; a longer one ends its connection."""
MESSAGES, MESSAGES_AT_ONCE = 60.0, 120.0
"""Rate and burst of messages per connection: dragging the camera makes up to fifty a second."""
STRANGERS, STRANGERS_AT_ONCE = 5.0, 30.0
"""Rate and burst of page loads and connections without the key; each costs the whole scene."""
PRESSES, PRESSES_AT_ONCE = 5.0, 10.0
"""Rate and burst of presses without the key, of all such connections together."""

_CAMERA = "ViewerCameraMessage"
_VECTORS = {"wxyz": 4, "position": 3, "look_at": 3, "up_direction": 3}
_NUMBERS = ("fov", "near", "far")
_SIZES = ("image_height", "image_width")
_LARGEST_PICTURE = 100_000  # pixels at a side


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the page.

    Attributes:
        kind: What it takes.
        free: Whether it is heeded without the key too, from this machine.
    """

    kind: Kind
    free: bool = False


class Bucket:
    """A token bucket: a rate and a burst size; from any thread."""

    def __init__(self, rate: float, most: float) -> None:
        """A full one; ``rate`` in 1/s."""
        self._rate, self._most = rate, most
        self._left, self._at = most, time.monotonic()
        self._guard = threading.Lock()

    def take(self) -> float:
        """Takes a token; 0 on success, else the time until the next one, s."""
        with self._guard:
            now = time.monotonic()
            self._left, self._at = min(self._most, self._left + (now - self._at) * self._rate), now
            if self._left >= 1.0:
                self._left -= 1.0
                return 0.0
            return (1.0 - self._left) / self._rate


class PageGate:
    """State of the gate: the page's inputs, its key and its names.

    Attributes:
        dropped: How many messages and connections were turned away.
        last: Why the last one was.
    """

    def __init__(self, key: str, names: Iterable[str]) -> None:
        """Starts without inputs.

        Args:
            key: The key that gives full access when it is in the address; letters and digits.
            names: Host names under which the page is reached besides those of loopback.
        """
        self._key, self._names = key, {name.strip("[]").rstrip(".").lower() for name in names if name}
        self._inputs: dict[str, Input] = {}
        self._strangers, self._presses = Bucket(STRANGERS, STRANGERS_AT_ONCE), Bucket(PRESSES, PRESSES_AT_ONCE)
        self.dropped, self.last = 0, ""

    def declare(self, uuid: str, what: Input) -> None:
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

    def fault_of(self, hosts: list[str], origins: list[str], websocket: bool) -> str:
        """Why a request is refused, or an empty string.

        A page of another site gives itself away by its Origin. One whose name was made to point here (DNS rebinding)
        has an Origin that fits, and a Host that is none of ours.

        Args:
            hosts: Its headers ``Host``.
            origins: Its headers ``Origin``.
            websocket: Whether it requests a websocket: then every browser sends the origin of its page.
        """
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return f"Host {', '.join(hosts)[:80]!r} is no name of this page"
        if not origins and not websocket:
            return ""
        if len(origins) != 1:
            return "a websocket needs one Origin"
        parts = urlsplit(origins[0])
        if parts.scheme not in ("http", "https") or parts.netloc.lower() != hosts[0].lower():
            return f"Origin {origins[0][:80]!r} is another page"
        return ""

    def _is_ours(self, host: str) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name, _ = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            return False
        if "@" in host or "/" in host or not name:
            return False
        return name in self._names or name == "localhost" or is_loopback(name)

    def too_many_without_key(self) -> bool:
        """Whether the limit of clients without the key is reached."""
        return self._strangers.take() > 0.0

    def admit(self, raw: str | bytes, may_all: bool, near: bool) -> bytes | None:
        """The part of a message that passes to the page; None when nothing does.

        Args:
            raw: As it came.
            may_all: Whether the connection has the key.
            near: Whether it comes from this machine.
        """
        try:
            return msgspec.msgpack.encode(self._understood(raw, may_all, near))
        except DataError as error:
            self.drop(str(error))
            return None

    def _understood(self, raw: str | bytes, may_all: bool, near: bool) -> dict[str, Any]:
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
        if not _FITS[what.kind](updates["value"]):
            raise DataError("a value that does not fit its input")
        if not may_all and not (what.free and near):
            raise DataError("an order without the key of the page")
        if not may_all and self._presses.take():
            raise DataError("more presses without the key than a hand makes")
        return {"type": kind, "uuid": uuid, "updates": updates}


def is_loopback(name: str) -> bool:
    """Whether an address is of this machine; False for an invalid one."""
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


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
