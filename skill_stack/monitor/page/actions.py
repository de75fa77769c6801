"""PageActions: what a person can request on the page, as the node carries it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from skill_stack.monitor.page.drivers import Velocity

StopKind = Literal["stop", "estop", "reset"]
Argument = float | bool | str
"""Value of an argument of a skill: a number in SI units, a flag, or a name."""


def _not_here(*_: object) -> str:
    return "this page cannot do that"


class PageMicrophone(Protocol):
    """Understands what a person says into a browser; one at a time. Every method returns at once."""

    def begin(self, tell: Callable[[Mapping[str, Any]], object]) -> str:
        """Begins a sentence; why not, or an empty string.

        Args:
            tell: Takes what is heard, from any thread: ``listening``, ``partial``, ``stop``, ``estop``, and at last
                ``done`` or ``problem``.
        """

    def wait(self, tell: Callable[[Mapping[str, Any]], object]) -> str:
        """As :meth:`begin`, for a sentence that begins once the wake word is heard."""

    def take(self, samples: bytes) -> str:
        """Takes audio, 16-bit samples at 16 kHz; why not, or an empty string."""

    def end(self) -> None:
        """Ends the sentence, or the waiting for one."""


@dataclass(frozen=True, slots=True)
class PageActions:
    """Requests of the page. Each is called in the thread of the page's server and must return at once.

    Those that return a text return why nothing was done; an empty text when it was.

    Attributes:
        ask: Stops, damps or resets a robot by its name, or ``all``.
        say: Takes words, and whether they may confirm what is hazardous.
        start: Runs a skill by its name and arguments; and whether the hand may confirm what is hazardous.
        drive: Takes what the driver's hand wants, and whether it is near the robot; returns whether the robot still has
            to be brought to rest. It is called 20 times a second until it returns false.
        keep: Marks this moment of the recording and keeps the run.
        recordings: Opens the page of the recordings, whose address comes later.
        forget: Undoes a told fact by its id.
        preview: Renders the steps of the present plan.
        plot: Takes the signals that somebody wants to see.
        picture: The newest picture of a camera as JPEG, by its name; None without one.
        map: The map as PNG; None without one.
        step_picture: The rendered picture of a step, by the id of its plan and its index; None without one.
        microphone: Understands what is said into a browser; None where nothing does.
        report: A report as a zip file; raises SkillStackError.
    """

    ask: Callable[[StopKind, str], str]
    say: Callable[[str, bool], str]
    start: Callable[[str, Mapping[str, Argument], bool], str] = _not_here
    drive: Callable[[Velocity, bool], bool] | None = None
    keep: Callable[[], str] = _not_here
    recordings: Callable[[], str] = _not_here
    forget: Callable[[int], str] = _not_here
    preview: Callable[[], str] = _not_here
    plot: Callable[[frozenset[str]], object] = lambda _: None
    picture: Callable[[str], bytes | None] = lambda _: None
    map: Callable[[], bytes | None] = lambda: None
    step_picture: Callable[[str, int], bytes | None] = lambda *_: None
    microphone: PageMicrophone | None = None
    report: Callable[[], bytes] | None = None
