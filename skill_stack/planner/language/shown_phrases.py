"""ShownPhrases: how a skill without phrases is said by what it brings about and by how it is described."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from skill_stack.core.fact import Literal
from skill_stack.core.skill import GoalParameter, SkillSpec
from skill_stack.planner.language.lexicon import Lexicon
from skill_stack.planner.language.lexicon_files import ShownRule
from skill_stack.planner.language.verb_forms import bases

DETERMINERS = frozenset("a an the one some its given held grasped somebody someone something".split())
"""Words with which a noun of a description begins."""

SWITCHING = frozenset({"switch", "switches", "turn", "turns", "power", "powers"})
"""Verbs that mean two things by the last word of what is said."""

_WORD = re.compile(r"[a-z]+(?:'s)?|[.,;:]")


class ShownPhrases:
    """Makes phrases from effects (``holding(robot, $x)`` is "pick up {x}") and from the description's first clause."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Takes the words in which skills are read."""
        self._lexicon, self._data = lexicon, lexicon.skill_names

    def of(self, spec: SkillSpec) -> tuple[str, ...]:
        """The phrases of a skill, the surest first.

        Args:
            spec: The skill.
        """
        things = [one for one in spec.goal if one.type == "object"]
        found = (*self._by_description(spec, things), *self._by_effects(spec, things), *self._by_name(spec, things))
        return tuple(dict.fromkeys(found))

    def _by_effects(self, spec: SkillSpec, things: Sequence[GoalParameter]) -> Iterator[str]:
        """Phrases for what the skill brings about."""
        names = {one.name for one in things}
        effects = [Literal.parse(one) for one in spec.effects]
        held = [Literal.parse(one) for one in spec.preconditions]
        holds = any(one.positive and self._means(one.predicate, self._data.holding) for one in held)
        for effect in effects:
            for rule in self._data.shown:
                given = self._fits(rule, effect, names)
                if given is None or len(things) != max(rule.things, len(given)) or (rule.held and not holds):
                    continue
                slots = {letter: f"{{{name}}}" for letter, name in given.items()}
                yield from (say.format(**slots) for say in rule.say)

    def _fits(self, rule: ShownRule, effect: Literal, names: set[str]) -> dict[str, str] | None:
        """The parameters that an effect of a rule speaks of, by the rule's letters; None when it is another effect."""
        if effect.positive == rule.negated or not self._means(effect.predicate, rule.of):
            return None
        if len(effect.arguments) != len(rule.arguments):
            return None
        given: dict[str, str] = {}
        for letter, argument in zip(rule.arguments, effect.arguments, strict=True):
            variable = argument.removeprefix("$") if argument.startswith("$") else ""
            if (letter == "self") is bool(variable) or argument == "*" or (variable and variable not in names):
                return None
            if variable:
                given[letter] = variable
        return given

    def _means(self, predicate: str, meant: Iterable[str]) -> bool:
        """Whether a predicate is one of those that are meant, as a whole or by its first or last word."""
        words = predicate.split("_")
        return bool({predicate, words[0], words[-1]} & set(meant))

    def _by_description(self, spec: SkillSpec, things: Sequence[GoalParameter]) -> Iterator[str]:
        """The first clause of the description with its nouns as arguments: ``Leads a person to a place``."""
        words = _WORD.findall(spec.description.split(".")[0].casefold())
        if " ".join(words) == spec.name.replace("_", " ").casefold():
            return
        if words[-1:] in (["on"], ["off"]) and words[0] in SWITCHING:
            words = [words[0], words[-1], *words[1:-1]]  # "switches a machine, lamp or other device off"
        for said in self._clause(words, things, spec.goal):
            yield said
            if " the floor of {" in said:
                yield said.replace(" the floor of {", " {")
        for at, word in enumerate(words):
            if word in ("and", "or") and len(things) == 1:
                for said in self._clause(words[at + 1 :], (), ()):  # "looks at a thing and takes a photo"
                    yield f"{said} of {{{things[0].name}}}"

    def _clause(
        self, words: list[str], things: Sequence[GoalParameter], goal: Iterable[GoalParameter]
    ) -> Iterator[str]:
        """One clause of a description that begins with a verb, with its nouns as arguments.

        Args:
            words: The clause.
            things: Arguments that are things; it must speak of all of them.
            goal: Every argument that it may speak of.
        """
        while words and words[0] in ("the", "to", "lets", "makes", "have", *self._data.selves):
            words = words[1:]
        english = self._lexicon.english
        verb = next((one for one in (*words[:1], *bases(words[0])) if one in english.base), "") if words else ""
        if not verb:
            return
        out, at, left, filled = [verb], 1, [one for one in goal if one.type != "number"], 0
        while at < len(words) and words[at] not in ",;:" and words[at] not in english.links | english.opening:
            end, noun = self._noun(words, at)
            if not noun:
                if filled == len(things) and filled:
                    break
                out.append(words[at])
                at += 1
                continue
            at = end
            if set(noun) & self._data.selves and not any(set(noun) & set(one.name.split("_")) for one in left):
                continue  # "drives the robot to a room"
            more = any(word in DETERMINERS for word in words[end:])
            found = self._parameter(noun, left, alone=not more)
            if found is None and not (more or not things):
                return
            if found is None:
                out += noun  # "takes a picture of a thing"
                continue
            left.remove(found)
            filled += found.type == "object"
            out.append(f"{{{found.name}}}")
        needed = {one.name for one in things if one.default is None}
        if needed <= {one[1:-1] for one in out} and (things or len(out) > 1):
            yield " ".join(out)

    def _noun(self, words: Sequence[str], at: int) -> tuple[int, list[str]]:
        """The noun that begins at a word: where it ends, and its words; nothing where none begins."""
        if words[at] not in DETERMINERS and not words[at].endswith("'s"):
            return at, []
        single = words[at] in ("somebody", "someone", "something")
        end = at + 1
        stops = (
            *self._data.links,
            *self._data.particles,
            ",",
            ";",
            ":",
            "until",
            "with",
            "clean",
            "and",
            "or",
            "so",
            "while",
            "using",
            "that",
        )
        while not single and end < len(words) and words[end] not in stops:
            end += 1
        if end + 1 < len(words) and words[end] == "of" and words[end + 1] in DETERMINERS:
            return end, list(words[at:end])
        while end + 1 < len(words) and words[end] in ("of", "or") and not single:  # "a piece of furniture"
            end += 2
        return end, list(words[at:end])

    def _parameter(
        self, noun: Sequence[str], left: Sequence[GoalParameter], alone: bool
    ) -> GoalParameter | None:
        """The argument that a noun of the description is about.

        Args:
            noun: The noun.
            left: Arguments that no other noun is about.
            alone: Whether no noun follows, so that it must be about the only thing that is left.
        """
        said = {word.removesuffix("'s") for word in noun}
        said |= {word.removesuffix("s") for word in said}
        for one in left:
            if said & set(one.name.casefold().split("_")):
                return one
        kinds = [kind for kind, names in self._data.arguments.items() if said & set(names)]
        kinds += [kind for kind, names in self._data.nouns.items() if said & set(names)]
        for one in left:
            own = set(one.name.casefold().split("_"))
            if any(own & {*self._data.arguments.get(kind, ()), *self._data.nouns.get(kind, ())} for kind in kinds):
                return one
        things = [one for one in left if one.type == "object"]
        return things[0] if len(things) == 1 and alone else None

    def _by_name(self, spec: SkillSpec, things: Sequence[GoalParameter]) -> Iterator[str]:
        """The verb of a name alone, and devices with a choice of states: ``dock_charger``, ``set_light(mode)``."""
        words = [word for word in re.split(r"_+|(?<=[a-z0-9])(?=[A-Z])", spec.name) if word]
        words = [word.casefold() for word in words]
        choices = [one for one in spec.goal if one.type == "choice"]
        if things or len(words) < 2 or words[1] in {*self._data.links, *self._data.particles}:
            return
        rest = _WORD.findall(spec.description.split(".")[0].casefold())
        said = rest[2:] if rest[1:2] == ["the"] and len(rest) == 3 else []
        for noun in (words[1:], said) if len(choices) == 1 else ():
            named = " ".join(noun)
            plural = named if named.endswith("s") else f"{named}s"
            both = (named, plural) if noun else ()
            ways = [f"{article}{one}" for one in both for article in ("", "the ", "your ")]
            yield from _stated(words[0], ways, choices[0])
        if not choices:
            yield words[0]


def _stated(verb: str, ways: Iterable[str], choice: GoalParameter) -> Iterator[str]:
    """How a device is put into one of its states: ``set the light to {mode}``, ``turn the light {mode}``."""
    state = f"{{{choice.name}}}"
    for way in ways:
        yield from (f"{verb} {way} to {state}", f"{verb} {way} {state}")
        if {"on", "off"} & set(choice.choices):
            yield from (f"turn {way} {state}", f"switch {way} {state}", f"turn {state} {way}")
