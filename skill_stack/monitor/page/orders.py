"""What browsers may send, read without trusting anything: every message is one of these, within these limits."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from skill_stack.core.errors import DataError

VERSION = 1
"""Version of the messages between page and browser."""
LARGEST = 16 * 1024
"""Largest message of a browser, bytes; a longer one ends its connection."""

PIECE = 4096
"""Largest piece of audio, bytes: an eighth of a second."""

Number = Annotated[int, Meta(ge=0, le=2**53)]
Name = Annotated[str, Meta(max_length=80)]
Words = Annotated[str, Meta(max_length=2000)]
Share = Annotated[float, Meta(ge=-100.0, le=100.0)]


class PageOrder(Struct, tag_field="t"):
    """A message of a browser.

    Attributes:
        n: Number that its answer repeats.
    """

    n: Number = 0


class StopOrder(PageOrder, tag="stop"):
    """Stop a robot by its name, or ``all`` that the page shows."""

    robot: Name = "all"


class EstopOrder(PageOrder, tag="estop"):
    """Damp a robot, or all."""

    robot: Name = "all"


class ResetOrder(PageOrder, tag="reset"):
    """Clear the emergency stop."""

    robot: Name = "all"


class SayOrder(PageOrder, tag="say", kw_only=True):
    """Words to the robot."""

    words: Words


class SkillOrder(PageOrder, tag="skill", kw_only=True):
    """Run a skill."""

    name: Name
    arguments: Annotated[dict[Name, float | bool | Annotated[str, Meta(max_length=200)]], Meta(max_length=32)] = {}


class DriveOrder(PageOrder, tag="drive", kw_only=True):
    """Velocity while the dead-man switch is held: m/s, m/s, rad/s."""

    vx: Share
    vy: Share
    wz: Share


class WheelOrder(PageOrder, tag="wheel", kw_only=True):
    """Ask for, give, grant, deny or take the wheel."""

    do: Literal["ask", "give", "grant", "deny", "take"]


class KeepOrder(PageOrder, tag="keep"):
    """Mark this moment of the recording and keep the run."""


class RecordingsOrder(PageOrder, tag="recordings"):
    """Open the page of the recordings."""


class PlotOrder(PageOrder, tag="plot", kw_only=True):
    """Send these signals from now on."""

    names: Annotated[tuple[Name, ...], Meta(max_length=16)]


class PreviewOrder(PageOrder, tag="preview"):
    """Render the steps of the present plan."""


class ForgetOrder(PageOrder, tag="forget", kw_only=True):
    """Undo a told fact."""

    id: Number


class MicOrder(PageOrder, tag="mic", kw_only=True):
    """Begin a sentence, wait for the wake word, or end either; audio is in binary messages in between."""

    do: Literal["begin", "wait", "end"]


class PingOrder(PageOrder, tag="ping"):
    """Answer."""


AnyOrder = (
    StopOrder | EstopOrder | ResetOrder | SayOrder | SkillOrder | DriveOrder | WheelOrder | KeepOrder | RecordingsOrder
    | PlotOrder | PreviewOrder | ForgetOrder | MicOrder | PingOrder
)  # fmt: skip

_READER: msgspec.json.Decoder[AnyOrder] = msgspec.json.Decoder(AnyOrder)


def read_order(text: str | bytes) -> AnyOrder:
    """A message of a browser.

    Raises:
        DataError: It is none of those that a page sends.
    """
    try:
        order = _READER.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise DataError(f"a message that no page sends: {error}") from error
    if isinstance(order, SayOrder) and not all(c.isprintable() or c in "\n\t" for c in order.words):
        raise DataError("words with signs that no keyboard has")
    return order


def number_of(text: str | bytes) -> int:
    """The number of a message that cannot be read, so that its answer finds its question; 0 without one."""
    try:
        found = msgspec.json.decode(text, type=_Numbered)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return 0
    return found.n


class _Numbered(Struct):
    n: Number = 0
