"""Checks for spoilt episodes: gaps, frozen sensors and cameras, clock jumps, wrong labels, slips of the operator."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.recording.format import COMPRESSED
from skill_stack.recording.reading.episode import NS, UNFINISHED, RecordedTask, seconds, span
from skill_stack.recording.reading.ticks import TickTable, read_ticks
from skill_stack.recording.recording import Recording

Array = np.ndarray
FIELDS = (
    "sequence", "sample_sequence", "sample_valid", "monotonic", "position", "velocity", "torque", "command_position",
    "imu_angular_velocity", "imu_linear_acceleration", "imu_orientation", "base_position", "base_velocity",
)  # fmt: skip
"""Fields of ticks that the checks read."""
_SENSORS = ("position", "imu_angular_velocity", "imu_linear_acceleration")
_FLOOR = 0.15
"""Least spread of a feature: 15 % where it is a logarithm, 0.15 m/s of a speed; repetition is not suspicious."""


class SpoiltLimits(DataModel):
    """``checks.yaml``; see there."""

    sensor_gap: float
    still_seconds: float
    moving: float
    clock_jump: float
    lost_ticks: int
    camera_gap: float
    camera_still: float
    slip_seconds: float
    stood: float
    stood_seconds: float
    unlike: float
    group: int


@dataclass(frozen=True, slots=True)
class SpoiltFinding:
    """One reason for which an episode may be spoilt.

    Attributes:
        check: ``sensor_gap``, ``lost_ticks``, ``frozen_sensor``, ``frozen_camera``, ``clock_jump``, ``wrong_label``,
            ``slip`` or ``unlike``.
        text: For people.
        time: When, wall time, s.
    """

    check: str
    text: str
    time: float


def limits() -> SpoiltLimits:
    """The limits that come with the package."""
    return load_model(SpoiltLimits, Path(__file__).with_name("checks.yaml"))


def findings(run: Recording, one: RecordedTask, given: SpoiltLimits) -> tuple[list[SpoiltFinding], dict[str, float]]:
    """What is wrong with an episode by itself, and its features for comparing it with others."""
    ticks = read_ticks(run, window=one.window, fields=FIELDS)
    found = [*_of_events(one, given)]
    if len(ticks) < 2:
        return [*found, SpoiltFinding("sensor_gap", "there are no control ticks", one.begin)], {}
    found += [*_gaps(ticks, given), *_clocks(ticks, given), *_frozen(ticks, given), *_labels(ticks, one, given)]
    return [*found, *_cameras(run, one, ticks, given)], features(ticks)


def unlike(
    rows: Mapping[str, Mapping[str, float]], group_of: Mapping[str, str], given: SpoiltLimits
) -> dict[str, tuple[str, float]]:
    """Episodes that are unlike the others of their group.

    Args:
        rows: Features by episode.
        group_of: Group of each episode, e.g. its skills.
        given: Limits.

    Returns:
        For each of them the feature that differs most, and by how many robust standard deviations.
    """
    out: dict[str, tuple[str, float]] = {}
    for group in dict.fromkeys(group_of.values()):
        names = [name for name in rows if group_of[name] == group and rows[name]]
        if len(names) < given.group:
            continue
        for feature in rows[names[0]]:
            values = np.array([rows[name][feature] for name in names])
            middle = np.median(values)
            spread = max(1.4826 * float(np.median(np.abs(values - middle))), _FLOOR)
            for name, distance in zip(names, np.abs(values - middle) / spread):
                if distance > given.unlike and distance > out.get(name, ("", 0.0))[1]:
                    out[name] = (feature, float(distance))
    return out


def features(ticks: TickTable) -> dict[str, float]:
    """What an episode is compared by; SI units, logarithms of what is positive and of any size."""
    of = ticks.columns
    steps = np.abs(np.diff(of["command_position"], axis=0))
    lag = np.abs(of["command_position"] - of["position"])
    speed = np.linalg.norm(np.nan_to_num(of["base_velocity"]), axis=1)
    return {
        "joint speed": _log(np.sqrt(np.nanmean(of["velocity"] ** 2))),
        "joint torque": _log(np.sqrt(np.nanmean(of["torque"] ** 2))),
        "largest step of a target": _log(np.nanmax(steps)),
        "largest lag behind a target": _log(np.nanmax(lag)),
        "mean lag behind the targets": _log(np.nanmean(lag)),
        "speed of the base": float(speed.mean()),
        "largest turning rate": _log(np.nanmax(np.abs(of["imu_angular_velocity"]))),
        "largest acceleration": _log(np.nanmax(np.abs(of["imu_linear_acceleration"]))),
    }


def _log(value: float) -> float:
    return float(np.log(max(float(value), 1e-6)))


def _gaps(ticks: TickTable, given: SpoiltLimits) -> Iterator[SpoiltFinding]:
    fresh = np.flatnonzero(np.diff(ticks.columns["sample_sequence"], prepend=-1) != 0)
    apart = np.diff(np.append(ticks.columns["monotonic"][fresh], ticks.columns["monotonic"][-1]))
    worst = int(np.argmax(apart))
    if apart[worst] > given.sensor_gap:
        time = float(ticks.stamps[fresh[worst]])
        yield SpoiltFinding("sensor_gap", f"no new sample for {apart[worst]:.2f} s", time)
    lost = int((np.diff(ticks.columns["sequence"]) - 1).clip(min=0).sum())
    if lost >= given.lost_ticks:
        yield SpoiltFinding("lost_ticks", f"{lost} control ticks are missing", float(ticks.stamps[0]))
    invalid = int((ticks.columns["sample_valid"] == 0).sum())
    if invalid > given.lost_ticks:
        yield SpoiltFinding("sensor_gap", f"{invalid} samples were not valid", float(ticks.stamps[0]))


def _clocks(ticks: TickTable, given: SpoiltLimits) -> Iterator[SpoiltFinding]:
    monotonic = np.diff(ticks.columns["monotonic"])
    off = np.abs(np.diff(ticks.stamps) - monotonic)
    worst = int(np.argmax(off))
    if off[worst] > given.clock_jump or (monotonic < 0).any():
        text = f"the clock on the wall jumped by {off[worst]:.2f} s against the monotonic one"
        yield SpoiltFinding("clock_jump", text, float(ticks.stamps[worst]))


def _frozen(ticks: TickTable, given: SpoiltLimits) -> Iterator[SpoiltFinding]:
    period = float(np.median(np.diff(ticks.columns["monotonic"])))
    needed = max(round(given.still_seconds / period), 2)
    fresh = np.diff(ticks.columns["sample_sequence"], prepend=-1) != 0
    moving = np.nanmean(np.abs(ticks.columns["velocity"]), axis=1) > given.moving
    for sensor in _SENSORS:
        values = ticks.columns[sensor][fresh & moving]
        if len(values) <= needed:
            continue
        for column, same in enumerate((np.diff(values, axis=0) == 0.0).T):
            if _longest(same) >= needed:
                name = ticks.joints[column] if sensor == "position" else f"{sensor} {'xyz'[column]}"
                yield SpoiltFinding("frozen_sensor", f"{name} does not change while the robot moves", ticks.stamps[0])
                break


def _longest(flags: Array) -> int:
    """Length of the longest run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(int)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _labels(ticks: TickTable, one: RecordedTask, given: SpoiltLimits) -> Iterator[SpoiltFinding]:
    place = ticks.columns["base_position"][:, :2]
    moved = float(np.nanmax(np.linalg.norm(place - place[0], axis=1), initial=0.0))
    going = [step for step in one.steps if step.skill == "go_to" and step.outcome == "succeeded"]
    going = [step for step in going if step.end - step.begin > given.stood_seconds]  # it may have been there already
    still = float(np.nanmean(np.abs(ticks.columns["velocity"]))) < given.moving  # turning on the spot is moving, too
    if going and moved < given.stood and still:
        yield SpoiltFinding("wrong_label", f"{going[0].words} succeeded, and it moved {moved:.2f} m", going[0].end)


