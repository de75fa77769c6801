"""DescribedPhrases: phrases from a skill's description: ``Gives the thing it carries to a pupil or a teacher``."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.language.phrases.description import Description, DescriptionClause, Phrase
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.name_words import name_words

MOST_WAYS = 6
"""Phrases of one clause at most."""

MOST_WORDS = 8
"""Words of a phrase at most; a longer one is no plausible request."""

_SOMEBODY = r"(?:(?:a|an|the|some)(?: [a-z-]+)+?|him or her|her or him|him|her|them)"
LETTING = re.compile(rf"(?:^|and )(let|help)s {_SOMEBODY} (?:to )?([a-z]+)[.]?$")
"""A description of letting or helping somebody do something."""
_NOUN = re.compile(r"[a-z]{3,}")


class DescribedPhrases:
    """Makes phrases from the clauses of a description, with its nouns as arguments."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._data, types = lexicon.skill_names, lexicon.things.types
        self._description = Description(lexicon.skill_names, lexicon.english.base)
        self._verbs = lexicon.english.base
        typed = [one for name, one in types.items() if one.parameters and name != "alive"]
        self._groups = [{*one.parameters, *one.kinds} for one in typed]
        self._groups += [{*names, *self._data.nouns.get(name, ())} for name, names in self._data.arguments.items()]
        self._person = {*types["person"].parameters, *types["person"].kinds}

    def phrases_of(self, spec: SkillSpec, surely: bool = False) -> tuple[str, ...]:
        """Returns the phrases of a skill; empty where its description only repeats its name.

        Args:
            spec: The skill.
            surely: Whether to use the first clause only, and only nouns that clearly match an argument.
        """
        if spec.description.strip(" .").casefold() == spec.name.replace("_", " ").casefold():
            return ()
        out: list[str] = []
        theme: GoalParameter | None = None
        for clause in self._description.clauses(spec.description):
            if surely and out:
                break
            first = self._arguments(clause, spec.goal, theme, surely)
            theme = theme or next((one for one in first if one is not None), None)
            out += self._said(clause, first, spec)
            if out and clause.phrases and not any(first) and theme is not None and len(spec.goal) == 1:
                # "looks at a thing and takes a photo"
                out.append(f"{' '.join((*clause.verb, 'a', *clause.phrases[0].words))} of {{{theme.name}}}")
        return tuple(dict.fromkeys((*out, *self._letting(spec))))

    def _letting(self, spec: SkillSpec) -> Iterator[str]:
        """The phrase of letting somebody do something: "let {customer} pay" of ``Lets a customer pay``."""
        things = [one for one in spec.goal if one.type == "object"]
        found = LETTING.search(spec.description.casefold())
        if found is not None and len(things) == 1 and found[2] in self._verbs:
            yield f"{found[1]} {{{things[0].name}}} {found[2]}"

    def nouns(self, spec: SkillSpec) -> dict[str, tuple[str, ...]]:
        """Returns the nouns of a description by the argument that they match."""
        out: dict[str, tuple[str, ...]] = {}
        for clause in self._description.clauses(spec.description):
            arguments = self._arguments(clause, spec.goal, None, False)
            out = {one.name: said.words for said, one in zip(clause.phrases, arguments, strict=True) if one} | out
        return out

    def _arguments(
        self, clause: DescriptionClause, goal: Sequence[GoalParameter], theme: GoalParameter | None, surely: bool
    ) -> list[GoalParameter | None]:
        """The argument that each phrase of a clause matches, or None."""
        left = [one for one in goal if one.type in ("object", "choice", "words")]
        out: list[GoalParameter | None] = []
        for phrase in clause.phrases:
            found = self._argument(phrase, left, theme)
            left = [one for one in left if one is not found]
            out.append(found)
        things = [one for one in left if one.type == "object" and one.default is None]
        spare = _spare(clause.phrases, out) if theme is None and not surely and len(things) == 1 else None
        if spare is not None:
            out[spare] = things[0]
        return out

    def _argument(
        self, phrase: Phrase, left: Sequence[GoalParameter], theme: GoalParameter | None
    ) -> GoalParameter | None:
        """The argument that one phrase matches, or None."""
        if phrase.words and set(phrase.words) <= self._data.pronouns and theme in left:
            return theme
        best = max(left, key=lambda one: self._fit(phrase, one), default=None) if phrase.noun else None
        return best if best is not None and self._fit(phrase, best) > 0 else None

    def _fit(self, phrase: Phrase, parameter: GoalParameter) -> int:
        """How well the nouns of a phrase match an argument; 0 for not at all."""
        said = {word.removesuffix("'s") for word in phrase.words}
        said |= {word.removesuffix("s") for word in said}
        words = name_words(parameter.name)
        own = set() if words[-1] in self._data.links else set(words)  # "floor_of" takes a room
        if said & own:
            return 4
        kind = set(parameter.kind.split())
        told = set(_NOUN.findall(parameter.description.casefold())) - self._data.no_nouns
        if said & (kind | told):
            return 3
        if parameter.type == "choice":
            return 2 * int(bool(phrase.words) and phrase.words[0] in ("one", "something"))
        meant = own | kind
        if any(said & group and meant & group for group in self._groups):
            return 2
        anything = {"thing", "something", "object", "item", *self._data.nouns["theme"]}
        return int(bool(said & anything) and not meant & self._person)

    def _said(
        self, clause: DescriptionClause, arguments: Sequence[GoalParameter | None], spec: SkillSpec
    ) -> Iterator[str]:
        """The phrases of one clause; none where it lacks a required argument."""
        needed = {one.name for one in spec.goal if one.type == "object" and one.default is None}
        filled = {one.name for one in arguments if one is not None}
        if not needed <= filled or not (needed or clause.phrases or len(clause.verb) > 1 or len(spec.goal) == 0):
            return
        parts = self._parts(clause, arguments, any({"on", "off"} <= set(one.choices) for one in spec.goal))
        for verb, some in self._verbs_with(clause, arguments, parts, len(needed) > 1):
            for one in itertools.islice(itertools.product(*some), MOST_WAYS):
                said = " ".join(filter(None, (verb, *one)))
                if len(said.split()) <= MOST_WORDS:
                    yield said

    def _verbs_with(
        self, clause: DescriptionClause, arguments: Sequence[GoalParameter | None], parts: list[list[str]],
        several: bool,
    ) -> Iterator[tuple[str, list[list[str]]]]:  # fmt: skip
        """The verbs of a clause, each with the wordings of the phrases after it."""
        verb, theme = " ".join(clause.verb), arguments[0] if arguments else None
        led = theme is not None and bool({theme.kind, *name_words(theme.name)} & self._person)
        if led and clause.verb[0] in self._data.leading and several:
            filling = [one for one, argument in zip(parts, arguments, strict=False) if argument is not None]
            yield from (("guide", filling), (verb, filling))
        yield from ((verb, one) for one in (parts, self._shorter(clause, arguments, parts)) if one or not parts)

    def _parts(
        self, clause: DescriptionClause, arguments: Sequence[GoalParameter | None], states: bool
    ) -> list[list[str]]:
        """The wordings of each phrase of a clause, up to the last argument.

        Args:
            clause: The clause.
            arguments: The arguments that its phrases match.
            states: Whether the skill has the choices ``on`` and ``off``.
        """
        parts: list[list[str]] = []
        last = max((at for at, one in enumerate(arguments) if one is not None), default=-1)
        for at, (phrase, argument) in enumerate(zip(clause.phrases, arguments, strict=True)):
            if states and set(phrase.words) <= {"on", "off"}:
                continue  # "switches a device on or off": its choice
            if at > last >= 0 and argument is None and clause.verb != ("let",):
                continue  # "looks for a thing in the school"
            ways = self._ways(phrase, argument)
            whole = self._part_of_next(clause.phrases, arguments, at - 1)  # "the floor of {room}" is "{room}"
            if at and argument is not None and phrase.links == ("of",) and arguments[at - 1] is None and not whole:
                ways += [f"{link} {{{argument.name}}}" for link in WORDS.instead_of_of]
            parts.append(ways)
        return parts

    def _ways(self, phrase: Phrase, argument: GoalParameter | None) -> list[str]:
        """The wordings of one phrase."""
        noun = f"{{{argument.name}}}" if argument is not None else " ".join(phrase.words)
        if argument is None and phrase.words and not set(phrase.words) <= self._data.alone and phrase.noun:
            noun = f"the {noun}"
        return [f"{link} {noun}" for link in phrase.links] or [noun]

    def _part_of_next(self, phrases: Sequence[Phrase], arguments: Sequence[GoalParameter | None], at: int) -> bool:
        """Whether a noun is part of the argument after it and may be omitted: ``the floor of a room``."""
        if arguments[at] is not None or not set(phrases[at].words) & self._data.parts or at + 1 >= len(phrases):
            return False
        return phrases[at + 1].links == ("of",) and arguments[at + 1] is not None

    def _shorter(
        self, clause: DescriptionClause, arguments: Sequence[GoalParameter | None], parts: Sequence[list[str]]
    ) -> list[list[str]]:
        """The wordings without nouns that may be omitted; empty if there are none."""
        kept = [ways for at, ways in enumerate(parts) if not self._part_of_next(clause.phrases, arguments, at)]
        return [[way.removeprefix("of ") for way in ways] for ways in kept] if len(kept) < len(parts) else []


def _spare(phrases: Sequence[Phrase], arguments: Sequence[GoalParameter | None]) -> int | None:
    """Position of the only noun without an argument, if it follows all nouns with one; else None."""
    spare = [at for at, one in enumerate(phrases) if one.noun and one.words and arguments[at] is None]
    spare = [at for at in spare if not (at + 1 in spare and phrases[at + 1].links == ("of",))]  # "power" of a lamp
    return spare[0] if len(spare) == 1 and not any(arguments[spare[0] :]) else None
