"""Senses: what a skill does with its objects, and which of them is moved where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from skill_stack.core.skills.skill import SLOT, SkillSpec
from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.clauses.roles import Types
from skill_stack.language.kinds.rules import Sense
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.name_words import name_words
from skill_stack.language.words.verb_forms import bases

WITHIN = WORDS.within_facts
"""Predicates of location."""

HANDLE, GO, TAKE, RELEASE = "handle", "go", "take", "release"
"""Senses with a fixed meaning: acting on objects, going to one, taking into the hand, letting go."""

_GOAL = re.compile(r"\b(?:to|in|into|on|onto|at|near|over|inside|beside|under|upon|towards)\s+(?:the\s+)?\{(\w+)\}")
_DOUBLING = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")
"""Base forms that double their last letter before *ing* and *ed*: *dining* is no form of *din*."""


class Forms:
    """Base forms of words, with a cache."""

    def __init__(self, irregular: Mapping[str, tuple[str, ...]]) -> None:
        """Takes irregular forms.

        Args:
            irregular: Forms by their base form.
        """
        self._known: dict[str, frozenset[str]] = {}
        self._irregular: dict[str, set[str]] = {}
        for base, others in irregular.items():
            for other in others:
                self._irregular.setdefault(other, set()).add(base)

    def forms_of(self, word: str) -> frozenset[str]:
        """Returns a word with its possible base forms."""
        found = self._known.get(word)
        if found is None:
            plain = (base for base in bases(word) if not self._doubled(word, base))
            found = self._known[word] = frozenset({word, *plain, *self._irregular.get(word, ())})
        return found

    @staticmethod
    def _doubled(word: str, base: str) -> bool:
        """Whether a word would have a double letter if it were a form of the base."""
        return word in (base + "ing", base + "ed") and _DOUBLING.fullmatch(base) is not None


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
        self._forms = Forms(forms)
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
        return [[self._forms.forms_of(one) for one in re.findall(r"[a-z_']+", text.casefold())] for text in texts]

    def roles(self, spec: SkillSpec) -> Roles:
        """Returns which parameters of a skill are moved and which are goals."""
        key = _key(spec)
        if key not in self._roles:
            self._roles[key] = self._roles_of(spec)
        return self._roles[key]

    def _roles_of(self, spec: SkillSpec) -> Roles:
        names = [one.name for one in spec.goal if one.type in ("object", "choice")]
        told: dict[str, str] = {}
        ways = self._by_effects(spec, True), self._by_names(spec), self._by_phrases(spec), self._by_effects(spec, False)
        for moved, goals in ways:  # the most certain first; effects with other predicates count only on their own
            if ways[-1] == (moved, goals) and told.keys() & {*moved, *goals}:
                break
            told = {**dict.fromkeys(moved, "moved"), **dict.fromkeys(goals, "goal"), **told}
        open_ones = [name for name in names if name not in told]
        if len(open_ones) == 1 and len(names) > 1:
            others = {told[name] for name in names if name in told}
            told[open_ones[0]] = "goal" if others == {"moved"} else "moved" if others == {"goal"} else ""
        either = {name for name in names if not told.get(name)}
        return Roles(
            frozenset(either | {name for name in names if told.get(name) == "moved"}),
            frozenset(either | {name for name in names if told.get(name) == "goal"}),
        )

    def _by_effects(self, spec: SkillSpec, known: bool) -> tuple[list[str], list[str]]:
        """Roles by ``at($thing, $place)`` and ``has($person, $thing)``; by known or by other predicates."""
        moved: list[str] = []
        goals: list[str] = []
        for one in map(Literal.parse, spec.effects):
            names = [argument[1:] for argument in one.arguments if argument.startswith("$")]
            if one.positive and len(names) == 2 and known == (one.predicate in self.held_facts | WITHIN):
                thing, goal = names[::-1] if one.predicate in self.held_facts else names
                moved, goals = [*moved, thing], [*goals, goal]
        return moved, goals

    def _by_phrases(self, spec: SkillSpec) -> tuple[list[str], list[str]]:
        """Goals: slots after *to*, *into* and the like in phrases with several slots."""
        several = [one for one in spec.phrases if len(SLOT.findall(one)) > 1]
        return [], [name for one in several for name in _GOAL.findall(one)]

    def _by_names(self, spec: SkillSpec) -> tuple[Iterable[str], list[str]]:
        """Roles by names such as ``recipient``, ``place`` and ``tool``."""
        goals, moved = [], set(self._types.held(spec))
        for one in (one for one in spec.goal if one.type in ("object", "choice")):
            words = [*name_words(one.name), *one.kind.casefold().split()]
            moved |= {one.name} if words[-1] in WORDS.instrument else set()
            wanted = bool(set(words) & self._receiving) or words[-1] in self._places
            if one.name not in moved and (wanted or {words[0], words[-1]} & (WORDS.recipient | self._types.receiving)):
                goals.append(one.name)
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
