"""BallPlaySettings: how a network learns to play a ball, read from ``play.yaml`` beside its skill.

GoalSettings: how a choice among its plays is learnt, read from ``score.yaml``.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import NonNegative, Positive, Share
from skill_stack.training.learners.cloning import CloneSettings

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
        frames: Whether the network sees what it is told in the frame of the ball's way, too.
        clone: How the network is fitted.
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
    frames: bool = True
    clone: CloneSettings = CloneSettings()


class GoalSettings(DataModel):
    """How a choice among plays that score is learnt, read from ``score.yaml``.

    Attributes:
        seed: Seed of candidates and worlds.
        base: Skill whose network plays.
        seconds: Time within which a ball is to be in the goal, s.
        away: Range of the ball's distance from the robot at the beginning, in any direction, m.
        goal: Range of the goal's distance from the ball, in any direction, m.
        turned: Largest angle between the way from there to the goal and that straight into its mouth, rad.
        rolling: Share of balls that roll when it begins.
        rolls: How fast they do at most, m/s.
        generations: How often the search draws candidates.
        candidates: How many at a time.
        spread: Standard deviation of every number at the beginning, as a share of its size, and at least that of 1.
        starts: Starts by which each candidate is judged, the same for all of a generation.
        chosen_by: Robots by which it is chosen whether what was found is better than what it began with.
        begin: Numbers of the rule that the search begins with, by name.
    """

    seed: int = 1
    base: str
    seconds: Positive = 60.0
    away: Range = (1.0, 3.0)
    goal: Range = (3.0, 6.0)
    turned: NonNegative = 0.8
    rolling: Share = 0.5
    rolls: NonNegative = 0.6
    generations: int = Field(12, ge=1)
    candidates: int = Field(64, ge=2)
    spread: Positive = 0.4
    starts: int = Field(4, ge=1)
    chosen_by: int = Field(200, ge=1)
    begin: dict[str, float]


def load_score(folder: Path) -> GoalSettings:
    """Reads ``score.yaml`` of a skill's folder; raises DataError."""
    return load_model(GoalSettings, folder / "score.yaml")


def load_play(folder: Path) -> BallPlaySettings:
    """Reads ``play.yaml`` of a skill's folder; raises DataError."""
    return load_model(BallPlaySettings, folder / "play.yaml")
