"""DescribedPhrases: phrases from a skill's description: ``Gives the thing it carries to a pupil or a teacher``."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.kind_nouns import single
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.name_words import name_words
from skill_stack.language.words.verb_forms import bases

MOST_WAYS = 6
"""Phrases of one description at most."""

_GOES_ON = r"(?= (?:to|on|in|into|onto|inside|at|from|over|or|and|down|up|out|off)\b|[.,]|$)"
_ASIDE = re.compile(
    r"\([^)]*\)|\bon (?:or off|the spot)\b|\b(?:currently held|held|carried|given|specified|certain) "
    r"|\b(?:in|from) (?:the|its|one) (?:gripper|hands?|arms?|basket|tray)\b"
    r"|(?:, )?\b(?:(?:that|which|who) |(?:it|(?:the|this) (?:robot|arm|hand|gripper)) (?:holds|carries|took))"
    rf".*?{_GOES_ON}|\b(?:from |to )?(?:where|so that|until|unless|if|when|because|while) .*"
)
"""What a description says besides its verb and nouns."""

_NEXT = re.compile(
    r",? (?:and|or|then) (?=\w+s (?:a|an|the|it|him|her|them|one|to|another)\b"
    r"|(?!(?:to|on|in|into|onto|inside|at|from|over|of|with|for|by)\b)\w+ (?:a|an|the|it)\b)"
)
"""Between clauses: ``takes a thing and brings it to a person``, ``sweep and mop the floor``."""

_LETTING = re.compile(r"\b(let|help)s (?:a|an|the|some|him|her|them)\b.* (\w+)$")
"""A description of letting somebody do something."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Nouns of one argument: ``on or in a shelf, a table or another place``.

    Attributes:
        links: Alternative prepositions before it; empty for none.
        words: The nouns, without determiners.
    """

    links: tuple[str, ...]
    words: tuple[str, ...]


Pair = tuple[_Group, GoalParameter | None]


class DescribedPhrases:
    """Makes phrases from the clauses of a description, with its nouns as arguments."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._data, self._verbs = lexicon.skill_names, lexicon.english.base
        person = lexicon.things.types["person"]
        self._people = {*person.parameters, *person.kinds}

    def phrases_of(self, spec: SkillSpec) -> tuple[str, ...]:
        """Returns the phrases of a skill, for each clause of its description that names all required objects."""
        out: list[str] = []
        for verb, groups, arguments in self._clauses(spec):
            if out and groups and len(spec.goal) == 1 and not any(arguments):  # "looks at a thing and takes a photo"
                out.append(f"{' '.join((*verb, 'a', *groups[0].words))} of {{{spec.goal[0].name}}}")
            out += self._of_clause(spec, verb, groups, arguments)
        return tuple(dict.fromkeys((*out, *self._letting(spec))))

    def _of_clause(
        self,
        spec: SkillSpec,
        verb: Sequence[str],
        groups: Sequence[_Group],
        arguments: Sequence[GoalParameter | None],
    ) -> Iterator[str]:
        """The phrases of one clause; none where it leaves a required object out."""
        needed = {one.name for one in spec.goal if one.type == "object" and one.default is None}
        named = [at for at, one in enumerate(arguments) if one is not None]
        if not needed <= {one.name for one in arguments if one is not None} or (spec.goal and not named):
            return
        pairs = list(zip(groups, arguments))[: named[-1] + 1 if named else None]
        said = [" ".join((*verb, *one)) for some in (pairs, self._shorter(pairs)) for one in self._said(some)]
        yield from said
        if len(needed) > 1:
            yield from self._guiding(verb, said, arguments)

    def _said(self, pairs: Sequence[Pair]) -> Iterator[tuple[str, ...]]:
        """The first wordings of some groups after their verb."""
        return itertools.islice(itertools.product(*(self._ways(*pair) for pair in pairs)), MOST_WAYS)

    def _guiding(
        self, verb: Sequence[str], said: Sequence[str], arguments: Sequence[GoalParameter | None]
    ) -> Iterator[str]:
        """The same phrases with ``guide``, where a verb leads a person somewhere."""
        first = next(iter(arguments), None)
        if verb[0] in self._data.leading and first is not None and self._person(first):
            yield from (f"guide {phrase.removeprefix(' '.join(verb)).strip()}" for phrase in said)

    def _shorter(self, pairs: list[Pair]) -> list[Pair]:
        """Nouns without those that need not be said: ``mop the floor of {room}`` is ``mop {room}``."""
        kept: list[Pair] = []
        for at, (group, argument) in enumerate(pairs):
            if argument is None and set(group.words) <= self._data.parts and at + 1 < len(pairs):
                continue
            whole = at and pairs[at - 1] not in kept[-1:] and group.links == ("of",)
            kept.append((replace(group, links=()) if whole else group, argument))
        return kept

    def _letting(self, spec: SkillSpec) -> Iterator[str]:
        """The phrase of letting somebody do something: ``let {customer} pay``."""
        things = [one for one in spec.goal if one.type == "object"]
        found = _LETTING.search(spec.description.casefold().strip(" ."))
        if found is not None and len(things) == 1 and found[2] in self._verbs:
            yield f"{found[1]} {{{things[0].name}}} {found[2]}"

    def _person(self, parameter: GoalParameter) -> bool:
        """Whether an argument is a person."""
        own = {*name_words(parameter.name), *parameter.kind.split(), *parameter.description.casefold().split()}
        return bool(own & self._people)

    def nouns(self, spec: SkillSpec) -> dict[str, tuple[str, ...]]:
        """Returns the nouns of a description by the argument that they match."""
        out: dict[str, tuple[str, ...]] = {}
        for _, groups, arguments in self._clauses(spec):
            for group, argument in zip(groups, arguments):
                if argument is not None:
                    out[argument.name] = (*out.get(argument.name, ()), *group.words)
        return out

    def _clauses(self, spec: SkillSpec) -> Iterator[tuple[Sequence[str], list[_Group], list[GoalParameter | None]]]:
        """The clauses of a description: verb with particles, nouns, and the argument of each noun."""
        plain = _ASIDE.sub("", spec.description.casefold().replace("_", " "))
        theme: GoalParameter | None = None
        verbs: list[Sequence[str]] = []
        for clause in _NEXT.split(re.split(r"[.;:](?:\s|$)", plain, maxsplit=1)[0]):
            verb, groups = self._clause(re.findall(r"[a-z0-9-]+|,", clause))
            if not verb or verb[0] in ("let", "help"):
                return
            verbs.append(verb)
            if not groups and spec.goal:
                continue  # it shares the nouns of the next one
            arguments = self._arguments(groups, spec.goal, theme)
            theme = theme or next(iter(arguments), None)
            yield from ((one, groups, arguments) for one in verbs)
            verbs.clear()

    def _clause(self, words: Sequence[str]) -> tuple[Sequence[str], list[_Group]]:
        """The verb of a clause with its particles, and the nouns after it."""
        begin, linking = self._data.determiners | self._data.alone, self._data.links | {"or"}
        base = self._base(words)
        verb, groups, links, at = [base], list[_Group](), list[str](), 1
        while base and at < len(words):
            word, after = words[at], words[at + 1 : at + 2]
            if word in begin:
                at, nouns = self._nouns(words, at)
                groups.append(_Group(tuple(links), nouns))
                links = []
            elif self._ends_verb(word, after, bool(groups)) or not (groups or links or word in linking):
                verb.append(word)  # "picks a thing up", "takes hold of a thing"
                at += 1
            elif word in self._data.links or word == "off" or (word == "or" and links):
                links += [word] if word != "or" else []
                at += 1
            else:
                break
        return verb if base else (), groups

    def _base(self, words: Sequence[str]) -> str:
        """The base form of the first word where it is a verb; empty if it is none."""
        known = (one for word in words[:1] for one in (word, *bases(word)) if one in self._verbs)
        acts = words[1:2] and words[1] in self._data.determiners | self._data.alone
        return next(known, next(iter(bases(words[0])), "") if acts else "")

    def _ends_verb(self, word: str, after: Sequence[str], named: bool) -> bool:
        """Whether a word is a particle of the verb and no preposition: a noun does not follow it."""
        if word in self._data.links or not after:
            return not after and word in self._data.particles | self._data.switching.keys()
        return word in self._data.particles and (not named or after[0] in self._data.links | {*WORDS.list_joints})

    def _nouns(self, words: Sequence[str], at: int) -> tuple[int, tuple[str, ...]]:
        """End and words of nouns with determiners: ``a pupil, a teacher or another person``."""
        out: list[str] = []
        apart = self._data.links | self._data.particles | self._data.determiners | {*WORDS.list_joints, "off"}
        while at < len(words):
            alone = words[at] in self._data.alone
            at += not alone and words[at] in self._data.determiners and words[at + 1 : at + 2] != ["of"]
            end = next((k for k in range(at, len(words)) if k > at and (alone or words[k] in apart)), len(words))
            out += words[at:end]
            if words[end : end + 1] == ["of"] and out and out[-1] in self._data.portions | {"one"}:
                at = end + 1  # "a piece of furniture", "one of the messages"
                continue
            at = self._next_noun(words, end)
            if at < 0:
                return end, tuple(out)
        return at, tuple(out)

    def _next_noun(self, words: Sequence[str], end: int) -> int:
        """Where a list of nouns goes on after a comma, ``and`` or ``or``; -1 where it ends."""
        joint = next((k for k in range(end, len(words)) if words[k] not in WORDS.list_joints), len(words))
        more = words[joint] if end < joint < len(words) else ""
        acts = more.endswith("s") and self._verbs & {*bases(more)}
        return -1 if not more or acts or more in self._data.links | {"off"} else joint

    def _arguments(
        self, groups: Sequence[_Group], goal: Sequence[GoalParameter], theme: GoalParameter | None
    ) -> list[GoalParameter | None]:
        """The argument that each group matches, in their order, or None; a pronoun means the theme."""
        left = [one for one in goal if one.type in ("object", "choice")]
        out: list[GoalParameter | None] = []
        for number, group in enumerate(groups):
            pronoun = theme in left and set(group.words) <= self._data.pronouns
            fitting = [theme] if pronoun else [one for one in left if self._fits(group, one)]
            spare = len(groups) - number > len([one for one in left if one.type == "object"])
            others = [] if spare else [one for one in left if one is not theme]
            found = next(iter(fitting or others), None)
            left = [one for one in left if one is not found]
            out.append(found)
        return out

    def _fits(self, group: _Group, parameter: GoalParameter) -> bool:
        """Whether nouns name an argument, its kind, or a person where it takes one."""
        said = {single(word) for word in group.words}
        if parameter.type == "choice":
            return bool(said & {"one", "something", *name_words(parameter.name)})
        own = {*name_words(parameter.name), *parameter.kind.split(), *parameter.description.casefold().split()}
        if said & own - self._data.no_nouns:
            return True
        anything = self._data.place_nouns | {"thing", "something", "object", "item"}
        return bool(said & (self._people if self._person(parameter) else anything))

    def _ways(self, group: _Group, argument: GoalParameter | None) -> Iterator[str]:
        """The wordings of one group: each preposition with its argument, or with the nouns themselves."""
        noun = f"{{{argument.name}}}" if argument is not None else f"the {' '.join(group.words)}"
        return (f"{link} {noun}".strip() for link in group.links or ("",))
