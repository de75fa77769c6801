"""Voices: skills that say free text, as skills with placeholders for choices."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon_files import WordFile
from skill_stack.language.words.text import name_words

MOST_SAID = 6
"""Texts of one instruction that one skill can say at most."""

ASKED = ("ask {hearer} {said}",)
TOLD = ("tell {hearer} {said}", "say {said} to {hearer}", "say to {hearer} {said}")
SAID = ("say {said}",)
"""Phrases of skills that ask or tell a person something, or say it aloud."""

_UNUSED = re.compile(r":?(?:,? (?:or )?speech[a-z][a-f])+")
SPOKEN_OF = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Voice:
    """A skill that takes free text.

    Attributes:
        skill: Its name.
        verbs: Words of its name.
        hearer: Whether it has an argument for the hearer.
        speaks: Whether it says the text, as opposed to playing, searching or writing it.
        key: Prefix of its placeholders.
    """

    skill: str
    verbs: frozenset[str]
    hearer: bool
    speaks: bool
    key: str

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Words that stand for texts, one for each."""
        return tuple(f"{self.key}{letter}" for letter in SPOKEN_OF[:MOST_SAID])


class Voices:
    """The skills of a library that take free text.

    Attributes:
        library: The library with placeholders as choices of those skills.
        voices: Those skills.
        others: Whether other skills of it also speak.
    """

    def __init__(self, library: SkillLibrary, words: WordFile) -> None:
        """Finds the skills.

        Args:
            library: Skills of the robot.
            words: Words of speaking skills.
        """
        self._words, self._speaking = words, words.asking | words.telling | words.saying
        self.voices: list[Voice] = []
        entries = {name: one if one.spec is None else replace(one, spec=self._masked(one.spec))
                   for name, one in library.entries.items()}  # fmt: skip
        self.library = replace(library, entries=entries) if self.voices else library
        speaking = {voice.skill for voice in self.voices}
        others = (spec for spec in library if spec.name not in speaking)
        self.others = any(self._speaking & set(name_words(spec.name)) for spec in others)

    def _masked(self, spec: SkillSpec) -> SkillSpec:
        said = next((one for one in spec.goal if _said(spec, one)), None)
        if said is None or len(self.voices) >= len(SPOKEN_OF):
            return spec
        hearer = next((one.name for one in spec.goal if one.type == "object" and _hears(one, self._words)), "")
        key = f"speech{SPOKEN_OF[len(self.voices)]}"
        verbs = name_words(spec.name)
        speaks = bool(self._speaking & {*verbs, *spec.description.casefold().split()[:3], *_third(spec)})
        voice = Voice(spec.name, frozenset(verbs), bool(hearer), speaks, key)
        self.voices.append(voice)
        choices = said.model_copy(update={"type": "choice", "choices": voice.placeholders})
        goal = tuple(choices if one is said else one for one in spec.goal)
        asks = bool(voice.verbs & self._words.asking)
        ways = _plain(verbs) if not speaks else (ASKED if asks else TOLD) if hearer else SAID
        phrases = [way.format(hearer=f"{{{hearer}}}", said=f"{{{said.name}}}") for way in ways]
        return spec.model_copy(update={"goal": goal, "phrases": (*spec.phrases, *phrases)})

    def best(self, asks: bool, hearer: bool) -> Voice | None:
        """Returns the best skill to say something, or None.

        Args:
            asks: Whether it is a question.
            hearer: Whether a hearer is named.
        """
        wanted = self._words.asking if asks else self._words.telling if hearer else WORDS.aloud

        def fits(voice: Voice) -> tuple[bool, bool, bool]:
            other = bool(voice.verbs & self._words.asking) and not asks
            return voice.hearer != hearer, other, not voice.verbs & wanted

        return min((one for one in self.voices if one.speaks), key=fits, default=None)

    def topical(self, skills: Iterable[str]) -> Voice | None:
        """Returns the skill among some that takes free text without saying it, ``play some jazz``, or None."""
        names = set(skills)
        return next((one for one in self.voices if not one.speaks and one.skill in names), None)

    def unmasked(self, tree: PlanNode, texts: dict[str, str]) -> PlanNode:
        """Replaces placeholders in a plan by their texts."""
        children = tuple(self.unmasked(child, texts) for child in tree.children)
        arguments = {name: texts.get(value, value) if isinstance(value, str) else value
                     for name, value in tree.arguments.items()}  # fmt: skip
        return replace(tree, children=children, arguments=arguments, why=quoted(tree.why, texts))


def quoted(sentence: str, texts: dict[str, str]) -> str:
    """Replaces placeholders in a sentence by their texts in quotation marks, and removes unused ones."""
    for word, text in texts.items():
        sentence = sentence.replace(word, f"'{text}'")
    return _UNUSED.sub("", sentence)


def stated(facts: Iterable[str], texts: dict[str, str]) -> tuple[str, ...]:
    """Replaces placeholders in facts by their texts, without parentheses and commas."""
    plain = {word: "".join(one for one in text if one not in "(),") for word, text in texts.items()}
    out = []
    for fact in facts:
        for word, text in plain.items():
            fact = fact.replace(word, text)
        out.append(fact)
    return tuple(out)


def _third(spec: SkillSpec) -> set[str]:
    """The first words of a description without a final -s: ``Tells`` → ``tell``."""
    return {word.removesuffix("s") for word in spec.description.casefold().split()[:3]}


def _plain(verbs: list[str]) -> list[str]:
    """Phrases of a skill that takes free text: ``play {said}``, ``search the web for {said}``."""
    verb, rest = verbs[0], " ".join(verbs[1:])
    ways = [f"{verb} {{said}}", f"{verb} for {{said}}"]
    besides = [f"{verb} {one} {{said}}" for one in (rest, f"a {rest}", f"the {rest} for", f"{rest} for")]
    return [*ways, *besides] if rest else ways


def _said(spec: SkillSpec, parameter: GoalParameter) -> bool:
    """Whether an argument is free text; what a search looks for is none."""
    return parameter.type == "words" and not (spec.guided is not None and spec.guided.guide == "searching")


def _hears(parameter: GoalParameter, words: WordFile) -> bool:
    return bool(words.hearers & {*name_words(parameter.name), *parameter.kind.split(), *parameter.nouns})