def _of_events(one: RecordedTask, given: SpoiltLimits) -> Iterator[SpoiltFinding]:
    bad = [step for step in one.steps if step.outcome in ("failed", "interrupted", UNFINISHED)]
    if one.outcome == "succeeded" and one.steps and one.steps[-1] in bad:
        yield SpoiltFinding("wrong_label", f"it succeeded, and its last step {bad[-1].outcome}", bad[-1].end)
    if one.outcome == "failed" and one.steps and not bad:
        yield SpoiltFinding("wrong_label", "it failed, and every step succeeded", one.end)
    for event in one.events:
        if event.kind in ("stop", "estop") or (event.kind == "takeover" and event.payload.get("begins", True)):
            yield SpoiltFinding("slip", f"{event.kind.value} by a person: {event.text}".rstrip(": "), seconds(event))
            return


def _cameras(run: Recording, one: RecordedTask, ticks: TickTable, given: SpoiltLimits) -> Iterator[SpoiltFinding]:
    """Gaps between pictures, and the very same picture while the robot moves."""
    moving = float(np.nanmean(np.abs(ticks.columns["velocity"]))) > given.moving
    for name in [topic for topic in run.topics if topic.endswith(f"/{COMPRESSED}")]:
        before, since, check = one.begin, one.begin, 0
        for _, _, time, data in run.raw_messages([name], *span(one.window)):
            now, new = time * NS, zlib.crc32(data[16:])  # behind the time in its header
            if now - before > given.camera_gap:
                yield SpoiltFinding("frozen_camera", f"{name}: no picture for {now - before:.1f} s", before)
                break
            if new != check:
                since, check = now, new
            if moving and now - since > given.camera_still:
                yield SpoiltFinding("frozen_camera", f"{name}: the same picture for {now - since:.1f} s", since)
                break
            before = now


def group_of(one: RecordedTask) -> str:
    """What an episode is compared with: those of the same robot with the same words and skills."""
    return " ".join([one.robot, one.instruction, *(step.skill for step in one.steps)])


def inspect(
    run: Recording, episodes: Iterable[RecordedTask], given: SpoiltLimits
) -> Iterator[tuple[RecordedTask, list[SpoiltFinding], dict[str, float]]]:
    """Every episode of a run with its findings and features."""
    for one in episodes:
        yield one, *findings(run, one, given)
