"""BlockWords: the flags of a shared block, each one aligned 8-byte word written by a single store.

Their layout is the same in every block of every robot, so a stop needs only the block's name.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from skill_stack.core.errors import LeaseRefused, UnknownName
from skill_stack.core.processes.process_identity import ProcessIdentity

Process = Literal["control", "simulator", "supervisor", "front_end"]
Owner = Literal["nobody", "control", "supervisor"]

SOURCES = ("local", "ros", "remote", "supervisor")
"""Sources of a stop request; each has its own counter, so no two writers share a word."""
PROCESSES: tuple[Process, ...] = ("control", "simulator", "supervisor", "front_end")
OWNERS: tuple[Owner, ...] = ("nobody", "control", "supervisor")
MEASURED = ("battery", "temperature")
"""What only some devices measure: in a sample of the others a constant stands in its place."""
Condition = Literal["fine", "damped", "lost", "latched"]
CONDITIONS: tuple[Condition, ...] = ("fine", "damped", "lost", "latched")
"""Conditions that a part reports to the others: damped by a guard while the reason lasts, taken over by the supervisor,
or latched by an error.
"""
MOST_PARTS = 8
"""Most parts of a robot; the words have room for that many."""
WORDS_OFFSET = 64
REASON_OFFSET = 2048
REASON_SIZE = 512
PART_REASON_OFFSET = REASON_OFFSET + REASON_SIZE
PART_REASON_SIZE = 160
RUN_KEY_OFFSET = PART_REASON_OFFSET + MOST_PARTS * PART_REASON_SIZE
RUN_KEY_SIZE = 32
"""Bytes of the secret of a run, which is kept only in the block, readable only by the user who runs the stack."""

_KINDS = ("stop", "estop", "reset")
_NAMES = (
    *(f"{kind}.{source}" for kind in _KINDS for source in SOURCES),
    *(f"estop.part{place}" for place in range(MOST_PARTS)),
    *(f"{what}.{process}" for what in ("heartbeat", "pid", "start") for process in PROCESSES),
    "lease.owner",
    "lease.generation",
    "tripped",
    "control.active",
    "control.latched",
    "control.estops_seen",
    "simulator.rearm",
    *(f"condition.part{place}" for place in range(MOST_PARTS)),
    "control.limited",
    *(f"place.{what}" for what in ("number", "x", "y", "yaw", "position", "heading", "check", "heeded")),
    "reload.asked",
    "reload.heeded",
    *(f"sticks.{what}" for what in ("number", "ahead", "left", "turn")),
    "place.source",
    "teleop.hand",
    "control.measured",
    "look.taken",
    "look.told",
    "look.heard",
    "planner.answers",
)
_PLACE = {name: WORDS_OFFSET + 8 * index for index, name in enumerate(_NAMES)}
# Native alignment: CPython reads such a word in one piece, while "<q" would be read byte by byte.
_WORD = struct.Struct("q")
_COUNTERS = struct.Struct(f"{len(_KINDS) * len(SOURCES) + MOST_PARTS}q")
_LEASE = struct.Struct("2q")
_CONDITIONS = struct.Struct(f"{MOST_PARTS}q")


STICK = 10_000
"""Integer value of full stick deflection."""
COUNTABLE = 2**62 - 1
"""Largest sum of counters: even a corrupted sum must fit into a record, so that it can be reported."""


def word_names() -> tuple[str, ...]:
    """Names of all words."""
    return _NAMES


def _wrapped(value: int) -> int:
    """A number wrapped to 64 bits; only a corrupted one gets that large."""
    return (value + 2**63) % 2**64 - 2**63


@dataclass(frozen=True, slots=True)
class Flags:
    """How often each request was made since the block was created, over all sources.

    Attributes:
        stop: Stops.
        estop: Emergency stops.
        reset: Resets.
        peer: Why another part of this robot demands the stance, or an empty string.
        cause: Which error of a part latched all of them, or an empty string.
    """

    stop: int = 0
    estop: int = 0
    reset: int = 0
    peer: str = ""
    cause: str = ""

    @property
    def stop_count(self) -> int:
        """Stops of either kind; a setpoint is obeyed only if it states this count."""
        return (self.stop + self.estop) & COUNTABLE


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write commands.

    Attributes:
        owner: The owner.
        generation: Grows whenever the owner changes, so that a former owner notices.
    """

    owner: Owner
    generation: int


