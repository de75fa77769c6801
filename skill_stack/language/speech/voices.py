"""Voices: skills that say free text, presented to the grammar as skills with a few placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.language.words.name_words import name_words
from skill_stack.language.words.speech_words import SpeechWords

MOST_SAID = 6
"""Different texts of one instruction that one skill can say."""

ASKED = ("ask {hearer} {said}",)
TOLD = ("tell {hearer} {said}", "say {said} to {hearer}", "say to {hearer} {said}")
SAID = ("say {said}",)
"""How a skill is said that asks or tells somebody something, or says it aloud."""

_UNUSED = re.compile(r":?(?:,? (?:or )?speech[a-z][a-f])+")
SPOKEN_OF = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Voice:
    """A skill that says any words.

    Attributes:
        skill: Its name.
        parameter: The argument that is said.
        verbs: Words of its name.
        hearer: Whether it is said to somebody.
        speaks: Whether it is said at all, and not played, searched or written down.
        key: What its placeholders begin with.
    """

    skill: str
    parameter: str
    verbs: frozenset[str]
    hearer: bool
    speaks: bool
    key: str

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Words that stand for what is said, each for one text."""
        return tuple(f"{self.key}{letter}" for letter in SPOKEN_OF[:MOST_SAID])


class Voices:
    """The skills of a library that say any words.

    Attributes:
        library: The library in which they say placeholders.
        voices: Those skills.
        others: Whether other skills of it say something of their own.
    """

    def __init__(self, library: SkillLibrary, words: SpeechWords) -> None:
        """Finds them.

        Args:
            library: Skills of the robot.
            words: Words of skills that say something.
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
        """A skill with placeholders as the choices of what it says."""
        said = next((one for one in spec.goal if _said(spec, one)), None)
        if said is None or len(self.voices) >= len(SPOKEN_OF):
            return spec
        hearer = next((one.name for one in spec.goal if one.type == "object" and _hears(one, self._words)), "")
        key = f"speech{SPOKEN_OF[len(self.voices)]}"
        verbs = name_words(spec.name)
        speaks = bool(self._speaking & {*verbs, *spec.description.casefold().split()[:3], *_third(spec)})
        voice = Voice(spec.name, said.name, frozenset(verbs), bool(hearer), speaks, key)
        self.voices.append(voice)
        choices = said.model_copy(update={"type": "choice", "choices": voice.placeholders})
        goal = tuple(choices if one is said else one for one in spec.goal)
        asks = bool(voice.verbs & self._words.asking)
        ways = _plain(verbs) if not speaks else (ASKED if asks else TOLD) if hearer else SAID
        phrases = [way.format(hearer=f"{{{hearer}}}", said=f"{{{said.name}}}") for way in ways]
        return spec.model_copy(update={"goal": goal, "phrases": (*spec.phrases, *phrases)})

    def best(self, asks: bool, hearer: bool) -> Voice | None:
        """The skill that says something best.

        Args:
            asks: Whether somebody is asked.
            hearer: Whether somebody is spoken to.
        """
        aloud = frozenset({"say", "speak", "announce", "talk", "tts"})
        wanted = self._words.asking if asks else self._words.telling if hearer else aloud

        def fits(voice: Voice) -> tuple[bool, bool, bool]:
            other = bool(voice.verbs & self._words.asking) and not asks
            return voice.hearer != hearer, other, not voice.verbs & wanted

        return min((one for one in self.voices if one.speaks), key=fits, default=None)

    def topical(self, skills: Iterable[str]) -> Voice | None:
        """The skill among some that does something with any words that are not said: ``play some jazz``.

        Args:
            skills: Names of skills.
        """
        names = set(skills)
        return next((one for one in self.voices if not one.speaks and one.skill in names), None)

    def unmasked(self, tree: PlanNode, texts: dict[str, str]) -> PlanNode:
        """A tree with what is said instead of placeholders.

        Args:
            tree: The plan.
            texts: What the placeholders stand for.
        """
        children = tuple(self.unmasked(child, texts) for child in tree.children)
        arguments = {name: texts.get(value, value) if isinstance(value, str) else value
                     for name, value in tree.arguments.items()}  # fmt: skip
        return replace(tree, children=children, arguments=arguments, why=quoted(tree.why, texts))


def placeholder(word: str) -> bool:
    """Whether a word stands for what is said.

    Args:
        word: The word.
    """
    return _UNUSED.fullmatch(f" {word}") is not None


def quoted(sentence: str, texts: dict[str, str]) -> str:
    """A sentence with what is said in quotation marks instead of placeholders; those of nothing said are left out.

    Args:
        sentence: The sentence.
        texts: What the placeholders stand for.
    """
    for word, text in texts.items():
        sentence = sentence.replace(word, f"'{text}'")
    return _UNUSED.sub("", sentence)


def stated(facts: Iterable[str], texts: dict[str, str]) -> tuple[str, ...]:
    """Facts with what is said instead of placeholders, without the marks that facts are written with.

    Args:
        facts: Facts as text.
        texts: What the placeholders stand for.
    """
    plain = {word: "".join(one for one in text if one not in "(),") for word, text in texts.items()}
    out = []
    for fact in facts:
        for word, text in plain.items():
            fact = fact.replace(word, text)
        out.append(fact)
    return tuple(out)


def _third(spec: SkillSpec) -> set[str]:
    """The first words of a description without the ending of a verb: ``Tells`` → ``tell``."""
    return {word.removesuffix("s") for word in spec.description.casefold().split()[:3]}


def _plain(verbs: list[str]) -> list[str]:
    """How a skill is said that does something with words: ``play {said}``, ``search the web for {said}``."""
    verb, rest = verbs[0], " ".join(verbs[1:])
    ways = [f"{verb} {{said}}", f"{verb} for {{said}}"]
    besides = [f"{verb} {rest} {{said}}", f"{verb} the {rest} for {{said}}", f"{verb} {rest} for {{said}}"]
    return [*ways, *besides] if rest else ways


def _said(spec: SkillSpec, parameter: GoalParameter) -> bool:
    """Whether an argument is any words that the skill says; what a search looks for is not said."""
    return parameter.type == "words" and not (spec.guided is not None and spec.guided.guide == "searching")


def _hears(parameter: GoalParameter, words: SpeechWords) -> bool:
    """Whether an argument is somebody who is spoken to."""
    return bool(words.hearers & {*name_words(parameter.name), *parameter.kind.split(), *parameter.nouns})
