"""RewardSuite: motions that no skill has, asked for in words or as reward terms, in worlds that differ; a file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.errors import UnknownName
from skill_stack.core.quantity import NonNegative, Positive
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.evaluation.span import Factor as FactorRange
from skill_stack.evaluation.span import Kilograms, Metres, Radians
from skill_stack.evaluation.suite import Randomisation, Seeds


class PalmObject(DataModel):
    """A box that lies in an open hand.

    Attributes:
        size: Edge that the planner expects, m.
        sizes: Edges that the seeds draw, m.
        mass: Masses that the seeds draw; the planner expects their middle.
        friction: Of its surface, likewise.
        place: Where it is laid, in the world, m.
        shift: Largest shift of that place along x and y, m.
        turned: Largest turn of it, rad.
    """

    size: Positive
    sizes: Metres
    mass: Kilograms
    friction: FactorRange
    place: tuple[float, float, float]
    shift: Metres
    turned: Radians


class RewardWorlds(DataModel):
    """How a simulated robot differs from the model that plans are made with.

    Attributes:
        pose: Its stance.
        settle: Time before the request, s.
        randomisation: What the seed draws of friction, mass, motors and latency.
        line: Whether motions go through the whole line (words, planner, connector, controller) as on the robot, and not
            through the planner of motions alone: for arms above a skill that has the legs.
        object: What lies in the hand of tasks with an object; None for a robot without.
    """

    pose: str = "default"
    settle: Positive = 0.5
    randomisation: Randomisation
    line: bool = False
    object: PalmObject | None = None


class UnderSkill(DataModel):
    """What has the legs while arms move.

    Attributes:
        skill: Name of the skill.
        arguments: Its arguments that differ from their defaults, SI.
    """

    skill: str
    arguments: dict[str, float] = {}


class MotionTask(DataModel):
    """One motion.

    Attributes:
        name: Short name.
        robot: Whose.
        words: The request as people say it.
        rewards: What it means.
        holding: Whether something lies in the hand.
        under: What the robot does at the same time; None where it stands.
    """

    name: str
    robot: str
    words: str
    rewards: RewardSet
    holding: bool = False
    under: UnderSkill | None = None


class PlanTimes(DataModel):
    """When plans are made and come into force.

    Attributes:
        again: Time between two, s.
        late: Time that making one takes, s, in lock-step: it begins so much later, from the state expected by then.
    """

    again: Positive
    late: NonNegative = 0.0


class RewardSuite(DataModel):
    """Motions that no skill has.

    Attributes:
        name: Name of the suite.
        description: One sentence.
        through: ``rewards``.
        seeds: Seeds that are used when none are named.
        plans: When plans are made.
        keep: Time for which the robot stays on its feet, or keeps its object, after success, s.
        enough: Share of the seeds with which a task counts as done.
        worlds: By robot.
        tasks: The motions; no name twice.
    """

    name: str
    description: str
    through: Literal["rewards"]
    seeds: Seeds
    plans: PlanTimes
    keep: Positive
    enough: float = Field(ge=0, le=1)
    worlds: dict[str, RewardWorlds]
    tasks: tuple[MotionTask, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> RewardSuite:
        names = [task.name for task in self.tasks]
        if len(set(names)) != len(names):
            raise ValueError("tasks: a name is there twice")
        for task in self.tasks:
            if task.robot not in self.worlds:
                raise ValueError(f"{task.name}: worlds has no robot '{task.robot}'")
            if task.holding and self.worlds[task.robot].object is None:
                raise ValueError(f"{task.name}: worlds.{task.robot} has no object to hold")
            if not task.rewards.aims:
                raise ValueError(f"{task.name}: nothing says when it has succeeded")
        return self

    def task(self, name: str) -> MotionTask:
        """A task by name.

        Raises:
            UnknownName: There is none.
        """
        for task in self.tasks:
            if task.name == name:
                return task
        raise UnknownName("task", name, [task.name for task in self.tasks])


def load_reward_suite(path: Path) -> RewardSuite:
    """Reads a suite.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(RewardSuite, path)
