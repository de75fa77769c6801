"""TemplateVerbs: verbs that no skill has, as the template motion of a hand that they mean most likely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.templates.template_motion import TemplateMotion, template_motions, verb_meanings
from skill_stack.language import words_of
from skill_stack.motion.templates.motion_look import look_of
from skill_stack.motion.templates.verb_choice import by_motion, by_words, chosen, together

GUIDE = "template"
"""Guide of the skill whose argument ``motion`` is a template."""
STEP = 0.02
"""Time between two places of a path, s."""
FIRST_WORDS = 4
"""Words of a request among which its verb is."""


@dataclass(frozen=True, slots=True)
class VerbReading:
    """What a verb is taken for.

    Attributes:
        arguments: Of the skill.
        question: What a person is asked.
    """

    arguments: dict[str, str]
    question: str


@dataclass(frozen=True, slots=True)
class TemplateVerbs:
    """Reads verbs for the skill that moves a hand by templates.

    Attributes:
        spec: The skill.
    """

    spec: SkillSpec

    @classmethod
    def in_library(cls, library: SkillLibrary) -> TemplateVerbs | None:
        """That of a robot's skill of this kind; None where it has none."""
        found = next((spec for spec in library if spec.guided is not None and spec.guided.guide == GUIDE), None)
        return None if found is None else cls(found)

    def read(self, text: str) -> VerbReading | None:
        """The template of a request; None where none of its first words is a verb of the hand.

        Args:
            text: The request.
        """
        words = [token.text for token in words_of(text)][:FIRST_WORDS]
        verb = next((word for word in words if word in verb_meanings()), "")
        choices = next((one.choices for one in self.spec.goal if one.name == "motion"), ())
        scores = together(by_words(verb), by_motion(verb, own_looks())) if verb else {}
        name = chosen({one: score for one, score in scores.items() if one in choices})
        if not name:
            return None
        told = f"I know no skill for '{verb}'. Shall I move my hand like that, in front of me: {told_of(name)}?"
        return VerbReading({"motion": name}, told)


def told_of(name: str) -> str:
    """A template in words, with size and rate."""
    motion = template_motions()[name]
    size = f"{100 * motion.size:.0f} cm" if motion.size else f"{np.degrees(motion.turn):.0f}°"
    return f"{name}, {size} to each side, {1 / motion.period:.1f} times a second (it {motion.description})"


@cache
def own_looks() -> Mapping[str, Mapping[str, float]]:
    """How the paths of the templates look as they are stated, before any robot moved by them."""
    return {name: _look(motion) for name, motion in template_motions().items()}


def _look(motion: TemplateMotion) -> dict[str, float]:
    rows = [motion.at(time) for time in np.arange(0.0, motion.seconds, STEP)]
    return look_of(np.array([place for place, _ in rows]), np.array([turn for _, turn in rows]), STEP)
