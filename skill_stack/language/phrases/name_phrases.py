"""NamePhrases: phrases of a skill without any, from its name and its arguments' names."""

from __future__ import annotations

from collections.abc import Iterable

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import name_words

Words = tuple[str, ...]

MOST_PHRASES = 24
"""Phrases of one skill at most."""

_BEHIND_NOUN = ("of", "in", "on", "at", "to", "from", "for", "")
"""Prepositions after a noun of the name."""


class NamePhrases:
    """Makes phrases from names: "hand over {object} to {person}" of ``hand_over(object, person)``."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._data = lexicon.skill_names

    def phrases_of(self, spec: SkillSpec) -> tuple[str, ...]:
        """Returns the phrases of a skill."""
        things = [p for p in spec.goal if p.type == "object"]
        verb, rest, link = self._parts(self._split(spec.name))
        named, links, literal = self._named(verb, rest, things)
        links |= {p.name: link for p in things if p.name not in named and link}
        theme = min(things, key=lambda p: self._kind(p) not in ("theme", "person"), default=None)
        said: list[str] = []
        for head in self._heads(verb, literal, len(things)):
            for begin in self._begun(spec, head, theme, link if len(things) == 1 else ""):
                said += self._ended(begin, verb[0], [p for p in things if p is not theme], links)
        return tuple(dict.fromkeys(said))[:MOST_PHRASES]

    def _heads(self, verb: Words, literal: Words, things: int) -> list[Words]:
        """The verb with the words of the name that match no argument, and without them if they add nothing."""
        heads = [(*verb, *literal), (*verb, "a", *literal)] if literal else [verb]
        bodily, needless = self._data.bodily, self._data.needless
        if literal and verb[0] in bodily.verbs and set(literal) <= set(bodily.words):
            heads.append(verb)
        if literal and things and verb[0] in needless.verbs and set(literal) <= set(needless.words):
            heads.append(verb)
        if len(verb) > 1 and verb[0] in self._data.laying and things > 1:
            heads.append(verb[:1])  # "put_back" is "put"
        return heads

    def _split(self, name: str) -> Words:
        words = [word for word in name_words(name) if word]
        return tuple(one for word in words for one in self._data.joined.get(word, (word,)))

    def _parts(self, words: Words) -> tuple[Words, Words, str]:
        """Verb with particles, the words after it, and a final preposition."""
        at = next((at for at, word in enumerate(words) if at and word not in self._data.particles), len(words))
        rest, link = words[at:], ""
        if rest and rest[-1] in self._data.links:
            rest, link = rest[:-1], rest[-1]
        return words[:at], rest, link

    def _named(self, verb: Words, rest: Words, things: list[GoalParameter]) -> tuple[set[str], dict[str, str], Words]:
        """Arguments that the name mentions; their prepositions; other words."""
        links: dict[str, str] = {}
        named, literal, before = set[str](), list[str](), ""
        for word in rest:
            if word in self._data.links:
                before = word
                continue
            left = [p for p in things if p.name not in named]
            theme = word in self._data.nouns["theme"]
            counted = theme and verb[0] in self._data.counting  # "count objects (on) {desk}"
            any_thing = left[0] if left and theme and not counted else None
            own = (p for p in left if {word, word.removesuffix("s")} & set(p.name.split("_")))
            found = next(own, any_thing)
            if found is not None:
                named.add(found.name)
                links |= {found.name: before} if before else {}
            elif counted or not any(word in nouns for nouns in self._data.nouns.values()):
                literal.append(word)
        return named, links, tuple(literal)

    def _kind(self, parameter: GoalParameter) -> str:
        """The kind of an argument; ``theme`` if its name does not tell."""
        words = set(parameter.name.casefold().split("_"))
        return next((kind for kind, names in self._data.arguments.items() if words & set(names)), "theme")

    def _begun(self, spec: SkillSpec, head: Words, theme: GoalParameter | None, link: str) -> Iterable[str]:
        """Phrases up to the direct object, or with a number."""
        verb = " ".join(head)
        if theme is not None:
            words = self._before_single(head, theme, link)
            yield from (" ".join(filter(None, (verb, one, f"{{{theme.name}}}"))) for one in words)
            return
        for parameter in spec.goal:
            if parameter.type == "number":
                yield from (f"{verb} {{{parameter.name}}}", f"{verb} for {{{parameter.name}}}")
        yield verb

    def _before_single(self, head: Words, theme: GoalParameter, link: str) -> tuple[str, ...]:
        """Prepositions between the words of a name and its only object; empty for none."""
        if link:
            return (link,)
        if len(head) > 1 and head[-1] not in self._data.particles:
            return _BEHIND_NOUN
        if len(head) > 1:
            return ("",)
        usual = (word for word, verbs in self._data.single.items() if head[0] in verbs)
        return (*usual, *(self._places(head[0]) if self._kind(theme) == "place" else ()), "")

    def _ended(self, begin: str, verb: str, others: list[GoalParameter], links: dict[str, str]) -> Iterable[str]:
        ways = [begin]
        for parameter in others:
            words = tuple(self._data.before.get(self._kind(parameter), ())) or self._places(verb)
            words = (links[parameter.name],) if parameter.name in links else words
            ways = [f"{way} {word} {{{parameter.name}}}" for way in ways for word in words]
        optional = all(parameter.default is not None for parameter in others)
        return [*([begin] if others and optional else []), *ways]

    def _places(self, verb: str) -> Words:
        return next(tuple(one.words) for one in self._data.places if verb in one.verbs or not one.verbs)
