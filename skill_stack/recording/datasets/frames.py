"""Frames of an episode: state, action, words and pictures at the rate of a data set."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from skill_stack.core.errors import DataError
from skill_stack.recording.format import COMPRESSED, PICTURE_TYPE, VIDEO_TYPE
from skill_stack.recording.pictures import KEY_SECONDS
from skill_stack.recording.reading.episode import NS, RecordedTask, Window, span
from skill_stack.recording.reading.ticks import read_ticks
from skill_stack.recording.recording import Recording

Array = np.ndarray

STATE, ACTION, IMAGES = "observation.state", "action", "observation.images."
"""Names of features, as LeRobot has them."""
_FIELDS = ("position", "velocity", "command_position", "base_orientation", "base_angular_velocity", "base_velocity")
_BASE = {
    "base_orientation": ("base.qw", "base.qx", "base.qy", "base.qz"),
    "base_angular_velocity": ("base.wx", "base.wy", "base.wz"), "base_velocity": ("base.vx", "base.vy", "base.vz"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EpisodeFrames:
    """Frames of one episode.

    Attributes:
        rate: Frames per second.
        times: Wall time, s, shape (frames,).
        state: Measured joint positions, rad, and velocities, rad/s, orientation w-x-y-z, angular velocity, rad/s, and
            velocity, m/s, of the base, shape (frames, n); nothing that only the simulator knows.
        action: Commanded joint positions, rad, shape (frames, joints).
        state_names: Names of the columns of :attr:`state`.
        action_names: Names of the columns of :attr:`action`.
        subtasks: The step in each frame, in words; empty between steps.
    """

    rate: float
    times: Array
    state: Array
    action: Array
    state_names: tuple[str, ...]
    action_names: tuple[str, ...]
    subtasks: tuple[str, ...]


def frames_of(run: Recording, one: RecordedTask, rate: float, part: str = "") -> EpisodeFrames:
    """Frames of an episode: at each time the newest tick.

    Args:
        run: Its run.
        one: The episode.
        rate: Frames per second; not more than ticks.
        part: Actuated part; empty for the main one.

    Raises:
        DataError: It has no ticks, or fewer per second than asked for.
    """
    ticks = read_ticks(run, part, one.window, _FIELDS)
    if len(ticks) < 2:
        raise DataError(f"{one.id} has no control ticks")
    if rate > 1.01 * ticks.rate:
        raise DataError(
            f"{one.id} has {ticks.rate:.1f} ticks per second; ask for at most that many frames, not {rate:g}"
        )
    times = np.arange(ticks.times[0], ticks.times[-1] + 0.5 / rate, 1.0 / rate)
    rows = np.clip(np.searchsorted(ticks.times, times + 1e-6, side="right") - 1, 0, len(ticks) - 1)
    of = ticks.columns
    state = np.concatenate([of["position"], of["velocity"], *(of[name] for name in _BASE)], axis=1)
    names = [f"{joint}.pos" for joint in ticks.joints] + [f"{joint}.vel" for joint in ticks.joints]
    names += [name for group in _BASE.values() for name in group]
    steps = [one.step_at(float(time)) for time in times]
    return EpisodeFrames(
        rate=rate, times=times, state=np.nan_to_num(state[rows]).astype(np.float32),
        action=of["command_position"][rows].astype(np.float32), state_names=tuple(names),
        action_names=tuple(f"{joint}.pos" for joint in ticks.joints),
        subtasks=tuple(step.words if step else "" for step in steps),
    )  # fmt: skip


def cameras_of(run: Recording) -> dict[str, str]:
    """Topics of recorded cameras, by the name of the camera."""
    kinds = (PICTURE_TYPE, VIDEO_TYPE)
    topics = [name for name, kind in run.topics.items() if name.endswith(f"/{COMPRESSED}") and kind in kinds]
    return {name.split("/")[-2]: name for name in topics}


def pictures(run: Recording, topic: str, window: Window) -> Iterator[tuple[float, Array]]:
    """Pictures of a camera: time, wall time, s, and RGB, uint8, shape (height, width, 3).

    Args:
        run: The run.
        topic: One of :func:`cameras_of`.
        window: Only those in it.

    Raises:
        DataError: They are a film, and PyAV is not installed.
    """
    film = _film(run) if run.topics.get(topic) == VIDEO_TYPE else None
    early = (max(window[0] - 2 * KEY_SECONDS, 0.0), window[1]) if film else window  # a film begins with a whole picture
    for _, time, message in run.messages([topic], *span(early)):
        found = _decoded(film, message) if film else _opened(message)
        if found is not None and time * NS >= window[0]:
            yield time * NS, found


def _opened(message: Any) -> Array | None:
    try:
        with Image.open(io.BytesIO(bytes(message.data))) as picture:
            return np.asarray(picture.convert("RGB"))
    except OSError:
        return None


def _film(run: Recording) -> Any:
    try:
        import av
    except ImportError as error:
        raise DataError(f"{run.path}: its pictures are a film; reading it needs the extra 'video'") from error
    return av.CodecContext.create("h264", "r")


def _decoded(film: Any, message: Any) -> Array | None:
    import av

    try:
        found = film.decode(av.Packet(bytes(message.data)))
    except av.FFmpegError:  # before the first whole picture
        return None
    return found[-1].to_ndarray(format="rgb24") if found else None


def pictures_at(run: Recording, topic: str, times: Array) -> Iterator[Array]:
    """The newest picture at each time; before the first one, that."""
    source = pictures(run, topic, (float(times[0]) - 1.0, float(times[-1]) + 1.0))
    held: Array | None = None
    following = next(source, None)
    for time in times:
        while following is not None and (held is None or following[0] <= time):
            held = following[1]
            following = next(source, None)
        if held is None:
            raise DataError(f"{run.path}: {topic} has no pictures in the episode")
        yield held


def statistics(rows: Mapping[str, Array]) -> dict[str, dict[str, list[float]]]:
    """Mean, spread, smallest and largest of each column."""
    return {
        name: {"mean": values.mean(0).tolist(), "std": values.std(0).tolist(), "min": values.min(0).tolist(),
               "max": values.max(0).tolist()}
        for name, values in rows.items()
    }  # fmt: skip
