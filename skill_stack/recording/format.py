"""The format of a recording: where it lies, what its channels are called, and what its events are.

A run, one bring-up of a deployment, is a folder ``<overlay>/recordings/<YYYYmmdd-HHMMSS>_<robot>[_<namespace>]`` with
one MCAP file ``<the same name>_0.mcap`` and the ``metadata.yaml`` of rosbag2. The folder of a run that is kept has a
file :data:`KEPT`. A file without ``metadata.yaml``, or alone, is as good.

The file has profile ``ros2``; every message is CDR and has a ``ros2msg`` schema with the whole definition of its type.
``log_time`` is when a message was received: the wall time at which the run began, and the monotonic time since then, so
that it never jumps. Its header's stamp is the wall time at which it was measured.
Beside every ROS topic of the stack under its own name there are, each below ``/<namespace>``:

- ``<part>/control_tick`` (``ControlTick``) for every tick of control, numbered without a gap;
- ``<part>/joint_names`` (``JointNames``), once: what the arrays of the ticks mean;
- ``<camera>/compressed``: ``foxglove_msgs/msg/CompressedVideo`` (H.264) where PyAV is installed, else
  ``sensor_msgs/msg/CompressedImage`` (JPEG);
- ``run_events`` (``RunEvent``), of the kinds of :class:`EventKind`;
- ``simulation/truth`` (``nav_msgs/msg/Odometry``) in simulation: only scoring reads it.

Attachments are :data:`ABOUT` (JSON, see :class:`About`), :data:`ROBOT`, :data:`DEPLOYMENT`, :data:`SCENE` (YAML). The
metadata record :data:`METADATA` holds ``format_version``, ``robot``, ``namespace``, ``deployment``, ``started``.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError

FORMAT_VERSION = 1
"""Number of this format. A reader takes all up to its own and refuses newer ones."""
PROFILE, ENCODING, SCHEMA_ENCODING = "ros2", "cdr", "ros2msg"
METADATA = "skill_stack"
FOLDER = "recordings"
SUFFIX = ".mcap"
KEPT = "kept"
"""File in the folder of a run that the ring must not delete; its text is why."""

CONTROL_TICK, JOINT_NAMES, COMPRESSED = "control_tick", "joint_names", "compressed"
RUN_EVENTS, TRUTH = "run_events", "simulation/truth"
CONTROL_TICK_TYPE = "skill_stack_interfaces/msg/ControlTick"
JOINT_NAMES_TYPE = "skill_stack_interfaces/msg/JointNames"
RUN_EVENT_TYPE = "skill_stack_interfaces/msg/RunEvent"
VIDEO_TYPE, PICTURE_TYPE = "foxglove_msgs/msg/CompressedVideo", "sensor_msgs/msg/CompressedImage"
TRUTH_TYPE = "nav_msgs/msg/Odometry"

ABOUT, ROBOT, DEPLOYMENT, SCENE = "about.json", "robot.yaml", "deployment.yaml", "scene.yaml"


class EventKind(str, Enum):
    """Kinds of events. The payload of each is in brackets."""

    INSTRUCTION = "instruction"  # words to the robot [source, operator]
    ANSWER = "answer"  # what it said [status: question, statement, refusal, error]
    PLAN = "plan"  # a plan was made or changed [plan: {id, nodes: [{id, parent, type, skill, arguments, why}]}]
    STEP_STARTED = "step_started"  # [request_id, skill, arguments]
    STEP_ENDED = "step_ended"  # [request_id, skill, outcome, violated, evidence, seconds]
    OUTCOME = "outcome"  # a task ended [outcome, seconds]
    CORRECTION = "correction"  # words that changed a running task [event]
    TAKEOVER = "takeover"  # a person took control, or gave it back [source, begins: true or false]
    STOP = "stop"  # [count]
    ESTOP = "estop"  # [count]
    RESET = "reset"  # [count]
    MARK = "mark"  # a person marked this moment [source]
    REASON = "reason"  # why the controller of a part does not do what was asked [part, mode, skill]
    VERDICT = "verdict"  # [verdict: good, bad or unclear; by: person, judge or truth; who]


@dataclass(frozen=True, slots=True)
class RunEvent:
    """Something that happened in a run and that people look for.

    Attributes:
        time: When it happened, as ``log_time`` has it, ns.
        kind: Its kind.
        task_id: The task that it belongs to: the id of its plan, the part of a request's id before ``/``; empty: none.
        text: In words.
        payload: What the kind has, see :class:`EventKind`.
    """

    time: int
    kind: EventKind
    task_id: str = ""
    text: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class About:
    """What a recording is of: the content of :data:`ABOUT`.

    Attributes:
        robot: Name of the robot.
        namespace: ROS namespace, empty for none.
        deployment: Name of the deployment.
        started: When the run began, wall time, ns.
        simulated: Whether the joints are simulated.
        parts: Control rate of each actuated part, Hz, by its name.
        main: Name of the part whose base is estimated.
        versions: Versions by name: ``skill_stack``, ``git``, ``python``, ``ros``, ``mujoco``.
        policies: SHA-256 of every policy file by the name of its skill.
        machine: What it ran on: ``host``, ``cpu``, ``system``.
        format_version: See :data:`FORMAT_VERSION`.
    """

    robot: str
    namespace: str
    deployment: str
    started: int
    simulated: bool
    parts: dict[str, float]
    main: str
    versions: dict[str, str] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)
    machine: dict[str, str] = field(default_factory=dict)
    format_version: int = FORMAT_VERSION

    def to_json(self) -> bytes:
        """Returns the attachment."""
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def from_json(cls, data: bytes, origin: Path) -> About:
        """Reads the attachment.

        Raises:
            DataError: It is none, or of a newer format.
        """
        try:
            found = json.loads(data)
            check_version(str(found.get("format_version", "")), origin)
            return cls(**{name: found[name] for name in cls.__slots__ if name in found})
        except (ValueError, TypeError, AttributeError) as error:
            raise DataError(f"{origin}: {ABOUT} cannot be read: {error}") from None


def check_version(version: str, origin: Path) -> int:
    """Returns the number of a recording's format.

    Raises:
        DataError: It is newer than this software, or no number.
    """
    if not version.isdigit() or int(version) < 1:
        raise DataError(f"{origin} states format {version!r} of recordings; 1 to {FORMAT_VERSION} is read")
    if int(version) > FORMAT_VERSION:
        raise DataError(
            f"{origin} has format {version} of recordings, this software reads 1 to {FORMAT_VERSION}: update it"
        )
    return int(version)


def recordings_folder(overlay: Path) -> Path:
    """Where the recordings lie below the folder for writes."""
    return overlay / FOLDER


def run_name(started: str, robot: str, namespace: str = "") -> str:
    """Returns the name of a run's folder, and of its file without the number.

    Args:
        started: Local time as ``YYYYmmdd-HHMMSS``.
        robot: Name of the robot.
        namespace: ROS namespace, empty for none.
    """
    parts = [started, robot, *([namespace] if namespace else [])]
    return "_".join(re.sub(r"[^A-Za-z0-9_-]+", "-", part) for part in parts)


def topic(namespace: str, *names: str) -> str:
    """Returns the absolute name of a channel: ``topic("", "body", CONTROL_TICK)`` is ``/body/control_tick``."""
    return "/" + "/".join(part for part in (namespace, *names) if part)
