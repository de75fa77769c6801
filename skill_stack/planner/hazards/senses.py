"""Senses: what a skill does with its objects, and which of them is moved where."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skill_stack.core.skills.skill import SLOT, SkillSpec
from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language import WORDS, Lexicon, Sense, Types, bases, name_words

WITHIN = WORDS.within_facts
"""Predicates of location."""

HANDLE, GO, TAKE, RELEASE = "handle", "go", "take", "release"
"""Senses with a fixed meaning: acting on objects, going to one, taking into the hand, letting go."""

_GOAL = re.compile(r"\b(?:to|in|into|on|onto|at|near|over|inside|beside|under|upon|towards)\s+(?:the\s+)?\{(\w+)\}")

_MEANS = re.compile(r"\{\w+\} with (?:the )?\{(\w+)\}")
"""What a thing is filled, covered or cleaned with comes to it."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Roles of a skill's parameters; a parameter of unknown role is in both.

    Attributes:
        moved: Parameters for moved objects.
        goals: Parameters for destinations or recipients.
    """

    moved: frozenset[str]
    goals: frozenset[str]


class Senses:
    """Looks up what skills do, with a cache."""

    def __init__(self, senses: Mapping[str, Sense], forms: Mapping[str, tuple[str, ...]], lexicon: Lexicon) -> None:
        """Prepares the tables.

        Args:
            senses: The senses.
            forms: Irregular forms of words.
            lexicon: Types of parameters.
        """
        self._irregular: dict[str, set[str]] = {}
        for base, others in forms.items():
            for other in others:
                self._irregular.setdefault(other, set()).add(base)
        self._types = Types(lexicon, SceneGraph())
        types = (lexicon.things.types[name] for name in ("person", "surface", "container"))
        self._receiving = frozenset(word for one in types for word in one.parameters)
        self._places = lexicon.skill_names.place_nouns
        self.held_facts = frozenset(lexicon.clauses.held_facts)
        self._senses = senses
        self._told: dict[tuple[object, ...], frozenset[str]] = {}
        self._roles: dict[tuple[object, ...], Roles] = {}

    def senses_of(self, spec: SkillSpec, arguments: Mapping[str, object]) -> frozenset[str]:
        """Returns the senses of a skill with arguments; ``handle`` if nothing is known of it.

        Args:
            spec: The skill.
            arguments: Its arguments; a choice may select the sense.
        """
        key = _key(spec)
        if key not in self._told:
            self._told[key] = self._by_words(spec)
        told = set(self._told[key])
        for name, one in self._senses.items():
            words = set(one.choice)
            chosen = [p for p in spec.goal if words & {choice.casefold() for choice in p.choices}]
            if chosen:
                told.discard(name)
                told |= {name for p in chosen if str(arguments.get(p.name, p.default)).casefold() in words}
        handling = {name for name in told if self._senses[name].handles}
        return frozenset(handling | {HANDLE} if handling or not told else told)

    def _by_words(self, spec: SkillSpec) -> frozenset[str]:
        """Senses by name, phrases and effects; by the description if these do not tell."""
        first = self._forms_of(" ".join(name_words(spec.name)), *(SLOT.sub(" _ ", one) for one in spec.phrases))
        made = {(one.positive, one.predicate) for one in map(Literal.parse, spec.effects)}
        for texts in (first, self._forms_of(spec.description)):
            found = {name for name, one in self._senses.items() if self._tells(one, texts, made)}
            if found:
                return frozenset(found)
        return frozenset()

    def _tells(self, sense: Sense, texts: Sequence[Sequence[frozenset[str]]], made: set[tuple[bool, str]]) -> bool:
        """Whether words or effects have a sense. One that handles nothing must begin the text."""
        effects = {(not one.startswith("not "), one.removeprefix("not ")) for one in sense.effects}
        if made & effects:
            return True
        if not sense.handles:
            return any(in_order(one.split(), text[: len(one.split())]) for one in sense.verbs for text in texts)
        if any(in_order(one.split(), text) for one in sense.never for text in texts):
            return False
        return any(in_order(one.split(), text) for one in sense.verbs for text in texts)

    def _forms_of(self, *texts: str) -> list[list[frozenset[str]]]:
        """The words of texts, each with its possible base forms."""
        said = [re.findall(r"[a-z_']+", text.casefold()) for text in texts]
        return [[frozenset({one, *bases(one), *self._irregular.get(one, ())}) for one in words] for words in said]

    def roles(self, spec: SkillSpec) -> Roles:
        """Returns which parameters of a skill are moved and which are goals."""
        key = _key(spec)
        if key not in self._roles:
            self._roles[key] = self._roles_of(spec)
        return self._roles[key]

    def _roles_of(self, spec: SkillSpec) -> Roles:
        """Roles by effects; else by names such as ``recipient``, ``place`` and ``tool``, and *into* in phrases."""
        moved, goals = self._by_effects(spec)
        objects = {one.name: one for one in spec.goal if one.type in ("object", "choice")}
        several = "; ".join(one for one in spec.phrases if len(SLOT.findall(one)) > 1)
        ends, held = set(_GOAL.findall(several)), {*self._types.held(spec), *_MEANS.findall(several)}
        for name in objects.keys() - moved - goals:
            words = [*name_words(name), *objects[name].kind.casefold().split()]
            to = {words[0], words[-1]} & (WORDS.recipient | self._types.receiving) or words[-1] in self._places
            if name in held or words[-1] in WORDS.instrument:
                moved.add(name)
            elif to or name in ends or self._receiving & set(words):
                goals.add(name)
        left = set(objects) - moved - goals
        if len(left) == 1 and bool(moved) != bool(goals):
            (goals if moved else moved).update(left)
            left = set()
        return Roles(frozenset(moved | left), frozenset(goals | left))

    def _by_effects(self, spec: SkillSpec) -> tuple[set[str], set[str]]:
        """What is moved and where to, by ``at($thing, $place)`` and ``has($person, $thing)``."""
        moved, goals = set[str](), set[str]()
        for one in map(Literal.parse, spec.effects):
            names = [argument[1:] for argument in one.arguments if argument.startswith("$")]
            if one.positive and len(names) == 2 and one.predicate in self.held_facts | WITHIN:
                thing, goal = names[::-1] if one.predicate in self.held_facts else names
                moved.add(thing)
                goals.add(goal)
        return moved, goals

    def takes(self, spec: SkillSpec, senses: frozenset[str]) -> bool:
        """Whether the robot holds something afterwards: by effects on holding if there are any, else by words."""
        made = self._of_hand(spec)
        return any(made) if made else TAKE in senses and RELEASE not in senses

    def releases(self, spec: SkillSpec, senses: frozenset[str]) -> bool:
        """Whether the robot no longer holds something."""
        made = self._of_hand(spec)
        return not all(made) if made else RELEASE in senses

    def _of_hand(self, spec: SkillSpec) -> list[bool]:
        """Effects on what the robot holds, in order: whether it holds it."""
        own = (one for one in map(Literal.parse, spec.effects) if one.predicate in self.held_facts)
        return [one.positive for one in own if not (len(one.arguments) > 1 and one.arguments[0].startswith("$"))]


def _key(spec: SkillSpec) -> tuple[object, ...]:
    return spec.name, spec.phrases, spec.effects, spec.description, tuple((p.name, p.kind) for p in spec.goal)


def in_order(wanted: Sequence[str], words: Sequence[frozenset[str]]) -> bool:
    """Whether words occur in this order, with others between them."""
    at = 0
    for word in words:
        if at < len(wanted) and wanted[at] in word:
            at += 1
    return at == len(wanted)
