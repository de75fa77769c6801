"""Runs as the recorder writes them, made up: for measuring and testing what reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from mcap_ros2.writer import Writer

from skill_stack.recording.format import ABOUT, FORMAT_VERSION, METADATA, About

INTERFACES = Path(__file__).parents[3] / "skill_stack_interfaces" / "msg"
START = 1_760_000_000.0  # wall time, s
COMMON = {
    "builtin_interfaces/Time": "int32 sec\nuint32 nanosec",
    "std_msgs/Header": "builtin_interfaces/Time stamp\nstring frame_id",
    "sensor_msgs/JointState": "std_msgs/Header header\nstring[] name\nfloat64[] position\nfloat64[] velocity"
    "\nfloat64[] effort",
    "sensor_msgs/CompressedImage": "std_msgs/Header header\nstring format\nuint8[] data",
}  # fmt: skip


@dataclass(frozen=True)
class MadeStep:
    """One step.

    Attributes:
        skill: The skill.
        arguments: Its arguments.
        seconds: How long it takes, s.
        outcome: How it ends.
        reason: Why.
    """

    skill: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 2.0
    outcome: str = "succeeded"
    reason: str = ""


@dataclass(frozen=True)
class MadeTask:
    """One task of a run.

    Attributes:
        task: Its id.
        instruction: The words.
        steps: What is done.
        outcome: How it ends.
        reason: Why.
        pause: Time until the next one, s.
    """

    task: str
    instruction: str
    steps: tuple[MadeStep, ...]
    outcome: str = "succeeded"
    reason: str = ""
    pause: float = 1.0


def definition(name: str) -> str:
    """The text of a type with those that it is made of, as ROS 2 writes it into bags."""
    seen: dict[str, str] = {}

    def add(one: str) -> None:
        package, short = one.split("/")
        text = COMMON.get(one) or (INTERFACES / f"{short}.msg").read_text(encoding="utf-8")
        seen[one] = text
        for line in text.splitlines():
            kind = line.split("#")[0].split("=")[0].split()[:1]
            base = kind[0].split("[")[0].split("<")[0] if kind else ""
            if base in ("time", "duration") or not base[:1].isupper() and "/" not in base:
                continue
            full = base if "/" in base else f"{package}/{base}"
            if full not in seen:
                add(full)

    add(name)
    first, *others = seen
    return "\n".join([seen[first], *(f"{'=' * 80}\nMSG: {one}\n{seen[one]}" for one in others)])


def stamp(time: float) -> dict[str, int]:
    """A time as ROS has it."""
    return {"sec": int(time), "nanosec": int((time % 1.0) * 1e9)}


class MadeRun:
    """A run that is being written."""

    def __init__(self, folder: Path, name: str, robot: str = "go2", about: Mapping[str, Any] | None = None) -> None:
        """Opens the file.

        Args:
            folder: Where runs are.
            name: Name of the run.
            robot: Robot that does it.
            about: What ``about.json`` holds besides.
        """
        self.folder = folder / name
        self.folder.mkdir(parents=True)
        self.path = self.folder / f"{name}_0.mcap"
        self._stream = self.path.open("wb")
        self._writer = Writer(self._stream, chunk_size=1 << 16)
        self._schemas: dict[str, Any] = {}
        what = {"namespace": "", "deployment": f"{robot}_sim", "started": 0, "simulated": True, **(about or {})}
        told = About(**{"robot": robot, "parts": {"body": 50.0}, "main": "body", **what})
        self._writer.add_attachment(0, 0, ABOUT, "application/json", told.to_json())
        version = {"format_version": str(FORMAT_VERSION), "robot": robot, "namespace": told.namespace}
        self._writer.add_metadata(METADATA, version)

    def attach(self, name: str, data: bytes) -> None:
        """Attaches a file, e.g. ``robot.yaml``."""
        self._writer.add_attachment(0, 0, name, "application/octet-stream", data)

    def write(self, topic: str, kind: str, time: float, message: Mapping[str, Any]) -> None:
        """Writes a message of a type, e.g. ``std_msgs/Header``; time is wall time, s."""
        package, short = kind.split("/")
        if kind not in self._schemas:
            self._schemas[kind] = self._writer.register_msgdef(f"{package}/msg/{short}", definition(kind))
        self._writer.write_message(f"/{topic}", self._schemas[kind], message, log_time=round(time * 1e9))

    def event(self, time: float, kind: str, task: str, text: str = "", **payload: Any) -> None:
        """Writes an event."""
        message = {"stamp": stamp(time), "kind": kind, "task_id": task, "text": text, "payload": json.dumps(payload)}
        self.write("run_events", "skill_stack_interfaces/RunEvent", time, message)

    def end(self) -> Path:
        """Ends the run in order."""
        self._writer.finish()
        self._stream.close()
        (self.folder / "metadata.yaml").write_text("rosbag2_bagfile_information: {}\n", encoding="utf-8")
        return self.path


def write_tasks(
    run: MadeRun, tasks: Iterable[MadeTask], begin: float = START
) -> Iterator[tuple[MadeTask, float, float]]:
    """Writes the events of tasks one after the other; yields each with its times."""
    now = begin
    for one in tasks:
        asked = now
        run.event(now, "instruction", one.task, one.instruction, source="prompt")
        now += 0.1
        run.event(now, "plan", one.task, one.instruction, skills=[step.skill for step in one.steps])
        for number, step in enumerate(one.steps):
            key = f"{one.task}/{number}"
            now += 0.05
            run.event(
                now, "step_started", one.task, "", request_id=key, skill=step.skill, arguments=dict(step.arguments)
            )
            now += step.seconds
            run.event(now, "step_ended", one.task, step.reason, request_id=key, skill=step.skill, outcome=step.outcome)
        now += 0.05
        run.event(now, "outcome", one.task, one.reason, outcome=one.outcome)
        yield one, asked, now
        now += one.pause


def joints(rate: float, seconds: float, size: int, rng: np.random.Generator) -> np.ndarray:
    """Joint positions of something like a gait, rad, shape (ticks, joints)."""
    times = np.arange(round(rate * seconds)) / rate
    phases, sizes = rng.uniform(0, 2 * np.pi, size), rng.uniform(0.1, 0.4, size)
    return sizes * np.sin(2 * np.pi * 1.5 * times[:, None] + phases) + 0.002 * rng.standard_normal((len(times), size))


def tick(time: float, number: int, position: np.ndarray, target: np.ndarray, **changes: Any) -> dict[str, Any]:
    """One control tick; joints in rad, everything else at rest."""
    size = len(position)
    still: list[float] = [0.0] * size
    nothing: list[float] = []
    message = {
        "stamp": stamp(time), "sequence": number, "sample_sequence": number, "setpoint_sequence": 1,
        "command_sequence": number, "stop_count": 0, "deadline_misses": 0, "limited": 0, "command_mode": 1,
        "reaction": 0, "sample_valid": True, "state_valid": True, "monotonic": time - START, "task_time": time - START,
        "sample_age": 0.002, "base_age": 0.002, "progress": 0.0, "tick_ms": 0.5, "lateness_ms": 0.05,
        "imu_orientation": [1.0, 0.0, 0.0, 0.0], "imu_angular_velocity": [0.0] * 3,
        "imu_linear_acceleration": [0.0, 0.0, 9.81], "base_orientation": [1.0, 0.0, 0.0, 0.0],
        "base_angular_velocity": [0.0] * 3, "base_position": [0.0, 0.0, 0.3], "base_velocity": [0.0] * 3,
        "position": position.tolist(), "velocity": still, "torque": still, "estimated_velocity": still,
        "command_position": target.tolist(), "command_velocity": still, "command_torque": still, "kp": [30.0] * size,
        "kd": [1.0] * size, "temperature": [35.0] * size, "foot_force": [40.0] * 4, "contact": [1.0] * 4,
        "observation": nothing, "action": nothing, "part": "body", "skill": "walk", "phase": "trot", "mode": "active",
        "reason": "", "guard": "", "request_id": "", "skills": [],
    }  # fmt: skip
    return message | changes


def write_ticks(
    run: MadeRun, begin: float, rows: Iterable[Mapping[str, Any]], names: Iterable[str], rate: float
) -> None:
    """Writes ticks, each with the fields of :func:`tick`, and what their arrays mean."""
    names = list(names)
    run.write("body/joint_names", "skill_stack_interfaces/JointNames", begin,
              {"part": "body", "joints": names, "feet": ["FL", "FR", "RL", "RR"], "control_rate": rate})  # fmt: skip
    for row in rows:
        run.write("body/control_tick", "skill_stack_interfaces/ControlTick", START + row["monotonic"], row)