def is_settled(words: BlockWords) -> bool:
    """Whether no process drives a part, and its last driver has damped it.

    A control process that ends in order releases its lease when its driver has damped the robot. A supervisor that has
    damped the robot clears ``control.active``.

    Args:
        words: The words of that part.
    """
    return not words.get("control.active") and words.lease.owner != "control"


class BlockWords:
    """Typed access to the flag words of a mapped block."""

    def __init__(self, memory: mmap.mmap | bytes) -> None:
        """Takes the memory of a block whose header has been checked; a copy in bytes can only be read."""
        self._memory: Any = memory
        self._counts: tuple[int, ...] = ()
        self._flags = Flags()

    def get(self, name: str) -> int:
        """One word by name; raises UnknownName."""
        if name not in _PLACE:
            raise UnknownName("word of the shared block", name, _NAMES)
        return int(_WORD.unpack_from(self._memory, _PLACE[name])[0])

    def set(self, name: str, value: int) -> None:
        """Stores one word by name; raises UnknownName."""
        if name not in _PLACE:
            raise UnknownName("word of the shared block", name, _NAMES)
        self._store(_PLACE[name], _wrapped(value))

    def _store(self, place: int, value: int) -> None:
        """Stores the whole word at once; ``pack_into`` clears it before it writes, and readers would see that."""
        self._memory[place : place + _WORD.size] = _WORD.pack(value)

    @property
    def run_key(self) -> bytes:
        """The secret of this run, created with the block."""
        return bytes(self._memory[RUN_KEY_OFFSET : RUN_KEY_OFFSET + RUN_KEY_SIZE])

    def flags(self) -> Flags:
        """The counters of stop, estop and reset, summed over the sources; the same object while they are unchanged."""
        counts = _COUNTERS.unpack_from(self._memory, WORDS_OFFSET)
        if counts != self._counts:
            self._counts = counts
            self._flags = Flags(sum(counts[0:4]), sum(counts[4:8]) + sum(counts[12:]), sum(counts[8:12]))
        return self._flags

    def request_stop(self, source: str) -> None:
        """Requests the safe stance; source is one of :data:`SOURCES`, else UnknownName."""
        self._count("stop", source)

    def request_estop(self, source: str) -> None:
        """Requests damping until a reset; source is one of :data:`SOURCES`, else UnknownName."""
        self._count("estop", source)

    def request_reset(self, source: str) -> None:
        """Requests to leave the latched state; source is one of :data:`SOURCES`, else UnknownName."""
        self._count("reset", source)

    def _count(self, kind: str, source: str) -> None:
        if source not in SOURCES:
            raise UnknownName("source of a stop", source, SOURCES)
        self.set(f"{kind}.{source}", self.get(f"{kind}.{source}") + 1)

    def request_reload(self) -> int:
        """Requests that skills be loaded again as soon as nothing is driven.

        Returns:
            Number of the request; it is met when ``reload.heeded`` of a part's block has come that far.
        """
        number = _wrapped(self.get("reload.asked") + 1)
        self.set("reload.asked", number)
        return number

    def write_sticks(self, ahead: float, left: float, turn: float) -> None:
        """States how far the sticks of the robot's own remote are pushed, each -1 to 1.

        Args:
            ahead: Ahead.
            left: To the left.
            turn: Turning to the left.
        """
        for name, value in (("ahead", ahead), ("left", left), ("turn", turn)):
            self.set(f"sticks.{name}", round(value * STICK))
        self.set("sticks.number", _wrapped(self.get("sticks.number") + 1))  # last, so that who sees it sees the others

    def sticks(self) -> tuple[int, tuple[float, float, float]]:
        """Number of stick readings, and the newest one: forward, left, yaw, each -1 to 1."""
        number = self.get("sticks.number")
        ahead, left, turn = (
            min(max(self.get(f"sticks.{name}") / STICK, -1.0), 1.0) for name in ("ahead", "left", "turn")
        )
        return number, (ahead, left, turn)

    def beat(self, process: Process, monotonic: float) -> None:
        """Stores the heartbeat of a process.

        Args:
            process: One of :data:`PROCESSES`.
            monotonic: Monotonic time, s.
        """
        self._store(_PLACE[f"heartbeat.{process}"], int(monotonic * 1e9))

    def heartbeat(self, process: Process) -> float:
        """Monotonic time of the last heartbeat of a process, s; 0 before the first."""
        return self.get(f"heartbeat.{process}") * 1e-9

    def register(self, process: Process, identity: ProcessIdentity) -> None:
        """Registers a process for a role in this block."""
        self.set(f"start.{process}", identity.start)
        self.set(f"pid.{process}", identity.pid)

    def unregister(self, process: Process) -> None:
        """Frees a role."""
        self.set(f"pid.{process}", 0)

    def registered(self, process: Process) -> ProcessIdentity:
        """The process registered for a role; its pid is 0 when there is none."""
        return ProcessIdentity(self.get(f"pid.{process}"), self.get(f"start.{process}"))

    @property
    def lease(self) -> Lease:
        """The present lease."""
        owner = self.get("lease.owner")
        known: Owner = OWNERS[owner] if 0 <= owner < len(OWNERS) else "nobody"  # a word that was spoilt names nobody
        return Lease(known, self.get("lease.generation"))

    def take_lease(self, owner: Owner) -> Lease:
        """Makes a process the only writer of commands, and returns the new lease."""
        generation = _wrapped(self.get("lease.generation") + 1)
        self.set("lease.generation", generation)
        self.set("lease.owner", OWNERS.index(owner))
        return Lease(owner, generation)

    def check_lease(self, mine: Lease) -> None:
        """Raises LeaseRefused, naming the holder, when a lease is no longer the one in force."""
        owner, generation = _LEASE.unpack_from(self._memory, _PLACE["lease.owner"])  # two words, one after the other
        if generation != mine.generation or not 0 <= owner < len(OWNERS) or OWNERS[owner] != mine.owner:
            lease = self.lease
            if lease != mine:
                raise LeaseRefused(f"the lease went to {lease.owner}")

    def state_measured(self, measured: Iterable[str]) -> None:
        """States what the device of a part measures, some of :data:`MEASURED`."""
        self.set("control.measured", sum(1 << MEASURED.index(name) for name in measured))

    @property
    def measured(self) -> frozenset[str]:
        """What the device of a part measures, some of :data:`MEASURED`; nothing before its driver was opened."""
        word = self.get("control.measured")
        return frozenset(name for bit, name in enumerate(MEASURED) if word >> bit & 1)

    @property
    def tripped(self) -> str:
        """Why the supervisor took over the robot, or an empty string."""
        if not self.get("tripped"):
            return ""
        text = self._memory[REASON_OFFSET : REASON_OFFSET + REASON_SIZE].split(b"\0", 1)[0]
        return text.decode(errors="replace") or "tripped"

    def trip(self, reason: str) -> None:
        """Records that the supervisor took over the robot, and why."""
        text = reason.encode()[: REASON_SIZE - 1]
        self._memory[REASON_OFFSET : REASON_OFFSET + REASON_SIZE] = text.ljust(REASON_SIZE, b"\0")
        self.set("tripped", 1)

    def clear_trip(self) -> None:
        """Records that the robot may be driven again."""
        self.set("tripped", 0)

    def latch_part(self, place: int) -> None:
        """Latches all parts of the robot after an error in one of them, given by its index."""
        self.set(f"estop.part{place}", self.get(f"estop.part{place}") + 1)

    def conditions(self) -> tuple[int, ...]:
        """Condition that each part reported to the others, as indices of :data:`CONDITIONS`."""
        return _CONDITIONS.unpack_from(self._memory, _PLACE["condition.part0"])

    def condition_reason(self, place: int) -> str:
        """Reason for the condition of the part with that index."""
        begin = PART_REASON_OFFSET + place * PART_REASON_SIZE
        return bytes(self._memory[begin : begin + PART_REASON_SIZE]).split(b"\0", 1)[0].decode(errors="replace")

    def set_condition(self, place: int, condition: Condition, reason: str = "") -> None:
        """Reports the condition of one part to the others.

        Args:
            place: Place of that part among them.
            condition: How it is.
            reason: Why, one sentence; what does not fit is cut.
        """
        text = reason.encode()[: PART_REASON_SIZE - 1].ljust(PART_REASON_SIZE, b"\0")
        begin = PART_REASON_OFFSET + place * PART_REASON_SIZE
        self._memory[begin : begin + PART_REASON_SIZE] = text
        self.set(f"condition.part{place}", CONDITIONS.index(condition))
