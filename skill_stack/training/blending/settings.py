"""BlendSettings: how a blend is learnt; ``blend.yaml`` beside the skill."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.training.tasks.ppo_task import PpoTask

Method = Literal["blended", "switched", "scratch"]


class BlendRewards(DataModel):
    """Weights of what a decision is rewarded by.

    Attributes:
        closer: How much nearer to done the task came, of 1.
        near: How near to done it is, of 1.
        done: That it is done at the moment.
        fall: That the robot fell.
        power: Mean mechanical power of all joints, W.
    """

    closer: float
    near: float
    done: float
    fall: float
    power: float


class Beginning(DataModel):
    """A simple schedule of one task, as which the networks begin: one blend while the target is far, others after.

    Attributes:
        away: Distance of the target ahead at which one goes over into the other, m.
        far: Actions of a blend that are not 0, by name, see :data:`skill_stack.training.blending.beginning.ACTIONS`.
        near: The same of the other blend.
        calm: The same of a third one, for planted feet; none: the other one goes on.
        held: The schedule by the distance of where something is brought to, once that is held; none: as before.
        stays: By how much further the target has to be for legs that walk no more to walk again, m.
    """

    away: float
    stays: float = 0.0
    far: dict[str, float]
    near: dict[str, float]
    calm: dict[str, float] | None = None
    held: Beginning | None = None


class BlendSettings(DataModel):
    """Settings.

    Attributes:
        beginning: What the network begins as by task, in the order in which it is told of them.
        ticks: Control ticks of all robots together, of every method.
        height: Heights of the base that are shown to the networks at first, m.
        first_seed: Seeds of worlds from here on are for learning.
        rewards: What counts.
        ppo: Of the learner; ``steps`` are control ticks of a robot in an iteration, divided among its decisions.
    """

    beginning: dict[str, Beginning] = Field(min_length=1)
    ticks: Annotated[int, Field(gt=0)]
    height: tuple[float, float] = (0.62, 0.8)
    first_seed: int
    rewards: BlendRewards
    ppo: PpoTask

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the tasks."""
        return tuple(self.beginning)


def load_settings(folder: Path) -> BlendSettings:
    """Reads the file beside a skill.

    Raises:
        DataError: It is missing or wrong.
    """
    return load_model(BlendSettings, folder / "blend.yaml")
