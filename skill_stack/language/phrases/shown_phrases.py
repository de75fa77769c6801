"""ShownPhrases: phrases of a skill without any, from its effects and its description."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.world.fact import Literal
from skill_stack.language.phrases.described_phrases import DescribedPhrases
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import ShownRule
from skill_stack.language.words.name_words import name_words

LEVELLING = ("to", "down to", "up to", "at")
"""Words before the number to which something is set."""

_WORD = re.compile(r"[a-z]+(?:'s)?|[.,;:]")


class ShownPhrases:
    """Makes phrases from effects (``holding(robot, $x)`` is "pick up {x}") and from the description's first clause."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Takes the words in which skills are read."""
        self._data, self._described = lexicon.skill_names, DescribedPhrases(lexicon)

    def phrases_of(self, spec: SkillSpec, described: bool) -> tuple[str, ...]:
        """The phrases of a skill, the surest first.

        Args:
            spec: The skill.
            described: Whether those of its description are wanted, or those that its effects and its name show.
        """
        if described:
            return self._described.phrases_of(spec)
        things = [one for one in spec.goal if one.type == "object"]
        levels = _levels(spec, things, self._data.setting)
        shown = (*self._by_effects(spec, things), *self._by_name(spec, things), *levels)
        return tuple(dict.fromkeys(shown))

    def besides(self, spec: SkillSpec) -> tuple[str, ...]:
        """How a skill that has phrases may be said besides: what its description says of the things that it takes.

        Args:
            spec: The skill.
        """
        return tuple(one for one in self._described.phrases_of(spec, surely=True) if "{" in one)

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

    def _by_name(self, spec: SkillSpec, things: Sequence[GoalParameter]) -> Iterator[str]:
        """The verb of a name alone, and devices with a choice of states: ``dock_charger``, ``set_light(mode)``."""
        words = [word.casefold() for word in re.split(r"_+|(?<=[a-z0-9])(?=[A-Z])", spec.name) if word]
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


def _levels(spec: SkillSpec, things: Sequence[GoalParameter], setting: frozenset[str]) -> Iterator[str]:
    """How something is set to a number: ``set_volume(device, percent)`` is said "turn {device} down to {percent}"."""
    numbers = [one for one in spec.goal if one.type == "number" and one.default is None]
    words = [word for word in name_words(spec.name) if word]
    if len(things) != 1 or len(numbers) != 1 or words[0] not in setting:
        return
    noun, number, thing = " ".join(words[1:]), f"{{{numbers[0].name}}}", f"{{{things[0].name}}}"
    yield from (f"{verb} {thing} {to} {number}" for verb in ("set", "turn", "adjust", "put") for to in LEVELLING)
    for verb in ("set", "turn", "adjust", "change") if noun else ():
        yield from (f"{verb} the {noun} {of} {thing} to {number}" for of in ("of", "in", "on", "for"))


def _stated(verb: str, ways: Iterable[str], choice: GoalParameter) -> Iterator[str]:
    """How a device is put into one of its states: ``set the light to {mode}``, ``turn the light {mode}``."""
    state = f"{{{choice.name}}}"
    for way in ways:
        yield from (f"{verb} {way} to {state}", f"{verb} {way} {state}")
        if {"on", "off"} & set(choice.choices):
            yield from (f"turn {way} {state}", f"switch {way} {state}", f"turn {state} {way}")
