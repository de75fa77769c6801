"""Manners: adverbs of manner as parameters of a skill."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.language.readings import TakenAs
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import MannerKind


@dataclass(slots=True)
class Manners:
    """The adverbs of manner of one instruction.

    Attributes:
        lexicon: The lexicon.
        said: The adverbs.
        heeded: Those that a step follows.
    """

    lexicon: Lexicon
    said: list[str] = field(default_factory=list)
    heeded: set[str] = field(default_factory=set)

    def arguments(
        self, spec: SkillSpec, given: Mapping[str, float | str], clause: str, usual: Collection[str] = ()
    ) -> dict[str, float | str]:
        """Returns the arguments, with those that follow from adverbs of manner.

        Args:
            spec: The skill.
            given: What is stated otherwise.
            clause: The words of the clause; of several adverbs only those in it apply.
            usual: Parameters of these whose size was not stated.
        """
        out = dict(given)
        taken = set(given) - set(usual)
        for word in self.said:
            if len(self.said) > 1 and word not in clause.casefold():
                continue
            kind = next((one for one in self.lexicon.manner.manners.values() if word in one.words), None)
            for parameter in spec.goal if kind else ():
                value = _value(parameter, kind, given) if parameter.name not in taken and kind else None
                if value is not None:
                    out[parameter.name] = value
                    self.heeded.add(word)
        return out

    def notes(self) -> list[str]:
        """Returns notes on adverbs without effect; where one is no mere politeness, the reading is a guess."""
        ignored = [word for word in self.said if word not in self.heeded]
        notes = {word: f"I do not change how I move, so '{word}' makes no difference" for word in ignored}
        return [note if word in self.lexicon.manner.polite else TakenAs(note) for word, note in notes.items()]


def _value(parameter: GoalParameter, kind: MannerKind, given: Mapping[str, float | str]) -> float | str | None:
    """The value of a parameter for a manner, or None if it does not apply."""
    if parameter.type == "choice":
        return next((choice for choice in kind.choices if choice in parameter.choices), None)
    named = any(word in kind.parameters for word in (parameter.name, *parameter.name.split("_")))
    size = given.get(parameter.name, parameter.default)
    if parameter.type != "number" or not named or not isinstance(size, int | float):
        return None
    assert parameter.lower is not None and parameter.upper is not None
    return min(max(size * kind.factor, parameter.lower), parameter.upper)
