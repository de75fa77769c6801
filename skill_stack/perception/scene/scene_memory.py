"""SceneMemory: the scene in a file for the next start, with confidence reduced by the elapsed time."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.perception.scene.object_track import ObjectTrack

VERSION = 1
EVERY = 5.0
"""Time between two writes, s."""
LONGEST = 5_000_000
"""Bytes of a file that is still read."""
_WALL = ("kind", "shape", "size", "yaw", "colour", "confidence", "deviation")


class SceneMemory:
    """Stores one scene in one file."""

    def __init__(self, path: Path) -> None:
        """Stores the path; opens nothing."""
        self._path = path
        self._written = -EVERY

    def keep(self, scene: ObjectMap, now: float, wall: float, clock: float, at_once: bool = False) -> bool:
        """Writes the scene at intervals; whether it did.

        Args:
            scene: The scene.
            now: Task time, s.
            wall: Time of the clock on the wall, s.
            clock: Monotonic time, s.
            at_once: Whether it is written though it was written a moment ago.

        Raises:
            OSError: It cannot be written.
        """
        if not at_once and clock - self._written < EVERY:
            return False
        self._written = clock
        believed = [track for track in scene.tracks.values() if not track.id.startswith("new_")]
        data = {
            "version": VERSION,
            "wall": wall,
            "things": [_told(track, now) for track in believed],
            "walls": [_told_wall(wall_) for wall_ in scene.walls],
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".tmp")
        beside.write_text(json.dumps(data), "utf-8")
        os.replace(beside, self._path)  # a kill leaves the old one or the new one
        return True

    def recall(self, scene: ObjectMap, now: float, wall: float) -> int:
        """Restores the stored scene; returns the number of objects. Nothing without a file.

        Args:
            scene: A scene that has seen nothing yet.
            now: Task time, s; it may have restarted.
            wall: Time of the clock on the wall, s.

        Raises:
            DataError: The file is none of these.
        """
        if not self._path.exists():
            return 0
        try:
            if self._path.stat().st_size > LONGEST:
                raise ValueError(f"it has more than {LONGEST} bytes")
            data = json.loads(self._path.read_text("utf-8"))
            if data["version"] != VERSION:
                raise ValueError(f"it is of version {data['version']}, not {VERSION}")
            between = max(0.0, wall - float(data["wall"]))
            tracks = [_track(one, now, between) for one in data["things"]]
            walls = [_wall(one) for one in data["walls"]]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise DataError(f"{self._path} does not say what was seen: {error}") from error
        scene.restore(tracks, walls)
        return len(tracks)


def _told(track: ObjectTrack, now: float) -> dict[str, Any]:
    """An object as plain data; times as ages."""
    return {
        "id": track.id, "position": track.position.tolist(), "variance": track.variance, "size": track.size.tolist(),
        "yaw": track.yaw, "sized": track.sized, "sure": track.sure, "sightings": track.sightings, "on": track.on,
        "wholes": track.wholes,
        "kinds": dict(track.kinds), "shapes": dict(track.shapes), "colours": dict(track.colours),
        "known": now - track.first_seen, "unseen": now - track.last_seen,
    }  # fmt: skip


def _track(data: dict[str, Any], now: float, between: float) -> ObjectTrack:
    """A track from plain data."""
    position, size = _numbers(data["position"]), _numbers(data["size"])
    votes = [defaultdict(float, {str(k): float(v) for k, v in data[name].items()}) for name in _VOTES]
    if not votes[0] or not votes[1]:
        raise ValueError(f"'{data['id']}' has no kind or no shape")
    kind, shape = (max(one, key=one.__getitem__) for one in votes[:2])
    colour = max(votes[2], key=votes[2].__getitem__) if votes[2] else ""
    deviation, sure = float(data["variance"]) ** 0.5, float(data["sure"])
    extent = (float(size[0]), float(size[1]), float(size[2]))
    last = Detection(
        kind, shape, position, extent, float(data["yaw"]), colour, sure, deviation, True, False, 0, (0, 0, 0, 0), -1,
        position,
    )  # fmt: skip
    seen = now - float(data["unseen"]) - between
    return ObjectTrack(
        str(data["id"]), position, deviation**2, size, float(data["yaw"]), float(data["sized"]), last,
        now - float(data["known"]) - between, seen, int(data["sightings"]), wholes=int(data.get("wholes", 0)),
        sure=sure, hidden=True, on=str(data["on"]), kinds=votes[0], shapes=votes[1], colours=votes[2],
    )  # fmt: skip


_VOTES = ("kinds", "shapes", "colours")


def _told_wall(wall: Detection) -> dict[str, Any]:
    out = {name: getattr(wall, name) for name in _WALL}
    return {**out, "position": wall.position.tolist(), "surface": wall.surface.tolist()}


def _wall(data: dict[str, Any]) -> Detection:
    size = _numbers(data["size"])
    return Detection(
        str(data["kind"]), str(data["shape"]), _numbers(data["position"]),
        (float(size[0]), float(size[1]), float(size[2])), float(data["yaw"]), str(data["colour"]),
        float(data["confidence"]), float(data["deviation"]), True, False, 0, (0, 0, 0, 0), -1,
        _numbers(data["surface"]),
    )  # fmt: skip


def _numbers(values: Any) -> np.ndarray:
    """Three finite numbers."""
    found = np.array(values, float)
    if found.shape != (3,) or not np.isfinite(found).all():
        raise ValueError(f"{values!r} are not three numbers")
    return found
