"""MadeRun: writes a run in the format of recordings without ROS and without a clock, message by message."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from mcap_ros2.writer import Writer

from skill_stack.recording.format import ABOUT, FORMAT_VERSION, METADATA, About
from skill_stack.recording.schemas import Schemas, installed_prefixes

START = 1_760_000_000.0
"""Wall time at which a made run begins unless it is told otherwise, s."""


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
        self._types = Schemas(installed_prefixes())
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
            self._schemas[kind] = self._writer.register_msgdef(
                f"{package}/msg/{short}", self._types.definition(f"{package}/msg/{short}")
            )
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
        "touch": nothing,
        "observation": nothing, "action": nothing, "part": "body", "skill": "walk", "phase": "trot", "mode": "active",
        "reason": "", "guard": "", "request_id": "", "skills": [],
    }  # fmt: skip
    return message | changes


def write_ticks(
    run: MadeRun, begin: float, rows: Iterable[Mapping[str, Any]], names: Iterable[str], rate: float
) -> None:
    """Writes ticks, each with the fields of :func:`tick`, and what their arrays mean."""
    names = list(names)
    about = {"part": "body", "joints": names, "feet": ["FL", "FR", "RL", "RR"], "touch": [], "control_rate": rate}
    run.write("body/joint_names", "skill_stack_interfaces/JointNames", begin, about)
    for row in rows:
        run.write("body/control_tick", "skill_stack_interfaces/ControlTick", START + row["monotonic"], row)
