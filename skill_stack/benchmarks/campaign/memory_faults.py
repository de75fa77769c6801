"""Faults of shared memory: random bytes in records, and random words."""

from __future__ import annotations

import os

from skill_stack.benchmarks.campaign.fault import ANY, ESTOP, Fault, Injection, Rng, duration
from skill_stack.benchmarks.campaign.rig import FaultRig
from skill_stack.controllers.safety.guard_violation import Guard
from skill_stack.core.shared_memory.block_words import word_names
from skill_stack.core.shared_memory.shared_block import PAGE

LONGEST_RUN = 64  # bytes
COUNTERS = ("stop.", "estop.", "reset.")


def _value(rng: Rng) -> int:
    """A random word: any bits, or a small number."""
    return int(rng.integers(-(2**63), 2**63)) if rng.random() < 0.7 else int(rng.integers(-5, 100))


def _records(rig: FaultRig, rng: Rng) -> Injection:
    """Bytes of the records change between every write and its read."""
    path = rig.channels.block.path

    def spoil() -> None:
        with path.open("r+b") as file:
            size = os.fstat(file.fileno()).st_size - PAGE
            for _ in range(int(rng.integers(1, 20))):
                file.seek(PAGE + int(rng.integers(size - LONGEST_RUN)))
                file.write(rng.bytes(int(rng.integers(1, LONGEST_RUN))))

    rig.spoilers.append(spoil)
    return Injection(lambda: rig.spoilers.remove(spoil), duration(rig, rng))


def _counter(rig: FaultRig, rng: Rng) -> Injection:
    """A counter of stops, emergency stops or resets holds any bits."""
    names = [name for name in word_names() if name.startswith(COUNTERS)]
    rig.channels.words.set(str(rng.choice(names)), int(rng.integers(2**20, 2**63)) * int(rng.choice([-1, 1])))
    return Injection(lambda: None, 25)


def _word(rig: FaultRig, rng: Rng) -> Injection:
    """Random values in words of leases, heartbeats and processes, repeatedly."""
    names = [name for name in word_names() if not name.startswith(COUNTERS)]

    def spoil() -> None:
        rig.channels.words.set(str(rng.choice(names)), _value(rng))

    rig.spoilers.append(spoil)

    def undo() -> None:
        rig.spoilers.remove(spoil)
        rig.channels.words.request_reset("local")  # a person resets it

    return Injection(undo, duration(rig, rng))


MEMORY_FAULTS = (
    Fault("memory: random bytes in records", Guard.SAMPLE, ANY, "", 1, _records),
    Fault("memory: a counter of stops", Guard.MEMORY, ESTOP, "spoilt", 1, _counter, stays=True),
    Fault("memory: other words", Guard.WRITER, ANY, "", 1, _word),
)
"""Faults of shared memory."""
