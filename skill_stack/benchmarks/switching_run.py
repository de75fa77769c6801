"""One robot that is interrupted again and again: new requests, corrections, people and stops at random moments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.robot import RobotSpec
from skill_stack.core.scene_file import SceneFile, set_up
from skill_stack.core.setpoint import ControlMode, SkillRequest
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line import Line

EVENTS = 5  # in a sequence
BETWEEN = (0.1, 2.5)  # s between two events: in the middle of whatever was begun
DRIVING = (0.3, 1.2)  # s for which a person drives
ENTRY, WHOLE, LAST = 4.0, 14.0, 10.0  # s: standing up; each thing where nothing interrupts it; standing at the end
KINDS, SHARES = ("request", "change", "cancel", "teleop", "stop"), (0.55, 0.12, 0.11, 0.12, 0.1)
SKILLS = ("walk", "turn", "move", "sit", "lie", "wave", "stand", "body_pose")
CARRIED = (ControlMode.ACTIVE, ControlMode.STANCE)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that somebody wants.

    Attributes:
        kind: One of :data:`KINDS`.
        skill: Skill of a request.
        arguments: Its arguments, or the velocity of a person.
        wait: Time until the next event, s.
        seconds: How long a person drives, s; of a change, the pace at which the step goes on.
    """

    kind: str
    skill: str
    arguments: dict[str, float]
    wait: float
    seconds: float


def draw(seed: int, library: SkillLibrary) -> list[Event]:
    """A sequence of events."""
    rng = np.random.default_rng(seed)
    known = [name for name in SKILLS if name in library.entries and library.entries[name].usable]
    out = []
    for _ in range(EVENTS):
        skill = str(rng.choice(known))
        numbers = [goal for goal in library[skill].goal if goal.type == "number"]
        arguments = {
            goal.name: float(rng.uniform(max(goal.lower or 0.0, -2.0), min(goal.upper or 0.0, 2.0))) for goal in numbers
        }
        kind = str(rng.choice(KINDS, p=SHARES))
        if kind == "teleop":
            arguments = {"vx": float(rng.uniform(-0.3, 0.6)), "vy": 0.0, "wz": float(rng.uniform(-0.6, 0.6))}
        out.append(Event(kind, skill, arguments, float(rng.uniform(*BETWEEN)), float(rng.uniform(*DRIVING))))
    return out


class Sequence:
    """A run of one sequence."""

    def __init__(self, robot: RobotSpec, library: SkillLibrary, scene: SceneFile, seed: int, planner: Planner) -> None:
        """Stands the robot up.

        Args:
            robot: The robot.
            library: Its skills.
            scene: The scene; what stands in it is taken away.
            seed: Of world and events.
            planner: For the line, which needs one.
        """
        world = set_up(scene, seed).model_copy(update={"objects": ()})
        self._line = Line(robot, library, world, planner=planner)
        self._events = draw(seed, library)
        self._number = 0
        self.fell = False
        self.switches = 0
        self._ask("stand", {})
        self._pass(ENTRY)

    def run(self, interrupted: bool) -> bool:
        """Lets everything happen.

        Args:
            interrupted: Whether events come while something is at work; without, each has the time that it takes.

        Returns:
            Whether the robot never fell nor was damped, and stands in the end.
        """
        for event in self._events:
            self._happen(event)
            self._pass(event.wait if interrupted else WHOLE)
        self._ask("stand", {})
        self._pass(LAST)
        return not self.fell and self._line.status.skill == "stand" and self._line.status.tilt < 0.3

    def _happen(self, event: Event) -> None:
        line = self._line
        self.switches += bool(line.connector.running)
        if event.kind == "stop":
            line.stop()
        elif event.kind == "cancel":
            line.connector.cancel("", "cancelled by the benchmark", line.now)
        elif event.kind == "teleop":
            end = line.now + event.seconds
            while line.now < end:
                line.connector.teleop(**event.arguments, now=line.now)
                self._pass(0.1)
        elif event.kind == "change" and (running := line.connector.active) is not None:
            changed = replace(running, pace=event.seconds)
            self._try(lambda: line.connector.change(changed, line.scene, line.now))
        else:
            self._ask(event.skill, event.arguments)

    def _ask(self, skill: str, arguments: dict[str, float]) -> None:
        """A new plan of one step; refused while a person's hand is on the stick."""
        self._number += 1
        request = SkillRequest(f"bench-{self._number}/1", skill, dict(arguments))
        self._try(lambda: self._line.connector.start(request, self._line.scene, self._line.now))

    @staticmethod
    def _try(do: Callable[[], object]) -> None:
        try:
            do()
        except DataError:  # said no, as it may
            return

    def _pass(self, seconds: float) -> None:
        end = self._line.now + seconds
        while self._line.now < end - 1e-9:
            status = self._line.step()
            limp = status.mode not in CARRIED and self._line.now > 1.0
            self.fell = self.fell or limp or self._line.device.truth().fallen
