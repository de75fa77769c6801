"""Data sets for LeRobot (format v3), written by its own library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.recording.datasets.dataset import DatasetCard, read_card
from skill_stack.recording.datasets.frames import ACTION, IMAGES, STATE, EpisodeFrames
from skill_stack.recording.reading.episode import RecordedTask

Array = np.ndarray
SUBTASK = "subtask"
CODEC = "h264"
"""Of films; every decoder has it."""


def library() -> Any:
    """LeRobot's data sets; raises DataError where it is not installed."""
    try:
        from lerobot.datasets import lerobot_dataset
    except ImportError as error:
        raise DataError("this format needs the extra 'lerobot', --format parquet the extra 'data'") from error
    return lerobot_dataset


class LeRobotWriter:
    """Writes with LeRobot's own writer, also behind episodes that are there."""

    def __init__(self, folder: Path, name: str) -> None:
        """Takes the folder, which must not exist unless a data set of this kind is in it."""
        self._folder, self._name = folder, name
        self._library = library()
        self._open: Any = None

    def add(
        self, card: DatasetCard, one: RecordedTask, frames: EpisodeFrames, views: Mapping[str, Iterable[Array]]
    ) -> None:
        """See :class:`~skill_stack.recording.datasets.dataset.DatasetWriter`."""
        sources = {name: iter(pictures) for name, pictures in views.items()}
        for state, action, subtask in zip(frames.state, frames.action, frames.subtasks):
            seen = {IMAGES + name: next(source) for name, source in sources.items()}
            if self._open is None:
                self._begin(card, frames, one.robot, seen)
            words = {SUBTASK: subtask, "task": one.instruction}
            self._open.add_frame({STATE: state, ACTION: action, **words, **seen})
        self._open.save_episode()

    def close(self) -> None:
        """Ends its tables in order; without that LeRobot cannot read them."""
        if self._open is not None:
            self._open.finalize()
            self._open = None

    def _begin(self, card: DatasetCard, frames: EpisodeFrames, robot: str, seen: Mapping[str, Array]) -> None:
        if card.episodes:
            self._open = self._library.LeRobotDataset(self._name, root=self._folder)
            return
        features: dict[str, Any] = {
            STATE: {"dtype": "float32", "shape": (frames.state.shape[1],), "names": list(frames.state_names)},
            ACTION: {"dtype": "float32", "shape": (frames.action.shape[1],), "names": list(frames.action_names)},
            SUBTASK: {"dtype": "string", "shape": (1,), "names": None},
        }
        for name, picture in seen.items():
            features[name] = {"dtype": "video", "shape": picture.shape, "names": ["height", "width", "channels"]}
        self._open = self._library.LeRobotDataset.create(
            self._name, fps=round(frames.rate), features=features, root=self._folder, robot_type=robot,
            use_videos=bool(seen), vcodec=CODEC,
        )  # fmt: skip


def merge(sources: Sequence[Path], target: Path) -> DatasetCard:
    """Joins data sets by LeRobot's own tool."""
    from lerobot.datasets.dataset_tools import merge_datasets

    cards = [read_card(folder) for folder in sources]
    opened = [library().LeRobotDataset(folder.name, root=folder) for folder in sources]
    merge_datasets(opened, target.name, target)
    out = DatasetCard(**vars(cards[0]))
    for name in ("episodes", "frames", "instructions"):
        setattr(out, name, [item for card in cards for item in getattr(card, name)])
    out.robots = sorted({robot for card in cards for robot in card.robots})
    out.consent = "unknown" if any(card.consent == "unknown" for card in cards) else out.consent
    out.faces_blurred = all(card.faces_blurred for card in cards)
    out.write(target)
    return out


def split(source: Path, shares: Mapping[str, float], target: Path, seed: int) -> dict[str, DatasetCard]:
    """Divides a data set by LeRobot's own tool, whole episodes at random each."""
    from lerobot.datasets.dataset_tools import split_dataset

    card = read_card(source)
    order = np.random.default_rng(seed).permutation(len(card.episodes)).tolist()
    edges = np.rint(np.cumsum([0.0, *shares.values()]) / sum(shares.values()) * len(order)).astype(int).tolist()
    parts = {name: sorted(order[edges[n] : edges[n + 1]]) for n, name in enumerate(shares)}
    split_dataset(library().LeRobotDataset(source.name, root=source), parts, target)
    out = {}
    for name, numbers in parts.items():
        changes = {key: [getattr(card, key)[n] for n in numbers] for key in ("episodes", "frames", "instructions")}
        out[name] = DatasetCard(**{**vars(card), **changes})
        folder = target / name if (target / name).is_dir() else target.parent / f"{target.name}_{name}"
        out[name].write(folder)
    return out
