"""Other ways: variants of a skill's own phrase: synonyms, articles, possessives, recipients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from skill_stack.language.phrases.frames import SAME_WORDS, Head, PhraseFrame
from skill_stack.language.words.lexicon import Lexicon

Groups = dict[Head, list[list[Head]]]


class OtherWays:
    """Makes variants of a skill's own frames."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon, self._data = lexicon, lexicon.skill_names
        self._switching = {(verb,) for verb in self._data.switching_verbs}
        small, verbs, split = lexicon.small, lexicon.verbs, lexicon.split
        same, exact = ([[split(verb) for verb in group] for group in groups] for groups in (verbs.same, verbs.exact))
        self._same, self._synonyms = _by_name(same), _by_name([*same, *exact])
        self._counted, self._ends = [split(one) for one in verbs.counting], [split(one) for one in verbs.counting_ends]
        nouns = [[split(name) for name in group] for group in verbs.same_nouns]
        for names in nouns:
            names += [name[1:] for name in names if len(name) > 1 and name[0] in small.articles]
        self._nouns = _by_name(nouns)
        self._articles = {(one,) for one in small.articles}
        self._small_words = frozenset(
            word for words in (lexicon.verbs.particles, small.anywhere, *lexicon.directions.directions.values(),
                               *small.pronouns.values(), *lexicon.verbs.prepositions.values()) for word in words
        )  # fmt: skip

    def variants_of(self, frame: PhraseFrame) -> Iterator[PhraseFrame]:
        """Yields variants with a synonymous verb or another article."""
        heads, exact = self._other_verbs(frame)
        switched = any({"on", "off"} <= set(parameter.choices) for parameter in frame.skill.goal)
        if frame.head in self._switching and switched:
            heads |= self._switching
        heads |= set().union(*map(self._renamed, heads))
        chosen = bool(frame.roles) and any(parameter.type == "choice" for parameter in frame.skill.goal)
        counted = set[Head]().union(*(self._counting(head, chosen) for head in heads))
        for ways in (self._other_articles, partial(self._with_article, frame=frame)):
            heads = heads.union(*map(ways, heads))
        heads |= counted
        implied = self._lexicon.directions.implied
        small = {*self._lexicon.small.articles, *" ".join(self._data.before_made).split()}
        for head in sorted(heads - {frame.head}):
            heading = frame.heading or implied.get(" ".join(head), "")
            guessed = frame.guessed or all(set(head) - set(one) - small for one in exact)
            yield replace(frame, head=head, sense=SAME_WORDS, heading=heading, guessed=guessed)

    def _other_verbs(self, frame: PhraseFrame) -> tuple[set[Head], set[Head]]:
        """The verb with its synonyms, and those of them that are exact."""
        known = self._lexicon.verbs
        heads, exact = {frame.head}, {frame.head}
        if len(frame.head) == 1 and frame.shape in ("distance", "angle"):
            return heads, exact  # such a verb has a sense
        for end, verbs in _at(self._same if frame.by_name else self._synonyms, frame.head, 0):
            others = {other + frame.head[end:]: " ".join(other) for other in verbs}
            heads |= others.keys()
            verb = " ".join(frame.head[:end])
            exact |= {head for head, other in others.items() if known.exactly(verb, other)}
        return heads, exact

    def _other_articles(self, head: Head) -> set[Head]:
        """The verb with another article in it, or none."""
        at = [at for at, word in enumerate(head) if at and word in self._lexicon.small.articles]
        return {(*head[:one], *other, *head[one + 1 :]) for one in at for other in ((), ("the",), ("your",))}

    def possessive(self, frame: PhraseFrame) -> Iterator[PhraseFrame]:
        """Yields variants of a verb with ``of``: ``take Anna's order`` for ``take the order of Anna``."""
        yield from self._given(frame)
        if frame.head[-1] != "of" or not frame.roles or frame.tail or "" not in frame.roles[0].between:
            return
        noun = frame.head[2:-1] if frame.head[1] == "the" else ()
        if not noun or self._counting(frame.head):
            return
        first, *rest = frame.roles
        measured = any(p.type == "number" and p.default is None for p in frame.skill.goal)
        if measured:
            inside = replace(first, between=frozenset({"in", "for", "of"}))
            yield replace(frame, head=frame.head[:-1], roles=(inside, *rest), sense=SAME_WORDS)
            yield replace(frame, head=frame.head[:1], amount=True, sense=SAME_WORDS)  # "set the room to 20 degrees"
        yield replace(frame, head=(frame.head[0], *noun), tail=noun, sense=SAME_WORDS)

    def _given(self, frame: PhraseFrame) -> Iterator[PhraseFrame]:
        """Variants with a recipient: ``give the bill to {guest}``."""
        noun = frame.tail
        giving = self._data.giving
        if frame.head[0] not in giving or not noun or noun[0] not in self._lexicon.small.articles:
            return
        first, *rest = frame.roles
        bare = noun[1:]
        for verb in giving:
            if verb != frame.head[0]:
                yield replace(frame, head=(verb, *noun), sense=SAME_WORDS, guessed=True)
            to = replace(first, between=frozenset({"to"}))
            for article in ((), noun[:1]):
                head, guessed = (verb, *article, *bare), verb != frame.head[0]
                yield replace(frame, head=head, roles=(to, *rest), tail=(), sense=SAME_WORDS, guessed=guessed)

    def _counting(self, head: Head, chosen: bool = False) -> set[Head]:
        """Other ways to ask for a number: ``count the beds``, ``tell me how many beds there are``.

        Args:
            head: Words of the verb.
            chosen: Whether a choice may state what is counted, so that the verb needs no noun.
        """
        verbs, ends = self._counted, self._ends
        begin = next((verb for verb in sorted(verbs, key=len, reverse=True) if head[: len(verb)] == verb), None)
        if begin is None:
            return set()
        noun = head[len(begin) :]
        longest = sorted(filter(None, ends), key=len, reverse=True)
        end = next((words for words in longest if noun[-len(words) :] == words), ())
        noun = noun[noun[:1] in self._articles : len(noun) - len(end)]
        if not noun and not end and chosen:
            return set(verbs)
        names = {noun, ()} if " ".join(noun) in self._lexicon.verbs.anything else {noun}
        return {(*verb, *name, *words) for verb in verbs for words in ends for name in names} if noun else set()

    def _with_article(self, head: Head, frame: PhraseFrame) -> set[Head]:
        """The verb with a determiner in it: ``make coffee``, ``make a cup of coffee``."""
        plain = len(head) == 2 and not frame.roles and frame.shape == "plain" and not frame.heading
        last = head[-1]
        if not plain or last in self._small_words or last.endswith(("ly", "ing")):
            return set()
        return {(head[0], *before.split(), last) for before in self._data.before_made}

    def _renamed(self, head: Head) -> set[Head]:
        """The verb with a synonym of a noun in it: ``find a person``, ``find someone``."""
        found = ((at, end, names) for at in range(1, len(head)) for end, names in _at(self._nouns, head, at))
        return {(*head[:at], *other, *head[end:]) for at, end, names in found for other in names}


def _by_name(groups: Iterable[list[Head]]) -> Groups:
    """Groups of synonyms by each of their names."""
    out: Groups = {}
    for names in groups:
        for name in filter(None, dict.fromkeys(names)):
            out.setdefault(name, []).append(names)
    return out


def _at(groups: Groups, head: Head, at: int) -> Iterator[tuple[int, list[Head]]]:
    """The groups of the names that begin at a position, each with the name's end."""
    for end in range(at + 1, len(head) + 1):
        for names in groups.get(head[at:end], ()):
            yield end, names
