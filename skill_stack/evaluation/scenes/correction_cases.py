"""Cases of recurring corrections, drawn by seed: three instructions with a correction each, and one without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from skill_stack.core.data_file import DataModel, parse_model, read_yaml
from skill_stack.core.world.scene import SceneGraph, SceneObject

REPEATED = 3
"""Corrections of one case."""
Expected = Literal["more", "less", "value", "thing"]


class Family(DataModel):
    """One kind of correction; the file explains its keys."""

    name: str
    skill: str
    argument: str
    expect: Expected
    say: tuple[str, ...]
    ask: tuple[str, ...]
    correct: tuple[str, ...]
    things: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


class RobotFamilies(DataModel):
    """Kinds of corrections of one robot; the file explains its keys."""

    scene: str
    families: tuple[Family, ...]


@dataclass(frozen=True, slots=True)
class CorrectionCase:
    """One case.

    Attributes:
        family: What is corrected, and to what.
        said: Instructions, with the correction of each.
        asked: The words afterwards.
        want: The value or the id of the object that is wanted; empty for a number.
    """

    family: Family
    said: tuple[tuple[str, str], ...]
    asked: str
    want: str


def families() -> Mapping[str, RobotFamilies]:
    """All kinds of corrections, by robot."""
    path = Path(__file__).with_name("correction_cases.yaml")
    return {robot: parse_model(RobotFamilies, raw, path.name) for robot, raw in read_yaml(path).items()}


def correction_case(family: Family, scene: SceneGraph, rng: np.random.Generator) -> CorrectionCase:
    """Draws a case.

    Args:
        family: What is corrected.
        scene: What there is.
        rng: Decides everything that is left to chance.
    """
    things = [one for one in scene.things if one.kind in family.things]
    want, wanted = _wanted(family, things, rng)
    if wanted is not None:
        things = [wanted] * (REPEATED + 1)
    chosen = [things[int(n)] if things else None for n in _shuffled(len(things), rng)]
    filled = [_filled(rng.choice(family.say), rng.choice(family.correct), one, want, rng) for one in chosen[:REPEATED]]
    asked, _ = _filled(rng.choice(family.ask), "", chosen[REPEATED], want, rng)
    return CorrectionCase(family, tuple(filled), asked, wanted.id if wanted is not None else want)


def _wanted(
    family: Family, things: Sequence[SceneObject], rng: np.random.Generator
) -> tuple[str, SceneObject | None]:
    """The value that is wanted, or the colour of an object and the object; the words choose another one themselves."""
    if family.expect != "thing":
        return (str(rng.choice(family.values)) if family.values else ""), None
    thing = things[int(rng.integers(len(things)))]
    return thing.colour, thing


def _shuffled(count: int, rng: np.random.Generator) -> list[int]:
    """Indices of objects, a new one each time as long as there are new ones."""
    rounds = -(-(REPEATED + 1) // max(count, 1))
    return [int(n) for _ in range(rounds) for n in rng.permutation(max(count, 1))]


def _filled(say: Any, correct: Any, thing: SceneObject | None, want: str, rng: np.random.Generator) -> tuple[str, str]:
    """An instruction and its correction."""
    label, kind = (thing.label, thing.kind) if thing is not None else ("", "")
    words = {"thing": label, "any": f"{rng.choice(['a', 'any'])} {kind}", "noun": kind, "want": want.replace("_", " ")}
    return str(say).format(**words), str(correct).format(**words)
