"""TeamLine: several lines in one simulated world, in lock-step, that hear one another and share a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.instruction import Instruction
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.shared_world import Inhabitant, SharedWorld
from skill_stack.planner.fleet.fleet import Fleet
from skill_stack.planner.fleet.fleet_plan import Assignment, FleetRobot
from skill_stack.planner.fleet.fleet_run import FleetRun
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.line import Execution, Line

TELL_EVERY = 0.1
"""Time between two messages to the others, s; as of the connector's node."""


@dataclass(frozen=True, slots=True)
class TeamKit:
    """What one robot of a team is.

    Attributes:
        robot: The robot.
        library: Its skills.
        planner: A planner for the library.
        line: What it is run by, e.g. a line with a camera.
    """

    robot: RobotSpec
    library: SkillLibrary
    planner: Planner
    line: type[Line] = Line


class TeamLine:
    """Robots in one world, of any kinds; the port of :class:`~skill_stack.planner.fleet.fleet_run.FleetRun`.

    Attributes:
        world: The physics; its truth is for scoring alone.
        lines: The robots by name.
        said: What was reported, one line each.
        seconds: Task time that the last request took, s.
        ends: Truth of a robot whenever one of its steps ended; for scoring alone.
        heard: Whether they hear one another; without, they walk as if each were alone.
    """

    def __init__(
        self, kits: Mapping[str, TeamKit], setups: Mapping[str, SceneSetup],
        settings: ConnectorSettings | None = None, heard: bool = True,
    ) -> None:  # fmt: skip
        """Builds the world; every robot lies at its start, or hangs there if it cannot lie.

        Args:
            kits: What each robot is, by its name; there may be more than there are setups.
            setups: The world with its seed applied, and each robot's own start, by its name.
            settings: Numbers of the connectors.
            heard: Whether they hear one another.
        """
        self.world = SharedWorld([Inhabitant(kits[name].robot, setup) for name, setup in setups.items()])
        self.lines = {
            name: kits[name].line(
                kits[name].robot, kits[name].library, setup, settings, kits[name].planner,
                device=partial(_device, device), name=name,
            )
            for (name, setup), device in zip(setups.items(), self.world.devices, strict=True)
        }  # fmt: skip
        self.heard, self.said, self.seconds, self._tell_at = heard, list[str](), 0.0, 0.0
        self.ends: list[tuple[str, Truth]] = []
        self._running: dict[str, Execution] = {}
        self._run: FleetRun | None = None

    @property
    def now(self) -> float:
        """Task time, s."""
        return next(iter(self.lines.values())).now

    def do(self, words: str, limit: float = 300.0) -> FleetRun | str:
        """Divides a request among the robots and carries it out to its end.

        Args:
            words: The request.
            limit: Task time after which it is ended, s.

        Returns:
            The shares and how they ended; in words why there is none.
        """
        scene = next(iter(self.lines.values())).scene
        plan = Fleet(self.robots()).plan(Instruction(words, "team", self.now), scene)
        if plan.status != "plan":
            return f"{plan.status}: {plan.reason}"
        began = self.now
        run = self._run = FleetRun(plan, scene, self)
        run.begin()
        while not run.over:
            if self.now - began > limit:
                run.stop(f"not done within {limit:g} s")
            self.step()
        self.seconds = self.now - began
        return run

    def step(self) -> None:
        """One control period of every robot."""
        for name, going in list(self._running.items()):
            try:
                next(going)
            except StopIteration as end:
                del self._running[name]
                outcome, reason, _ = end.value
                if self._run is not None:
                    self._run.ended(name, outcome, reason)
        for name, line in self.lines.items():
            before = line.cycle
            line.step()
            if line.cycle is not before and line.cycle.outcomes:
                self.ends.append((name, line.device.truth()))
        if self.heard and self.now >= self._tell_at:
            self._tell_at = self.now + TELL_EVERY - 1e-9
            self._exchange()

    def _exchange(self) -> None:
        """Every robot tells the others where it is by its own estimate."""
        for line in self.lines.values():
            member = line.connector.presence(line.status)
            for other in self.lines.values() if member is not None else ():
                assert member is not None
                other.connector.team.hear(member, other.now)

    def stand_up(self) -> None:
        """Makes every robot stand."""
        for name, line in self.lines.items():
            self._running[name] = line.execution(line.plan("stand up"))
        while self._running:
            self.step()

    # the port of FleetRun

    def start(self, share: Assignment, facts: frozenset[Fact]) -> None:
        """See :class:`skill_stack.planner.fleet.fleet_run.FleetPort`."""
        self._running[share.robot] = self.lines[share.robot].execution(share.plan)

    def cancel(self, robot: str) -> None:
        """See :class:`skill_stack.planner.fleet.fleet_run.FleetPort`."""
        line = self.lines[robot]
        line.connector.cancel("", "cancelled", line.now)

    def robots(self) -> Sequence[FleetRobot]:
        """The robots in their present state."""
        return [
            FleetRobot(name, line.planner, line.connector.locate(line.status), line.facts())
            for name, line in self.lines.items()
        ]

    def tell(self, text: str) -> None:
        """Notes what is reported."""
        self.said.append(f"{self.now:.1f} s: {text}")


def _device(device: MujocoDevice, robot: RobotSpec, setup: SceneSetup, pose: str, hung: object = None) -> MujocoDevice:
    """The device that a robot has in the shared world already."""
    return device


def beside(setup: SceneSetup, start: Pose2, number: int) -> SceneSetup:
    """The world for one of several robots, with its own start and noise.

    Args:
        setup: The world with its seed applied.
        start: Where it starts.
        number: Its place among the robots.
    """
    return setup.model_copy(update={"start": start, "seed": 10 * setup.seed + number})
