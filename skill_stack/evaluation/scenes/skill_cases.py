"""Persons who want another skill than the planned one, drawn by seed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.world.scene import SceneGraph

TRAINED = 5
"""Corrections before the held-out words."""


class SkillPerson(DataModel):
    """One person; the file explains its keys."""

    name: str
    want: str
    say: tuple[str, ...]
    ask: tuple[str, ...]
    leave: tuple[str, ...]
    correct: tuple[str, ...]
    of: tuple[str, ...] = ()
    not_of: tuple[str, ...] = ()


class SkillPersons(DataModel):
    """All persons."""

    persons: tuple[SkillPerson, ...]


@dataclass(frozen=True, slots=True)
class SkillCase:
    """One case.

    Attributes:
        person: Who speaks.
        said: Instructions, with the correction of each.
        asked: Held-out words.
        corrects: Whether the person would correct the planned skill there.
    """

    person: SkillPerson
    said: tuple[tuple[str, str], ...]
    asked: str
    corrects: bool


def persons() -> tuple[SkillPerson, ...]:
    """All persons of the package's data."""
    return load_model(SkillPersons, Path(__file__).with_name("skill_cases.yaml")).persons


def skill_case(person: SkillPerson, scene: SceneGraph, rng: np.random.Generator) -> SkillCase:
    """Draws a case; in a third of them the person leaves the planned skill.

    Args:
        person: Who speaks.
        scene: What there is.
        rng: Decides everything that is left to chance.
    """

    def filled(texts: tuple[str, ...], label: str, other: str) -> str:
        return str(rng.choice(texts)).format(thing=label, other=other)

    def label(kinds: tuple[str, ...]) -> str:
        found = [thing.label for thing in scene.things if thing.kind in kinds]
        return str(rng.choice(found)) if found else ""

    said = []
    for _ in range(TRAINED):
        thing, other = label(person.of), label(person.not_of)
        said.append((filled(person.say, thing, other), filled(person.correct, thing, other)))
    corrects = bool(rng.random() < 2 / 3)
    asked = filled(person.ask if corrects else person.leave, label(person.of), label(person.not_of))
    return SkillCase(person, tuple(said), asked, corrects)
