"""Data sets: what every format has in common, and the export of episodes into one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.recording.datasets.frames import EpisodeFrames, cameras_of, frames_of, pictures_at
from skill_stack.recording.reading.episode import RecordedTask
from skill_stack.recording.recording import Recording

Array = np.ndarray
CARD = "skill_stack.json"
"""File in the folder of a data set that says what is in it."""
CONSENTS = ("given", "no_people", "unknown")


@dataclass
class DatasetCard:
    """What is in a data set.

    Attributes:
        format: ``lerobot`` or ``parquet``.
        licence: SPDX name of the licence.
        rate: Frames per second.
        robots: Robots whose episodes are in it.
        consent: Whether people in pictures agreed: one of :data:`CONSENTS`.
        faces_blurred: Whether faces were made unrecognisable.
        cameras: Cameras whose pictures are in it.
        state_names: Columns of the state.
        action_names: Columns of the action.
        episodes: Ids of the episodes, in their order.
        frames: Frames of each episode.
        instructions: Words of each episode.
        left_out: Why episodes were left out, by id.
    """

    format: str
    licence: str
    rate: float
    robots: list[str] = field(default_factory=list)
    consent: str = "unknown"
    faces_blurred: bool = False
    cameras: list[str] = field(default_factory=list)
    state_names: list[str] = field(default_factory=list)
    action_names: list[str] = field(default_factory=list)
    episodes: list[str] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)
    instructions: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def hours(self) -> float:
        """Length of all episodes, h."""
        return sum(self.frames) / self.rate / 3600.0

    def write(self, folder: Path) -> None:
        """Writes the card, whole or not at all."""
        draft = folder / f"{CARD}.new"
        draft.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(draft, folder / CARD)


def read_card(folder: Path) -> DatasetCard:
    """The card of a data set; raises DataError where there is none."""
    try:
        return DatasetCard(**json.loads((folder / CARD).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise DataError(f"{folder} is no data set of 'skill-stack dataset export': it has no {CARD}") from None
    except (ValueError, TypeError) as error:
        raise DataError(f"{folder / CARD}: {error}") from error


class DatasetWriter(Protocol):
    """Writes episodes in one format, after those that are there."""

    def add(
        self, card: DatasetCard, one: RecordedTask, frames: EpisodeFrames, views: Mapping[str, Iterable[Array]]
    ) -> None:
        """Writes an episode.

        Args:
            card: What is in the data set before it.
            one: The episode.
            frames: Its frames.
            views: Pictures by camera, one for each frame.
        """

    def close(self) -> None:
        """Ends the files in order."""


def export(
    folder: Path,
    card: DatasetCard,
    writer: DatasetWriter,
    chosen: Iterable[tuple[Recording, RecordedTask]],
    blur: Callable[[Array], Array] | None,
    report: Callable[[str], None] = lambda _: None,
) -> Iterator[RecordedTask]:
    """Writes episodes into a data set; those that are in it already are skipped, so that it may be ended at any time.

    Args:
        folder: Of the data set.
        card: What is in it; grows.
        writer: Writes them.
        chosen: Episodes with their open runs.
        blur: What makes faces unrecognisable; None to leave them.
        report: Takes progress lines.

    Yields:
        Each episode that was written.
    """
    for run, one in chosen:
        if one.id in card.episodes:
            continue
        try:
            frames = frames_of(run, one, card.rate)
        except DataError as error:
            card.left_out[one.id] = str(error)
            continue
        cameras = {name: topic for name, topic in cameras_of(run).items() if name in card.cameras}
        problem = _unfitting(card, frames, set(cameras))
        if problem:
            card.left_out[one.id] = problem
            continue
        views = {name: map(blur or _same, pictures_at(run, topic, frames.times)) for name, topic in cameras.items()}
        writer.add(card, one, frames, views)
        card.state_names, card.action_names = list(frames.state_names), list(frames.action_names)
        card.robots = sorted({*card.robots, one.robot})
        card.episodes.append(one.id)
        card.frames.append(len(frames.times))
        card.instructions.append(one.instruction)
        card.write(folder)
        report(f"{len(card.episodes)} episodes, {card.hours:.2f} h")
        yield one
    card.write(folder)


def _same(picture: Array) -> Array:
    return picture


def _unfitting(card: DatasetCard, frames: EpisodeFrames, cameras: set[str]) -> str:
    """Why an episode cannot be in the same data set as those before, or an empty string."""
    if card.state_names and card.state_names != list(frames.state_names):
        return "it has other joints than the episodes before; export each robot by itself"
    missing = set(card.cameras) - cameras
    return f"it has no pictures of {', '.join(sorted(missing))}" if missing else ""


def described(folder: Path) -> dict[str, Any]:
    """What a data set holds, for people and scripts: episodes, hours, size, size of an hour."""
    card = read_card(folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    hours = max(card.hours, 1e-9)
    return {
        "format": card.format, "robots": card.robots, "licence": card.licence, "consent": card.consent,
        "faces_blurred": card.faces_blurred, "cameras": card.cameras, "episodes": len(card.episodes),
        "frames": sum(card.frames), "rate": card.rate, "hours": round(card.hours, 4), "bytes": size,
        "megabytes_per_hour": round(size / 1e6 / hours, 1), "state": len(card.state_names),
        "action": len(card.action_names), "instructions": len(set(card.instructions)), "left_out": len(card.left_out),
    }  # fmt: skip
