"""Data sets in Parquet: a table of episodes, and a table of frames for each of them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from skill_stack.core.errors import DataError
from skill_stack.recording.datasets.dataset import DatasetCard, read_card
from skill_stack.recording.datasets.frames import ACTION, IMAGES, STATE, EpisodeFrames, statistics
from skill_stack.recording.reading.episode import RecordedTask

Array = np.ndarray
FRAMES, EPISODES = "frames", "episodes.parquet"
ABOUT = ("episode", "robot", "task", "outcome", "reason")
QUALITY = 85
"""Of JPEG."""


class ParquetWriter:
    """Writes ``frames/episode-000000.parquet``, each whole or not at all, and ``episodes.parquet`` at the end."""

    def __init__(self, folder: Path) -> None:
        """Makes the folder."""
        self._folder = folder
        (folder / FRAMES).mkdir(parents=True, exist_ok=True)

    def add(
        self, card: DatasetCard, one: RecordedTask, frames: EpisodeFrames, views: Mapping[str, Iterable[Array]]
    ) -> None:
        """See :class:`~skill_stack.recording.datasets.dataset.DatasetWriter`."""
        number, count = len(card.episodes), len(frames.times)
        columns: dict[str, pa.Array] = {
            "episode_index": pa.array(np.full(count, number)), "frame_index": pa.array(np.arange(count)),
            "timestamp": pa.array((frames.times - frames.times[0]).astype(np.float32)),
            STATE: _lists(frames.state), ACTION: _lists(frames.action),
            "task": pa.array([one.instruction] * count), "subtask": pa.array(frames.subtasks),
        }  # fmt: skip
        for name, pictures in views.items():
            columns[IMAGES + name] = pa.array([_packed(picture) for picture in pictures])
        about = {"episode": one.id, "robot": one.robot, "task": one.instruction, "outcome": one.outcome,
                 "reason": one.reason, "begin": repr(one.begin), "end": repr(one.end)}  # fmt: skip
        path = _frames_file(self._folder, number)
        draft = path.with_suffix(".new")
        pq.write_table(pa.table(columns).replace_schema_metadata(about), draft, compression="zstd")
        os.replace(draft, path)

    def close(self) -> None:
        """Writes the table of episodes, with statistics of each."""
        write_episodes(self._folder)


def write_episodes(folder: Path) -> None:
    """Makes ``episodes.parquet`` of the tables of frames."""
    rows: list[dict[str, object]] = []
    for path in sorted((folder / FRAMES).glob("*.parquet")):
        table = pq.read_table(path, columns=[STATE, ACTION])
        about = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
        state, action = (np.array(table[name].to_pylist()) for name in (STATE, ACTION))
        rows.append({
            "episode_index": len(rows), **{name: about.get(name, "") for name in ABOUT},
            "begin": float(about["begin"]), "end": float(about["end"]), "frames": table.num_rows,
            "statistics": statistics({STATE: state, ACTION: action}),
        })  # fmt: skip
    if rows:
        pq.write_table(pa.Table.from_pylist(rows), folder / EPISODES, compression="zstd")


def merge(sources: Sequence[Path], target: Path) -> DatasetCard:
    """Joins data sets of the same columns; raises DataError where they differ."""
    cards = [read_card(folder) for folder in sources]
    first = cards[0]
    out = DatasetCard(**{**vars(first), "episodes": [], "frames": [], "instructions": [], "robots": []})
    for folder, card in zip(sources, cards):
        for name in ("state_names", "action_names", "rate", "cameras", "licence"):
            if getattr(card, name) != getattr(first, name):
                raise DataError(f"{folder} and {sources[0]} differ in {name}; only alike data sets are merged")
        _take(folder, card, range(len(card.episodes)), target, out)
    out.consent = "unknown" if any(card.consent == "unknown" for card in cards) else first.consent
    out.faces_blurred = all(card.faces_blurred for card in cards)
    out.write(target)
    write_episodes(target)
    return out


def split(source: Path, shares: Mapping[str, float], target: Path, seed: int) -> dict[str, DatasetCard]:
    """Divides a data set at random, whole episodes each; names and shares of the parts in ``shares``."""
    card = read_card(source)
    order = np.random.default_rng(seed).permutation(len(card.episodes)).tolist()
    edges = np.rint(np.cumsum([0.0, *shares.values()]) / sum(shares.values()) * len(order)).astype(int).tolist()
    out = {}
    for number, name in enumerate(shares):
        part = DatasetCard(**{**vars(card), "episodes": [], "frames": [], "instructions": [], "robots": []})
        _take(source, card, sorted(order[edges[number] : edges[number + 1]]), target / name, part)
        part.write(target / name)
        write_episodes(target / name)
        out[name] = part
    return out


def _take(source: Path, card: DatasetCard, numbers: Iterable[int], target: Path, out: DatasetCard) -> None:
    """Copies episodes behind those that are there, with numbers of their own."""
    (target / FRAMES).mkdir(parents=True, exist_ok=True)
    for number in numbers:
        if card.episodes[number] in out.episodes:
            continue
        table = pq.read_table(_frames_file(source, number))
        place = table.schema.get_field_index("episode_index")
        renumbered = pa.array(np.full(table.num_rows, len(out.episodes)))
        path = _frames_file(target, len(out.episodes))
        pq.write_table(table.set_column(place, "episode_index", renumbered), path, compression="zstd")
        out.robots = sorted({*out.robots, *card.robots})
        out.episodes.append(card.episodes[number])
        out.frames.append(card.frames[number])
        out.instructions.append(card.instructions[number])


def _frames_file(folder: Path, number: int) -> Path:
    return folder / FRAMES / f"episode-{number:06d}.parquet"


def _lists(rows: Array) -> pa.Array:
    return pa.FixedSizeListArray.from_arrays(pa.array(np.ascontiguousarray(rows).reshape(-1)), rows.shape[1])


def _packed(picture: Array) -> bytes:
    data = io.BytesIO()
    Image.fromarray(picture).save(data, "JPEG", quality=QUALITY)
    return data.getvalue()
