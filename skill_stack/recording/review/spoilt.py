"""Checks for spoilt episodes, by themselves and against the others: gaps, clocks, labels, slips, what is frozen."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.recording.format import COMPRESSED
from skill_stack.recording.reading.episode import UNFINISHED, RecordedTask, seconds
from skill_stack.recording.reading.ticks import TickTable, read_ticks
from skill_stack.recording.recording import Recording
from skill_stack.recording.review.repeats import RepeatCount, gap_of, picture_repeats, tick_repeats

Array = np.ndarray
FIELDS = (
    "sequence", "sample_sequence", "sample_valid", "monotonic", "position", "velocity", "torque", "command_position",
    "imu_angular_velocity", "imu_linear_acceleration", "base_position", "base_velocity",
)  # fmt: skip
"""Fields of ticks that the checks read."""
_FELT = ("velocity", "torque", "imu_angular_velocity", "imu_linear_acceleration", "base_velocity")
_FLOOR = 0.15
"""Least spread of a feature, a logarithm: 15 %; repetition is not suspicious."""


class SpoiltLimits(DataModel):
    """``checks.yaml``; see there."""

    sensor_gap: float
    moving: float
    chance: float
    clock_jump: float
    lost_ticks: int
    camera_gap: float
    stood: float
    stood_seconds: float
    unlike: float
    neighbours: int
    window: float
    group: int


@dataclass(frozen=True, slots=True)
class SpoiltFinding:
    """One reason for which an episode may be spoilt.

    Attributes:
        check: ``sensor_gap``, ``lost_ticks``, ``frozen_sensor``, ``frozen_camera``, ``clock_jump``, ``wrong_label``,
            ``slip``, ``takeover`` or ``unlike``.
        text: For people.
        time: When, wall time, s.
    """

    check: str
    text: str
    time: float


@dataclass(frozen=True, slots=True)
class EpisodeEvidence:
    """What the checks know of an episode.

    Attributes:
        group: What it is compared with: those of the same robot with the same skills.
        found: What is wrong with it by itself.
        features: What it is compared by: logarithms.
        repeats: By stream, apart for a robot that moves and one that does not.
    """

    group: str
    found: tuple[SpoiltFinding, ...]
    features: Mapping[str, float]
    repeats: Mapping[tuple[str, bool], RepeatCount]


def limits() -> SpoiltLimits:
    """The limits that come with the package."""
    return load_model(SpoiltLimits, Path(__file__).with_name("checks.yaml"))


def checked(episodes: Iterable[tuple[Recording, RecordedTask]], given: SpoiltLimits) -> dict[str, list[SpoiltFinding]]:
    """What is wrong with episodes, by themselves and by comparing them with one another.

    Args:
        episodes: Each with its run, which need be open only until the next is asked for.
        given: Limits.

    Returns:
        By id of the episode; an empty list where nothing is wrong.
    """
    seen = {one.id: evidence(run, one, given) for run, one in episodes}
    found = {name: list(one.found) for name, one in seen.items()}
    for compare in (_frozen, _unlike):
        for name, finding in compare(seen, given):
            found[name].append(finding)
    return found


def evidence(run: Recording, one: RecordedTask, given: SpoiltLimits) -> EpisodeEvidence:
    """Everything about one episode that needs its recording."""
    group = " ".join([one.robot, *(step.skill for step in one.steps)])
    ticks = read_ticks(run, window=one.window, fields=FIELDS)
    found = [*_of_events(one, given)]
    if len(ticks) < 2:
        found.append(SpoiltFinding("sensor_gap", "there are no control ticks", one.begin))
        return EpisodeEvidence(group, tuple(found), {}, {})
    found += [*_gaps(ticks, given), *_clocks(ticks, given), *_labels(ticks, one, given)]
    moving = np.nan_to_num(np.abs(ticks.columns["velocity"])).mean(axis=1) > given.moving
    repeats = dict(tick_repeats(ticks, moving))
    for name in [topic for topic in run.topics if topic.endswith(f"/{COMPRESSED}")]:
        times, count = picture_repeats(run, name, one, given.camera_gap)
        repeats[name, bool(moving.mean() > 0.5)] = count
        if (gap := gap_of(times, one.begin)) > given.camera_gap:
            found.append(SpoiltFinding("frozen_camera", f"{name}: no picture for {gap:.1f} s", one.begin))
    return EpisodeEvidence(group, tuple(found), features(ticks, given.window), repeats)


def features(ticks: TickTable, window: float) -> dict[str, float]:
    """What an episode is compared by: logarithms of the largest root mean square within a short time, SI units.

    Args:
        ticks: Its ticks.
        window: The short time, s.
    """
    of = ticks.columns
    size = max(round(window * ticks.rate), 1)
    signals = {"step of the targets": np.diff(of["command_position"], axis=0)}
    signals["lag behind the targets"] = of["command_position"] - of["position"]
    signals |= {name.replace("_", " "): of[name] for name in _FELT}
    return {f"largest {name}": _largest(np.nan_to_num(values), size) for name, values in signals.items()}


def _largest(values: Array, size: int) -> float:
    power = (values**2).mean(axis=1)
    size = min(size, len(power))
    return 0.5 * float(np.log(max(np.convolve(power, np.full(size, 1.0 / size), "valid").max(), 1e-12)))


def _unlike(seen: Mapping[str, EpisodeEvidence], given: SpoiltLimits) -> Iterator[tuple[str, SpoiltFinding]]:
    """Episodes that not even a few others resemble.

    The distance of two is the largest difference of a feature, in robust standard deviations of the group; what counts
    is that to the third nearest, so that a group may fall into several kinds: the long and the short ways.
    """
    for group in dict.fromkeys(one.group for one in seen.values()):
        names = [name for name, one in seen.items() if one.group == group and one.features]
        if len(names) < given.group:
            continue
        labels = list(seen[names[0]].features)
        rows = np.array([list(seen[name].features.values()) for name in names])
        spread = 1.4826 * np.median(np.abs(rows - np.median(rows, axis=0)), axis=0)
        scaled = rows / np.maximum(spread, _FLOOR)
        for name, row in zip(names, scaled):
            apart = np.abs(scaled - row)
            near = np.argsort(apart.max(axis=1), kind="stable")[given.neighbours]  # the first is the episode itself
            distance, which = apart[near].max(), int(apart[near].argmax())
            if distance > given.unlike:
                text = f"{labels[which]} is {distance:.1f} deviations from that of others alike"
                yield name, SpoiltFinding("unlike", text, 0.0)


def _frozen(seen: Mapping[str, EpisodeEvidence], given: SpoiltLimits) -> Iterator[tuple[str, SpoiltFinding]]:
    """Streams that repeat a value more often in a row than could be expected of the same stream in the others.

    A stream without others repeats every second value, as far as anybody knows.
    """
    robots = {name: one.group.split(" ")[0] for name, one in seen.items()}
    pairs: dict[tuple[str, tuple[str, bool]], int] = {}
    repeated = dict(pairs)
    for name, one in seen.items():
        for stream, count in one.repeats.items():
            key = robots[name], stream
            pairs[key] = pairs.get(key, 0) + count.pairs
            repeated[key] = repeated.get(key, 0) + count.repeated
    for name, one in seen.items():
        for stream, count in one.repeats.items():
            key = robots[name], stream
            usual = (repeated[key] - count.repeated + 1) / (pairs[key] - count.pairs + 2)
            if count.longest and count.pairs * usual**count.longest < given.chance:
                text = f"{count.what}: the very same value {count.longest + 1} times in a row"
                yield name, SpoiltFinding(count.check, text, count.time)


def _gaps(ticks: TickTable, given: SpoiltLimits) -> Iterator[SpoiltFinding]:
    fresh = np.flatnonzero(np.diff(ticks.columns["sample_sequence"], prepend=-1) != 0)
    apart = np.diff(np.append(ticks.columns["monotonic"][fresh], ticks.columns["monotonic"][-1]))
    worst = int(np.argmax(apart))
    if apart[worst] > given.sensor_gap:
        time = float(ticks.times[fresh[worst]])
        yield SpoiltFinding("sensor_gap", f"no new sample for {apart[worst]:.2f} s", time)
    lost = int((np.diff(ticks.columns["sequence"]) - 1).clip(min=0).sum())
    if lost >= given.lost_ticks:
        yield SpoiltFinding("lost_ticks", f"{lost} control ticks are missing", float(ticks.times[0]))
    invalid = int((ticks.columns["sample_valid"] == 0).sum())
    if invalid > given.lost_ticks:
        yield SpoiltFinding("sensor_gap", f"{invalid} samples were not valid", float(ticks.times[0]))


def _clocks(ticks: TickTable, given: SpoiltLimits) -> Iterator[SpoiltFinding]:
    monotonic = np.diff(ticks.columns["monotonic"])
    off = np.abs(np.diff(ticks.stamps) - monotonic)
    worst = int(np.argmax(off))
    if off[worst] > given.clock_jump or (monotonic < 0).any():
        text = f"the clock on the wall jumped by {off[worst]:.2f} s against the monotonic one"
        yield SpoiltFinding("clock_jump", text, float(ticks.times[worst]))


def _labels(ticks: TickTable, one: RecordedTask, given: SpoiltLimits) -> Iterator[SpoiltFinding]:
    place = ticks.columns["base_position"][:, :2]
    moved = float(np.nanmax(np.linalg.norm(place - place[0], axis=1), initial=0.0))
    going = [step for step in one.steps if step.skill == "go_to" and step.outcome == "succeeded"]
    going = [step for step in going if step.end - step.begin > given.stood_seconds]  # it may have been there already
    still = (
        float(np.nan_to_num(np.abs(ticks.columns["velocity"])).mean()) < given.moving
    )  # turning on the spot is moving, too
    if going and moved < given.stood and still:
        yield SpoiltFinding("wrong_label", f"{going[0].words} succeeded, and it moved {moved:.2f} m", going[0].end)


def _of_events(one: RecordedTask, given: SpoiltLimits) -> Iterator[SpoiltFinding]:
    bad = [step for step in one.steps if step.outcome in ("failed", "interrupted", UNFINISHED)]
    if one.outcome == "succeeded" and one.steps and one.steps[-1] in bad:
        yield SpoiltFinding("wrong_label", f"it succeeded, and its last step {bad[-1].outcome}", bad[-1].end)
    if one.outcome == "failed" and one.steps and not bad:
        yield SpoiltFinding("wrong_label", "it failed, and every step succeeded", one.end)
    for check, kinds in (("slip", ("stop", "estop")), ("takeover", ("takeover",))):
        mine = (event for event in one.events if event.kind in kinds and event.payload.get("begins", True))
        for event in itertools.islice(mine, 1):
            yield SpoiltFinding(check, f"{event.kind.value} by a person: {event.text}".rstrip(": "), seconds(event))
