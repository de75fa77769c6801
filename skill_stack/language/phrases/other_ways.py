"""Other ways: variants of a skill's own phrase: synonyms and articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from skill_stack.language.phrases.frames import SAME_WORDS, Head, PhraseFrame
from skill_stack.language.words.lexicon import Lexicon


class OtherWays:
    """Makes variants of a skill's own frames."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        groups = [list(map(lexicon.split, group)) for group in (*lexicon.verbs.same, *lexicon.verbs.exact)]
        self._groups: dict[Head, list[list[Head]]] = {}
        for names in groups:
            for name in filter(None, dict.fromkeys(names)):
                self._groups.setdefault(name, []).append(names)

    def variants_of(self, frame: PhraseFrame) -> Iterator[PhraseFrame]:
        """Yields variants with a synonymous verb or another article."""
        heads, exact = self._other_verbs(frame)
        switching = {(verb,) for verb in self._lexicon.skill_names.switching_verbs}
        if frame.head in switching and any({"on", "off"} <= set(one.choices) for one in frame.skill.goal):
            heads |= switching
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
        for end in range(1, len(frame.head) + 1):
            verb = frame.head[:end]
            for other in (other for names in self._groups.get(verb, ()) for other in names):
                heads.add(head := other + frame.head[end:])
                exact |= {head} if known.exactly(" ".join(verb), " ".join(other)) else set()
        return heads, exact

    def _other_articles(self, head: Head) -> set[Head]:
        at = [at for at, word in enumerate(head) if at and word in self._lexicon.small.articles]
        return {(*head[:one], *other, *head[one + 1 :]) for one in at for other in ((), ("the",), ("your",))}
