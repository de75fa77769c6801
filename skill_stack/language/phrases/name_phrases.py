"""NamePhrases: phrases of a skill without any, from its name and its arguments' names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.name_words import name_words

Words = tuple[str, ...]

MOST_PHRASES = 14
"""Phrases of one skill at most."""


_BEHIND_NOUN = {
    "": ("of",), "person": ("of", "from", "for", "to", ""), "thing": ("of", "in", "on", "at", "to", ""),
}  # fmt: skip
"""Prepositions after a noun of the name: one of several arguments, a person, another object."""


class NamePhrases:
    """Makes phrases from names: "hand over {object} to {person}" of ``hand_over(object, person)``."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._data = lexicon.skill_names

    def phrases_of(self, spec: SkillSpec) -> tuple[str, ...]:
        """Returns the phrases of a skill."""
        words = self._split(spec.name)
        things = [p for p in spec.goal if p.type == "object"]
        verb, rest, link = self._parts(words, len(things))
        if verb[-1] in self._data.telling:
            rest = _untold(rest, spec)
        named, links, literal = self._named(words, rest, things)
        links |= {p.name: link for p in things if p.name not in named and link}
        theme = self._theme(things, {name: at for name, at in named.items() if name not in links or len(things) == 1})
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

    def _parts(self, words: Words, things: int) -> tuple[Words, Words, str]:
        """Verb with particles, the words after it, and a final preposition."""
        at = 1
        while at < len(words) and (words[at] in self._data.particles or self._switches(words, at, things)):
            at += 1
        rest, link = words[at:], ""
        if rest and rest[-1] in self._data.links:
            rest, link = rest[:-1], rest[-1]
        return words[:at], rest, link

    def _switches(self, words: Words, at: int, things: int) -> bool:
        """Whether a word such as ``on`` is a particle: ``turn_on``, but not ``place_on``."""
        return words[0] in self._data.switching.get(words[at], ()) and things < 2

    def _named(
        self, words: Words, rest: Words, things: list[GoalParameter]
    ) -> tuple[dict[str, int], dict[str, str], Words]:
        """Positions of arguments that the name mentions; their prepositions; other words."""
        named: dict[str, int] = {}
        links: dict[str, str] = {}
        literal: list[str] = []
        before = ""
        for at, word in enumerate(rest):
            if word in self._data.links:
                before = word
                continue
            kind = next((kind for kind, nouns in self._data.nouns.items() if word in nouns), "")
            counted = words[0] in self._data.counting and kind == "theme"  # "count objects (on) {furniture}"
            left = [p for p in things if p.name not in named]
            found = self._called(word, kind, left) or (left[0] if left and kind == "theme" and not counted else None)
            if found is not None:
                named[found.name] = at
                links |= {found.name: before} if before else {}
            elif not kind or counted:
                literal.append(word)
        return named, links, tuple(literal)

    def _called(self, word: str, kind: str, things: Sequence[GoalParameter]) -> GoalParameter | None:
        """The first argument with a word in its name, else of the kind of the word."""
        own = (p for p in things if {word, word.removesuffix("s")} & set(p.name.split("_")))
        return next(own, None) or next((p for p in things if kind and self._kind(p) == kind), None)

    def _kind(self, parameter: GoalParameter) -> str:
        """The kind of an argument; ``theme`` if its name does not tell."""
        words = set(parameter.name.casefold().split("_"))
        return next((kind for kind, names in self._data.arguments.items() if words & set(names)), "theme")

    def _theme(self, things: list[GoalParameter], named: dict[str, int]) -> GoalParameter | None:
        """The direct object: what the name mentions first, else what is neither place nor person nor tool."""
        if not things:
            return None
        order = ("theme", "person", "place", "surface", "container", "tool", "source")
        return min(things, key=lambda p: (named.get(p.name, len(named) + 9), order.index(self._kind(p))))

    def _begun(self, spec: SkillSpec, head: Words, theme: GoalParameter | None, link: str) -> Iterable[str]:
        """Phrases up to the direct object, or with a number."""
        verb = " ".join(head)
        if theme is not None:
            words = self._before_single(spec, head, theme, link)
            yield from (" ".join(filter(None, (verb, one, f"{{{theme.name}}}"))) for one in words)
            return
        for parameter in spec.goal:
            if parameter.type == "number":
                yield from (f"{verb} {{{parameter.name}}}", f"{verb} for {{{parameter.name}}}")
        yield verb

    def _before_single(self, spec: SkillSpec, head: Words, theme: GoalParameter, link: str) -> tuple[str, ...]:
        if link:
            return (link,)
        kind = self._kind(theme)
        only = kind if sum(p.type == "object" for p in spec.goal) == 1 else ""
        place = self._places(head[0]) if only == "place" and len(head) == 1 else ()
        if place not in ((), ("to",)):
            return (*place, "")
        usual = self._usual(head[0])
        if usual and head[0] == "move" and kind == "theme":
            return ("",)
        if len(head) > 1 and head[-1] not in (*self._data.particles, *self._data.switching):
            return _BEHIND_NOUN.get(only, _BEHIND_NOUN["thing"])
        if usual and len(head) == 1:
            return (usual,)
        return ("to",) if head[-1] == "back" else ("",)

    def _usual(self, verb: str) -> str:
        """The preposition of a verb before its only object; empty for none."""
        return next((word for word, verbs in self._data.single.items() if verb in verbs), "")

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


def _untold(words: Words, spec: SkillSpec) -> Words:
    """Words of a name without those of its choices and numbers."""
    told = {word for p in spec.goal if p.type in ("choice", "number") for word in p.name.casefold().split("_")}
    return tuple(word for word in words if word not in told)
