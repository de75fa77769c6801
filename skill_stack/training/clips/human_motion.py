"""A motion of a person: where its joints are, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError, UnknownName

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class HumanMotion:
    """Joint positions over time, in a world whose z axis points up (REP-103).

    Attributes:
        joints: Names of the joints.
        positions: Where they are, m, shape (frames, joints, 3).
        rate: Frames per second, Hz.
    """

    joints: tuple[str, ...]
    positions: Array
    rate: float

    def __post_init__(self) -> None:
        if self.positions.shape[1:] != (len(self.joints), 3) or len(self.positions) < 2:
            shape = list(self.positions.shape)
            raise DataError(f"positions have the shape {shape}, not [2 or more frames, {len(self.joints)} joints, 3]")
        lost = np.argwhere(~np.isfinite(self.positions))
        if len(lost):
            raise DataError(f"frame {lost[0][0]}: a position of joint '{self.joints[lost[0][1]]}' is not finite")
        if not self.rate > 0.0:
            raise DataError(f"{self.rate:g} frames per second; more than 0 are needed")

    @property
    def seconds(self) -> float:
        """How long it is, s."""
        return (len(self.positions) - 1) / self.rate

    def track_of(self, *names: str) -> Array:
        """Where the first joint is that has one of these names, whatever their case, m, shape (frames, 3).

        Raises:
            UnknownName: None of them is there.
        """
        known = {plain(joint): place for place, joint in reversed(list(enumerate(self.joints)))}
        for name in names:
            if plain(name) in known:
                return self.positions[:, known[plain(name)]]
        raise UnknownName("joint of the person", names[0], self.joints)

    def resampled(self, rate: float) -> HumanMotion:
        """The same motion at another rate, straight between its frames."""
        times = np.arange(int(self.seconds * rate + 1e-6) + 1) / rate
        given = np.arange(len(self.positions)) / self.rate
        flat = self.positions.reshape(len(given), -1)
        values = np.stack([np.interp(times, given, column) for column in flat.T], axis=1)
        return HumanMotion(self.joints, values.reshape(len(times), len(self.joints), 3), rate)


def plain(name: str) -> str:
    """A joint's name without what exporters put before it (``mixamorig:``), case, and signs between words."""
    return name.split(":")[-1].lower().replace("_", "").replace(" ", "")


def load_positions(path: Path) -> HumanMotion:
    """Reads an ``.npz`` with ``joints`` (names), ``positions`` (frames, joints, 3; m, z up) and ``fps``.

    Raises:
        DataError: The file cannot be read, holds objects, or lacks an array.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: is no file of arrays: {error}") from error
    missing = [name for name in ("joints", "positions", "fps") if name not in arrays]
    if missing:
        raise DataError(f"{path}: lacks {missing}; it has {sorted(arrays)}")
    names = tuple(str(name) for name in np.atleast_1d(arrays["joints"]))
    positions = np.asarray(arrays["positions"], dtype=float)
    if positions.ndim != 3:
        raise DataError(f"{path}: positions have {positions.ndim} dimensions, not frames, joints and 3")
    try:
        return HumanMotion(names, positions, float(np.atleast_1d(arrays["fps"])[0]))
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
