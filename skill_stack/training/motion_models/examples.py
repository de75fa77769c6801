"""Examples for models of motion, read from recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.rotation import gravity_in_base
from skill_stack.recording.datasets.frames import EpisodeFrames, frames_of
from skill_stack.recording.format import SUFFIX
from skill_stack.recording.reading.episode import RecordedTask, episodes_of
from skill_stack.recording.recording import Recording
from skill_stack.recording.review.spoilt import checked, limits
from skill_stack.recording.review.verdicts import fit_to_learn_from

Array = np.ndarray
Kind = Literal["dynamics", "prior"]
"""What is predicted: the change of the state by an action, or the action in a state."""
KINDS: tuple[Kind, ...] = ("dynamics", "prior")
_ORIENTATION = ("base.qw", "base.qx", "base.qy", "base.qz")
_GRAVITY = ("gravity.x", "gravity.y", "gravity.z")


@dataclass(frozen=True, slots=True)
class MotionExamples:
    """Rows of one episode, one after the other in time.

    Attributes:
        state: Joint positions, rad, and velocities, rad/s, angular velocity, rad/s, and velocity, m/s, of the base,
            and the unit vector of gravity in its frame, shape (rows, n).
        action: Commanded joint positions, rad, shape (rows, joints).
        names: Names of the columns of :attr:`state`.
        joints: Names of the columns of :attr:`action`.
    """

    state: Array
    action: Array
    names: tuple[str, ...]
    joints: tuple[str, ...]

    def rows(self, kind: Kind) -> tuple[Array, Array]:
        """What a model sees, and what it predicts there, shapes (rows, ...)."""
        if kind == "prior":
            return self.state, self.action
        return np.concatenate([self.state, self.action], axis=1)[:-1], np.diff(self.state, axis=0)


def examples_of(frames: EpisodeFrames) -> MotionExamples:
    """Rows of an episode; the heading is left out, since motion does not depend on it."""
    turned = [frames.state_names.index(name) for name in _ORIENTATION]
    kept = [place for place, name in enumerate(frames.state_names) if name not in _ORIENTATION]
    state = np.concatenate([frames.state[:, kept], gravity_in_base(frames.state[:, turned])], axis=1)
    names = (*(frames.state_names[place] for place in kept), *_GRAVITY)
    return MotionExamples(state, frames.action, names, frames.action_names)


def read_examples(folder: Path, rate: float, report: Callable[[str], None]) -> dict[str, MotionExamples]:
    """Examples of all episodes in a folder that are fit to learn from, by id.

    Args:
        folder: Where runs are, one folder or file each.
        rate: Rows per second; not more than ticks.
        report: Takes progress lines.

    Raises:
        DataError: There are none, or they are of several robots.
    """
    files = sorted(folder.rglob(f"*{SUFFIX}"))
    found: dict[str, MotionExamples] = {}
    tasks: dict[str, RecordedTask] = {}
    why: list[str] = []

    def episodes() -> Iterator[tuple[Recording, RecordedTask]]:
        for number, path in enumerate(files, 1):
            with Recording(path) as run:
                for one in episodes_of(run):
                    try:
                        found[one.id] = examples_of(frames_of(run, one, rate))
                    except DataError as error:
                        why.append(str(error))
                        continue
                    tasks[one.id] = one
                    yield run, one
            if number % 20 == 0 or number == len(files):
                report(f"read {number} of {len(files)} recordings, {len(found)} episodes")

    spoilt = checked(episodes(), limits())
    sound = {name: rows for name, rows in found.items() if fit_to_learn_from(tasks[name], (), spoilt[name])}
    if not sound:
        reason = f": {why[0]}" if why else "; record some with: skill-stack record start"
        raise DataError(f"{folder} has {len(files)} recordings and no episode that is fit to learn from{reason}")
    if len(kinds := {rows.names for rows in sound.values()}) > 1:
        robots = ", ".join(sorted({tasks[name].robot for name in sound}))
        raise DataError(f"{folder} has episodes of {len(kinds)} kinds of robots ({robots}); a model is of one")
    report(f"{len(sound)} episodes of {len(found)} are fit to learn from")
    return sound
