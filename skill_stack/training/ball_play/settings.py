"""BallPlaySettings: how a network learns to play a ball, read from ``play.yaml`` beside its skill."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import NonNegative, Positive
from skill_stack.training.learners.cloning import CloneSettings
from skill_stack.training.tasks.ppo_task import PpoTask

Range = tuple[float, float]


class DemonstrationSettings(DataModel):
    """What is demonstrated.

    Attributes:
        robots: Robots that play at a time.
        rounds: How often they play; from the second time on the network that has learnt so far drives half of them.
        thin: One moment of so many is kept.
        error: Standard deviation of the velocities that are told of a moment, m/s and rad/s.
        kick: Standard deviation of what is added to what is driven, m/s and rad/s, so that there is something to
            recover from; nothing on the reference.
        kick_seconds: Mean time for which one such addition lasts, s.
    """

    robots: int = 96
    rounds: int = 1
    thin: int = Field(20, ge=1)
    error: NonNegative = 0.15
    kick: NonNegative = 0.3
    kick_seconds: Positive = 1.0


class BallPracticeSettings(DataModel):
    """How a copy goes on by itself.

    Attributes:
        begin: Which copy it begins as: of demonstrations on the reference, or of those that were led astray.
        seconds: After what time a robot begins anew, s.
        rewards: Weight of each term: a ball that is near, one that rolls where it is dribbled, coming nearer to where
            the ball is played from and of the ball to its place, for each metre, a ball that is there, one that is to
            rest and rolls, for each m/s, changes of velocities, squared, and falls.
        ppo: The learner.
    """

    begin: Literal["plain", "astray"] = "plain"
    seconds: Positive = 20.0
    rewards: dict[str, float] = {
        "near": 0.1, "rolls": 0.15, "behind": 1.0, "closer": 2.5,
        "there": 5.0, "slow": 0.1, "smooth": 0.03, "fall": 5.0,
    }  # fmt: skip
    ppo: PpoTask = PpoTask()


class BallPlaySettings(DataModel):
    """Everything about one network.

    Attributes:
        seed: Seed of worlds, additions, errors, first weights and order of rows.
        base: Skill whose network walks; its ``train.yaml`` has the robots.
        style: Its goal values beside the velocities.
        scene: Scene that has the ball.
        ball: The ball.
        mass: Range of its mass, kg.
        seconds: Time of an episode, s.
        switch: Range of the time after which another label follows in episodes with switches, s.
        push_speed: Largest change of the base's velocity along x and y by a push, m/s.
        demonstrations: What is demonstrated.
        clone: How the network is fitted.
        practice: How it goes on by itself.
    """

    seed: int = 1
    base: str = "multi_gait"
    style: dict[str, float]
    scene: str = "ball_game"
    ball: str = "ball"
    mass: Range = (0.2, 0.45)
    seconds: Positive = 14.0
    switch: Range = (1.5, 4.0)
    push_speed: NonNegative = 0.3
    demonstrations: DemonstrationSettings = DemonstrationSettings()
    clone: CloneSettings = CloneSettings()
    practice: BallPracticeSettings = BallPracticeSettings()


def load_play(folder: Path) -> BallPlaySettings:
    """Reads ``play.yaml`` of a skill's folder; raises DataError."""
    return load_model(BallPlaySettings, folder / "play.yaml")
