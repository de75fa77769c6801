"""Other ways: variants of a skill's own phrase: synonyms and articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from skill_stack.language.phrases.frames import SAME_WORDS, Head, PhraseFrame
from skill_stack.language.words.lexicon import Lexicon

Groups = dict[Head, list[list[Head]]]


class OtherWays:
    """Makes variants of a skill's own frames."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon, self._data = lexicon, lexicon.skill_names
        self._switching = {(verb,) for verb in self._data.switching_verbs}
        verbs, split = lexicon.verbs, lexicon.split
        same, exact = ([[split(verb) for verb in group] for group in groups] for groups in (verbs.same, verbs.exact))
        self._same, self._synonyms = _by_name(same), _by_name([*same, *exact])

    def variants_of(self, frame: PhraseFrame) -> Iterator[PhraseFrame]:
        """Yields variants with a synonymous verb or another article."""
        heads, exact = self._other_verbs(frame)
        switched = any({"on", "off"} <= set(parameter.choices) for parameter in frame.skill.goal)
        if frame.head in self._switching and switched:
            heads |= self._switching
        heads = heads.union(*map(self._other_articles, heads))
        implied = self._lexicon.directions.implied
        small = self._lexicon.small.articles
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
        at = [at for at, word in enumerate(head) if at and word in self._lexicon.small.articles]
        return {(*head[:one], *other, *head[one + 1 :]) for one in at for other in ((), ("the",), ("your",))}


def _by_name(groups: Iterable[list[Head]]) -> Groups:
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
