"""A person's confirmation of a hazardous request: signed, for one request, short-lived, usable once.

A skill of high hazard begins only with such a confirmation, whatever the sender of the request. It is made where a
person's *yes* was received, by a process that can read the run's secret, and travels with the request: ``<monotonic
time, ns>.<digest>.<mark>``. The digest identifies the request (id, skill, arguments, pace), the mark is a keyed hash
over digest, plan and time. The connector accepts each once and only shortly after it was made; the control process has
the mark checked once more before such a skill moves a joint.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from skill_stack.core.errors import DataError
from skill_stack.core.processes.run_key import KeySource, mark_of, same_mark
from skill_stack.core.setpoint import SkillRequest, SkillSetpoint, plan_of
from skill_stack.core.shared_memory.block_words import BlockWords

LIFE = 10.0
"""Age beyond which a confirmation is no longer valid, s of monotonic time."""
HAND_LIFE = 1.0
"""Age beyond which a person no longer counts as driving, s of monotonic time."""
HAND = "teleop.hand"
"""Word of the shared block: last time when a person drove at this machine or with the robot's own remote, ns."""
SAID_YES = "yes"
"""Placeholder for a confirmation within the planner, until it is signed where the request is sent; valid for nothing.
"""
WANTED = "it is hazardous: it needs a person's yes, at the prompt or the page; ask for it in words"
HAND_WANTED = "it takes a hand at the keys of 'skill-stack drive' on the robot's machine, or at the robot's own remote"

Clock = Callable[[], int]


class NotConfirmed(DataError):
    """A hazardous request lacks a person's confirmation of exactly that request."""


class Confirmations(Protocol):
    """What the connector must check before it begins a hazardous skill."""

    def take(self, request: SkillRequest) -> None:
        """Uses up the confirmation of a request; raises NotConfirmed without a valid one."""

    def hand_on(self) -> bool:
        """Whether a person drives at this machine, or with the robot's own remote."""

    def confirm(self, request: SkillRequest) -> SkillRequest:
        """The request with a confirmation, for a sender whose request already counts as the person's *yes*."""


class NoConfirmations:
    """Confirmations where none can be given."""

    def take(self, request: SkillRequest) -> None:
        """Raises NotConfirmed."""
        raise NotConfirmed(f"'{request.skill}' is refused: {WANTED}")

    def hand_on(self) -> bool:
        """Always false."""
        return False

    def confirm(self, request: SkillRequest) -> SkillRequest:
        """The request unchanged."""
        return request


def confirmed(request: SkillRequest, key: bytes, now: int) -> SkillRequest:
    """A request with a person's confirmation.

    Args:
        request: The request that the person confirmed, as it will be sent.
        key: The run's secret.
        now: Monotonic time, ns.
    """
    digest = _digest(request)
    mark = mark_of(key, "confirmation", plan_of(request.id), digest, now)
    return replace(request, confirmation=f"{now}.{digest}.{mark}")


def is_confirmed(setpoint: SkillSetpoint, key: bytes) -> bool:
    """Whether the confirmation in a setpoint is one of this run for the plan that it serves."""
    stamp, digest, mark = _parts(setpoint.confirmation)
    return same_mark(mark, mark_of(key, "confirmation", plan_of(setpoint.request_id), digest, stamp))


class RunConfirmations:
    """Confirmations of the present run."""

    def __init__(
        self, key: KeySource, words: Callable[[], BlockWords | None] = lambda: None, clock: Clock = time.monotonic_ns
    ) -> None:
        """Takes confirmations from now on.

        Args:
            key: The run's secret.
            words: The words of the robot's block, where a hand that drives is noted; None while there are none.
            clock: Monotonic time, ns.
        """
        self._key, self._words, self._clock = key, words, clock
        self._since = clock()
        self._used: dict[str, int] = {}

    def confirm(self, request: SkillRequest) -> SkillRequest:
        """A request with a person's confirmation, given now.

        Raises:
            DataError: There is no shared memory.
        """
        return confirmed(request, self._key(), self._clock())

    def take(self, request: SkillRequest) -> None:
        """Uses up the confirmation of a request.

        Raises:
            NotConfirmed: It has none, or one that is for something else, too old, or used.
            DataError: There is no shared memory.
        """
        now = self._clock()
        stamp, digest, mark = _parts(request.confirmation)
        self._used = {one: at for one, at in self._used.items() if now - at < 2e9 * LIFE}
        refused = f"'{request.skill}' is refused"
        if not mark:
            raise NotConfirmed(f"{refused}: {WANTED}")
        good = same_mark(mark, mark_of(self._key(), "confirmation", plan_of(request.id), digest, stamp))
        if not good or digest != _digest(request):
            raise NotConfirmed(f"{refused}: its confirmation is not one of a person of this run for just that")
        if not self._since <= stamp <= now <= stamp + 1e9 * LIFE:
            raise NotConfirmed(f"{refused}: its confirmation is older than {LIFE:g} s, or than the connector")
        if mark in self._used:
            raise NotConfirmed(f"{refused}: its confirmation was used already")
        self._used[mark] = now

    def hand_on(self) -> bool:
        """Whether a person drives at this machine, or with the robot's own remote."""
        words = self._words()
        return words is not None and hand_on(words, self._clock())


def note_hand(words: BlockWords) -> None:
    """Records that a person has just driven by hand."""
    words.set(HAND, time.monotonic_ns())


def hand_on(words: BlockWords, now: int) -> bool:
    """Whether a person with write access to this run's memory has just driven; ``now`` is monotonic, ns."""
    return 0 <= now - words.get(HAND) <= 1e9 * HAND_LIFE


def _digest(request: SkillRequest) -> str:
    content = [request.id, request.skill, request.arguments, float(request.pace)]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _parts(confirmation: str) -> tuple[int, str, str]:
    """Time, digest and mark; no mark where the text is not a confirmation."""
    stamp, _, rest = confirmation.partition(".")
    digest, _, mark = rest.partition(".")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 20):
        return 0, "", ""
    return int(stamp), digest, mark
