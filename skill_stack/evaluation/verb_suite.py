"""VerbSuite: which template motions are right for verbs that no skill has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.templates.template_motion import template_motions, verb_meanings
from skill_stack.evaluation.suite import Seeds


class VerbSuite(DataModel):
    """A suite.

    Attributes:
        name: Its name.
        description: What it is.
        through: ``verbs``.
        robot: The robot whose hand moves.
        scene: Where it stands.
        seeds: Seeds of the worlds.
        enough: Share of verbs that must be right.
        verbs: The templates that are right for each verb.
    """

    name: str
    description: str
    through: Literal["verbs"]
    robot: str
    scene: str = "playground"
    seeds: Seeds
    enough: Annotated[float, Field(gt=0, le=1)]
    verbs: dict[str, tuple[str, ...]] = Field(min_length=1)

    @model_validator(mode="after")
    def _known(self) -> VerbSuite:
        for verb, names in self.verbs.items():
            if verb not in verb_meanings():
                raise ValueError(f"verbs.{verb}: its meaning is not in verb_meanings.yaml")
            if not names or set(names) - set(template_motions()):
                raise ValueError(f"verbs.{verb}: there is {', '.join(template_motions())}; not {', '.join(names)}")
        return self

    def right(self, picks: Mapping[str, str]) -> list[str]:
        """The verbs whose template is right.

        Args:
            picks: The template that was chosen for each verb.
        """
        return [verb for verb, name in picks.items() if name in self.verbs[verb]]


def load_verb_suite(path: Path) -> VerbSuite:
    """Reads a suite.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(VerbSuite, path)
