"""ObservationHistory: the last frames of an observation, laid out as a policy was trained to see them.

The same code serves one robot and a batch of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import DataError

Array = np.ndarray

LAYOUTS = ("by_term", "by_frame")
ORDERS = ("oldest_first", "newest_first")
PADDINGS = ("repeat", "zeros", "warm")
_LENGTHS = ("observation_history_lengths", "observation_terms_history_length")
LONGEST = 100
"""Most frames of a history; a longer one is more likely a mistake in the metadata."""


@dataclass(frozen=True, slots=True)
class HistorySpec:
    """How many frames a policy sees, and how they are laid out.

    Attributes:
        lengths: Frames of each observation term, the present one included.
        layout: ``by_term``: all frames of the first term, then all of the next; ``by_frame``: whole frames.
        order: ``oldest_first`` or ``newest_first``.
        padding: What stands for the time before the policy was switched on: ``repeat``, the first frame; ``zeros``;
            ``warm``, what was measured then.
    """

    lengths: tuple[int, ...]
    layout: str = "by_term"
    order: str = "oldest_first"
    padding: str = "repeat"

    def __post_init__(self) -> None:
        """Checks the values; raises DataError."""
        for what, value, known in (
            ("layout", self.layout, LAYOUTS),
            ("order", self.order, ORDERS),
            ("padding", self.padding, PADDINGS),
        ):
            if value not in known:
                raise DataError(f"policy: {what} of the history '{value}' is not one of {', '.join(known)}")
        if not all(1 <= length <= LONGEST for length in self.lengths):
            raise DataError(f"policy: history lengths {list(self.lengths)} must lie within 1…{LONGEST}")
        if self.layout == "by_frame" and len(set(self.lengths)) > 1:
            raise DataError(f"policy: a history by frame needs one length for all terms, not {list(self.lengths)}")

    def to_metadata(self) -> dict[str, str]:
        """As ONNX metadata: text by key."""
        rest = {"layout": self.layout, "order": self.order, "padding": self.padding}
        return {"observation_history_lengths": json.dumps(self.lengths), "observation_history": json.dumps(rest)}

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> HistorySpec | None:
        """Reads it; None where a policy sees one frame alone.

        Raises:
            DataError: A value is not known.
            ValueError: The text cannot be read.
        """
        text = next((metadata[key] for key in _LENGTHS if metadata.get(key, "").strip()), "")
        found = json.loads(text) if text.lstrip().startswith("[") else text.split(",") if text else ()
        lengths = tuple(int(length) or 1 for length in found)  # 0 is another way to say that there is no history
        if all(length == 1 for length in lengths):
            return None
        rest = json.loads(metadata.get("observation_history", "{}"))
        unknown = sorted(set(rest) - {"layout", "order", "padding"})
        if unknown:
            raise DataError(f"policy: observation_history holds {unknown}; it knows layout, order, padding")
        return cls(lengths, **rest)


class ObservationHistory:
    """The frames of a batch of robots.

    Attributes:
        array: What the policy sees, float32, shape (batch, observation size); overwritten by every :meth:`push`.
        length: Frames of the longest term.
    """

    def __init__(self, spec: HistorySpec, sizes: tuple[int, ...], batch: int = 1) -> None:
        """Computes where each value comes from.

        Args:
            spec: Lengths and layout.
            sizes: Length of each term in one frame.
            batch: Number of robots.
        """
        self._zeros = spec.padding == "zeros"
        self.length = max(spec.lengths)
        self._frames = np.zeros((batch, self.length, sum(sizes)), np.float32)
        self._flat = self._frames.reshape(batch, -1)
        self._gather = _places(spec, sizes)
        self._fresh = np.ones(batch, bool)
        self.array: Array = np.zeros((batch, self._gather.size), np.float32)

    def forget(self, which: Array | slice = slice(None)) -> None:
        """Clears the history of some robots: their next frame is the first one."""
        self._fresh[which] = True

    def fill(self, frames: Array) -> None:
        """Fills the history with former frames instead of padding.

        Args:
            frames: Oldest first, the last one just before the next to be pushed, shape (batch, count, frame size); of
                fewer than needed the oldest one is repeated, of none nothing is known.
        """
        missing = self.length - frames.shape[1]
        if frames.shape[1]:
            self._frames[:, max(missing, 0) :] = frames[:, max(-missing, 0) :]
            self._frames[:, : max(missing, 0)] = frames[:, :1]
            self._fresh[:] = False

    def follow(self, other: ObservationHistory) -> None:
        """Continues from another history of the same policy."""
        self._frames[:] = other._frames
        self._fresh[:] = other._fresh

    def push(self, frame: Array) -> None:
        """Takes the present frame, shape (batch, frame size), and lays out :attr:`array`."""
        frames = self._frames
        frames[:, :-1] = frames[:, 1:]
        frames[:, -1] = frame
        if self._fresh.any():
            frames[self._fresh, :-1] = 0.0 if self._zeros else frames[self._fresh, -1:]
            self._fresh[:] = False
        np.take(self._flat, self._gather, axis=1, out=self.array)


def _places(spec: HistorySpec, sizes: tuple[int, ...]) -> Array:
    """Where each value of the observation is among all values of all frames, oldest frame first."""
    longest, frame = max(spec.lengths), sum(sizes)
    starts = np.cumsum((0, *sizes))
    terms = [(int(start), int(end)) for start, end in zip(starts, starts[1:])]

    def rows(length: int) -> list[int]:
        oldest_first = list(range(longest - length, longest))
        return oldest_first if spec.order == "oldest_first" else oldest_first[::-1]

    if spec.layout == "by_frame":
        parts = [np.arange(row * frame, (row + 1) * frame) for row in rows(longest)]
    else:
        parts = [
            np.arange(row * frame + start, row * frame + end)
            for (start, end), length in zip(terms, spec.lengths)
            for row in rows(length)
        ]
    return np.concatenate(parts)
