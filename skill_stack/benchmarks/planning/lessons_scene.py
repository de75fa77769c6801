"""Scenes with a hidden rule, as data: ``config/lessons/*.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources

Share = float
Pair = tuple[float, float]


class LessonVariation(DataModel):
    """A fact that changes randomly between trials.

    Attributes:
        fact: The fact.
        chance: How often it holds at the beginning of a trial, 0 to 1.
        like: Another fact; this one is then the same as that with the chance, else the opposite.
    """

    fact: str
    chance: Share = Field(0.5, ge=0, le=1)
    like: str = ""


class HiddenRule(DataModel):
    """A precondition that a skill's data do not state.

    Attributes:
        skill: The skill.
        needs: Facts with ``$parameter``, or bounds such as ``$speed <= 0.3``; all must hold.
        given: Facts that must hold for the rule to count, ``kind($x, cup)`` and ``colour($x, red)`` among them.
        says: The reason that the robot reports.
        trials: First and last trial in which the rule counts, from 1.
        chance: How often it is enforced; the other runs go as if there were no rule.
    """

    skill: str
    needs: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    says: str = "it did not work"
    trials: tuple[int, int] = (1, 1000)
    chance: Share = 1.0


class HiddenEffect(DataModel):
    """An effect that a skill's data do not state.

    Attributes:
        skill: The skill.
        effects: Facts with ``$parameter``; ``not …`` ends one.
    """

    skill: str
    effects: tuple[str, ...]


class Patch(DataModel):
    """Slippery floor; no map states it.

    Attributes:
        position: Centre, m.
        size: Extent, m.
        friction: Coefficient between it and feet.
    """

    position: Pair
    size: Pair
    friction: float


class Load(DataModel):
    """A load on the robot's back.

    Attributes:
        mass: kg.
        when: The fact of its presence.
    """

    mass: float
    when: str


class LessonPhysics(DataModel):
    """Differences of the simulated world from the map.

    Attributes:
        robot: The robot.
        hidden: Objects, as in a scene file, that stand there and are on no map.
        patches: Slippery floor.
        load: What it carries at times.
        pace: Words of the choice ``pace`` that every walk takes, and how fast each is compared with usual.
        step_limit: Longest task time of one step, s.
    """

    robot: str = "go2"
    hidden: tuple[dict[str, Any], ...] = ()
    patches: tuple[Patch, ...] = ()
    load: Load | None = None
    pace: Mapping[str, float] = {}
    step_limit: float = 40.0


class LessonScene(DataModel):
    """One scene with its hidden rule.

    Attributes:
        name: Its name.
        description: One sentence.
        library: Skills as in a library file; empty for the robot's own (physics).
        scene: Objects as in a scene file.
        facts: Facts at the beginning of each trial.
        words: Requests, one after the other; `` | `` separates alternatives for the seed.
        vary: Things that appear and disappear by themselves.
        rules: Rules of the world; empty where physics decides.
        effects: Further effects of skills.
        unseen: Predicates that the robot does not observe.
        trials: How many trials.
        expect: Conditions that a lesson may name; any other lesson of the kind ``needs`` is a false one.
        learnable: Whether there is something to learn at all.
        physics: Where the trials are in the simulated world.
    """

    name: str
    description: str
    library: dict[str, Any] = {}
    scene: dict[str, Any]
    facts: tuple[str, ...] = ()
    words: tuple[str, ...] = Field(min_length=1)
    vary: tuple[LessonVariation, ...] = ()
    rules: tuple[HiddenRule, ...] = ()
    effects: tuple[HiddenEffect, ...] = ()
    unseen: tuple[str, ...] = ()
    trials: int = Field(10, ge=5)
    expect: tuple[str, ...] = ()
    learnable: bool = True
    physics: LessonPhysics | None = None

    @property
    def kind(self) -> Literal["symbolic", "physics"]:
        """Kind of its trials."""
        return "physics" if self.physics else "symbolic"


def load_scenes(resources: Resources) -> tuple[LessonScene, ...]:
    """All scenes, by name.

    Raises:
        DataError: There are none, or one is wrong.
    """
    found = tuple(load_model(LessonScene, path) for path in sorted(resources.list("config/lessons")))
    if not found:
        raise DataError("there is no scene in config/lessons")
    return found
