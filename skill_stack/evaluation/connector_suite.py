"""ConnectorSuite: requests with events during them, read from ``config/scenarios/<name>.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.setpoint import Outcome
from skill_stack.core.world.scene_file import ObjectFile

EventKind = Literal[
    "change",
    "cancel",
    "stop",
    "estop",
    "reset",
    "teleop",
    "push",
    "move",
    "appear",
    "vanish",
    "hide",
    "mislead",
    "localize",
    "silent",
    "blind",
    "watch",
]


class SuiteRequest(DataModel):
    """One request.

    Attributes:
        skill: The skill.
        arguments: Its arguments.
        pace: How fast compared with usual.
        deadline: Longest run, s; 0 for the skill's own.
        at: When it is given, s after the beginning; None: as soon as the one before has ended.
        beside: Whether it belongs to the plan of the one before and may run beside it.
        outcome: How it must end.
        violated: Condition that must be named; empty: it does not matter.
        within: Longest time that it may take, s; 0: it does not matter.
    """

    skill: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    pace: float = 1.0
    deadline: float = 0.0
    at: float | None = Field(None, ge=0)
    beside: bool = False
    outcome: Outcome = "succeeded"
    violated: str = ""
    within: float = Field(0.0, ge=0)


class SuiteEvent(DataModel):
    """An event during a request.

    Attributes:
        at: s after the beginning.
        kind: ``change``: the running request gets other ``arguments`` or another ``pace``; ``cancel``, ``stop``,
            ``estop``, ``reset``: as a person would; ``teleop``: a person drives with ``velocity`` for ``seconds``;
            ``push``: a change of the base's velocity; ``move``, ``appear``, ``vanish``: an object does, in world and
            map; ``hide``: an object moves in the world alone; ``mislead``: the place in the map goes wrong by
            ``shift``; ``localize``: it is right again; ``silent``: the connector sends nothing for ``seconds``;
            ``blind``: no sample comes for ``seconds``; ``watch``: a sensor measures the surrounding floor for
            ``seconds``.
        object: Id of the object.
        position: Where it is from then on, m.
        arguments: Of a change.
        pace: Of a change.
        velocity: vx, vy in m/s, wz in rad/s; of a push ahead and to the left.
        seconds: Length of teleoperation, silence or blindness, s.
        source: ``remote``, ``local`` or ``network``.
        shift: x, y in m and yaw in rad.
    """

    at: float = Field(ge=0)
    kind: EventKind
    object: str = ""
    position: tuple[float, float] = (0.0, 0.0)
    arguments: dict[str, Any] = Field(default_factory=dict)
    pace: float = 1.0
    velocity: tuple[float, float, float] = (0.0, 0.0, 0.0)
    seconds: float = Field(0.0, ge=0)
    source: Literal["remote", "local", "network"] = "network"
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)


class Truths(DataModel):
    """Conditions at the end on simulator truth, besides not having fallen.

    Attributes:
        near: Object to whose outline the base is nearer than 0.6 m, and which it faces within 0.35 rad.
        at: Place of the base, m, within ``tolerance``.
        heading: Heading of the base, rad, within 0.15.
        tolerance: m.
        clear: Smallest distance that the base ever had to any outline but that of ``near``, m.
        lies: Whether it lies or sits (low or nose up) instead of standing.
        beyond: x that the base must have passed at the end, m.
    """

    near: str = ""
    at: tuple[float, float] | None = None
    heading: float | None = None
    tolerance: float = Field(0.25, gt=0)
    clear: float = 0.0
    lies: bool = False
    beyond: float | None = None


class ConnectorTask(DataModel):
    """One scenario.

    Attributes:
        name: Under which it is counted.
        about: One sentence.
        objects: What stands there; the robot begins at the origin looking along x.
        requests: The requests, in order.
        events: Events during the requests.
        truth: What must be so at the end.
        seconds: Longest scenario, s.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    about: str
    objects: tuple[ObjectFile, ...] = ()
    requests: tuple[SuiteRequest, ...] = Field(min_length=1)
    events: tuple[SuiteEvent, ...] = ()
    truth: Truths = Truths()
    seconds: float = Field(60.0, gt=0)


class ConnectorSuite(DataModel):
    """Scenarios for connector, controller and physics in one process.

    Attributes:
        name: Name of the suite.
        description: One sentence.
        through: ``connector``.
        robot: Robot name.
        seeds: Seeds of start, friction, mass, latency and noise.
        tasks: The scenarios.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str
    through: Literal["connector"]
    robot: str
    seeds: tuple[int, ...] = (1,)
    tasks: tuple[ConnectorTask, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unique(self) -> ConnectorSuite:
        names = [task.name for task in self.tasks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two scenarios are named {', '.join(twice)}")
        return self


def load_connector_suite(path: Path) -> ConnectorSuite:
    """Reads a suite file; raises DataError when it is missing or wrong."""
    return load_model(ConnectorSuite, path)
