"""ForeignObservation: one input of a foreign policy, composed as its manifest states."""

from __future__ import annotations

import numpy as np

from skill_stack.controllers.foreign.moment import Moment
from skill_stack.controllers.foreign.terms import make_term
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.policy_manifest import ManifestInput, ManifestTerm, PolicyManifest

Array = np.ndarray


class ForeignObservation:
    """Terms, their factors and limits, and past frames.

    Attributes:
        array: What the network sees, float32, shape (1, size) or as the manifest states; written by :meth:`write`.
        slices: Where each term is in one frame.
        order: Where each value of the input is among all frames, one after the other, the newest first.
        scale: Factor of each value of a frame.
        length: Frames that are kept, the present one included.
    """

    def __init__(self, entry: ManifestInput, manifest: PolicyManifest, robot: RobotSpec) -> None:
        """Resolves names once.

        Args:
            entry: The input.
            manifest: All conventions of the policy.
            robot: The robot.

        Raises:
            UnknownName: A term, joint or command is not known.
            DataError: A term lacks something, or has another number of factors than values.
        """
        self._values = []
        self.slices: list[slice] = []
        sizes: list[int] = []
        scales, before, after = [], [], []
        for term in entry.terms:
            size, values = make_term(term, manifest, robot)
            start = sum(sizes)
            sizes.append(size)
            self.slices.append(slice(start, start + size))
            self._values.append((self.slices[-1], values))
            scales.append(_scale(term, size, manifest))
            limits = np.tile(np.array(term.clip or (-np.inf, np.inf)), (size, 1))
            none = np.tile(np.array((-np.inf, np.inf)), (size, 1))
            before.append(none if term.scale_first else limits)
            after.append(limits if term.scale_first else none)
        self.scale = np.concatenate(scales)
        self._scale = None if (self.scale == 1.0).all() else self.scale
        self._before, self._after = _limits(np.concatenate(before)), _limits(np.concatenate(after))
        self._clip = entry.clip
        self._zeros = entry.padding == "zeros"
        ages = [_ages(term, entry) for term in entry.terms]
        self.length = 1 + max(max(one) for one in ages)
        self._frames = np.zeros((self.length, sum(sizes)), np.float32)  # newest first
        self.order = _places(entry, ages, self.slices, sum(sizes))
        self._pick = None if np.array_equal(self.order, np.arange(self._frames.size)) else self.order
        self._fresh = True
        shape = entry.shape or (1, self.order.size)
        if int(np.prod(shape)) != self.order.size:
            raise DataError(f"policy: input '{entry.name}' has {self.order.size} values, its shape is {list(shape)}")
        self.array: Array = np.zeros(shape, np.float32)
        self._flat = self.array.reshape(-1)

    @property
    def frame_size(self) -> int:
        """Number of values of one frame."""
        return int(self._frames.shape[1])

    def start(self) -> None:
        """Clears the history."""
        self._fresh = True

    def follow(self, other: ForeignObservation) -> None:
        """Continues from the state of another observation of the same policy."""
        self._frames[:] = other._frames
        self._fresh = other._fresh

    def write(self, moment: Moment, keep: bool = True) -> None:
        """Writes :attr:`array`.

        Args:
            moment: What is seen.
            keep: Whether this frame counts as one of the past later; False for a rehearsal.
        """
        before = None if keep else (self._frames.copy(), self._fresh)
        frames = self._frames
        if self.length > 1:
            frames[1:] = frames[:-1].copy()
        frame = frames[0]
        for place, values in self._values:
            frame[place] = values(moment)
        if self._before is not None:
            np.clip(frame, *self._before, out=frame)
        if self._scale is not None:
            frame *= self._scale
        if self._after is not None:
            np.clip(frame, *self._after, out=frame)
        if self._clip is not None:
            np.clip(frame, *self._clip, out=frame)
        if self._fresh:
            frames[1:] = 0.0 if self._zeros else frame
            self._fresh = False
        if self._pick is None:
            self._flat[:] = frames.reshape(-1)
        else:
            np.take(frames.ravel(), self._pick, out=self._flat)
        if before is not None:
            self._frames, self._fresh = before


def _scale(term: ManifestTerm, size: int, manifest: PolicyManifest) -> Array:
    scale = np.array(term.scale, float)
    if scale.ndim and len(scale) != size:
        raise DataError(f"policy: term '{term.term}' has {len(scale)} factors for {size} values")
    scale = np.broadcast_to(scale, size).copy()
    if term.zeroed:
        names = term.joints or manifest.joint_names
        if len(names) != size:
            raise DataError(f"policy: term '{term.term}' has no value per joint, so none can be zeroed")
        scale[[names.index(name) for name in term.zeroed]] = 0.0
    return scale


def _limits(pairs: Array) -> tuple[Array, Array] | None:
    return (pairs[:, 0].copy(), pairs[:, 1].copy()) if np.isfinite(pairs).any() else None


def _ages(term: ManifestTerm, entry: ManifestInput) -> list[int]:
    """Ages of a term's frames, in their order."""
    if term.ages is not None:
        return list(term.ages)
    newest_first = list(range(term.history))
    return newest_first if entry.order == "newest_first" else newest_first[::-1]


def _places(entry: ManifestInput, ages: list[list[int]], slices: list[slice], frame: int) -> Array:
    """Index of each value of the input among all frames, newest frame first."""
    if entry.layout == "by_frame":
        parts = [np.arange(age * frame, (age + 1) * frame) for age in ages[0]]
    else:
        parts = [
            np.arange(age * frame + place.start, age * frame + place.stop)
            for place, several in zip(slices, ages)
            for age in several
        ]
    return np.concatenate(parts)
