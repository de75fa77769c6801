"""Piece: a stretch of a sentence that says one thing, with the word that links it to the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from skill_stack.planner.gist.spotter import Spotter
from skill_stack.planner.gist.words import Tables
from skill_stack.planner.language.text import STOPS, Token

TIMES = ("when", "whilst", "whenever", "before", "after", "once", "while", "because", "since", "as", "until", "till",
         "unless", "although", "though", "if", "whereas", "so that", "now that", "in case", "as long as", "as soon as",
         "by the time", "provided", "in order to", "so as to", "even though")  # fmt: skip
"""Words with which a clause begins that says when, why or on what condition."""

JOINS = frozenset({"and", "then", "but", "so", "plus"})
"""Words that join two clauses."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence.

    Attributes:
        tokens: Its words, without marks and links.
        link: The word that it begins with, or empty.
        asked: Whether its sentence ends in a question mark.
        opens: Whether a new sentence begins with it.
    """

    tokens: tuple[Token, ...]
    link: str = ""
    asked: bool = False
    opens: bool = False


@dataclass(slots=True)
class Pieces:
    """Divides a text.

    Attributes:
        tables: The words.
        spotter: Finds things.
    """

    tables: Tables
    spotter: Spotter

    def of(self, tokens: Sequence[Token]) -> list[Piece]:
        """The pieces of a text."""
        out: list[Piece] = []
        current: list[Token] = []
        link, opens, first = "", True, 0
        at = 0

        def close(asked: bool = False) -> None:
            nonlocal current, opens
            if current:
                out.append(Piece(tuple(current), link, asked, opens))
                opens = False
            current = []

        while at < len(tokens):
            text = tokens[at].text
            filler = self.tables.longest("fillers", tokens, at)
            time = self._time(tokens, at)
            if text in STOPS or text == ",":
                close()
                if text in STOPS:
                    if text == "?":
                        out[first:] = [Piece(one.tokens, one.link, True, one.opens) for one in out[first:]]
                    opens, first = text != ":", len(out)
                link, at = "", at + 1
            elif filler > at + 1 and not current:
                at = filler
            elif time > at and (not current or self._clause(tokens, time)) and filler <= time:
                close()
                link, at = " ".join(token.text for token in tokens[at:time]), time
            elif link in TIMES and len(current) > 2 and self._afresh(tokens, at):
                close()
                link = ""
            elif text in JOINS and self._joins(tokens, at + 1, current):
                close()
                link, at = text, at + 1
            else:
                current.append(tokens[at])
                at += 1
        close()
        return [replace(one, tokens=_fronted(one.tokens)) for one in out]

    def _time(self, tokens: Sequence[Token], at: int) -> int:
        """Where a word ends with which a clause of time, reason or condition begins; the position itself for none."""
        found = self.tables.lexicon.table(TIMES).longest(tokens, at)
        return found[0] if found else at

    def _clause(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a clause follows, and not only a thing: ``after him``, ``since breakfast``."""
        if at >= len(tokens):
            return False
        text = tokens[at].text
        subject = text in ("i", "you", "he", "she", "we", "they", "it", "there", "nobody", "everybody", "somebody")
        if subject or text.endswith("ing"):
            return at + 1 < len(tokens) and tokens[at + 1].text not in (",", *STOPS)
        found = self.spotter.at(tokens, at)
        end = found.end if found is not None else at + 1
        where = self.spotter.at(tokens, end) if found is not None and end < len(tokens) else None
        end = where.end if where is not None and where.before and where.kind != "unknown" else end
        telling = {*self.tables.data.telling, *self.tables.lexicon.statements.modal}
        english = self.tables.lexicon.english
        telling |= {*english.base, *english.past}
        verb = end < len(tokens) and (tokens[end].text in telling or tokens[end].text.endswith("s"))
        return verb and tokens[end].text not in (",", *STOPS)

    def _afresh(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether an instruction begins after a clause of time without a mark: ``before it melts put it away``."""
        before = tokens[at - 1].text
        told = (
            before.endswith(("s", "ed"))
            or before in self.tables.lexicon.english.past
            or self.spotter.at(tokens, at - 1) is not None
        )
        begun = self.tables.head(tokens, at, inflected=False) is not None and self._object(tokens, at + 1)
        return told and begun and self.spotter.at(tokens, at) is None and before not in NO_VERB

    def _joins(self, tokens: Sequence[Token], at: int, before: Sequence[Token]) -> bool:
        """Whether a clause follows ``and``, and not another thing."""
        while at < len(tokens) and (end := self.tables.longest("fillers", tokens, at)) > at:
            at = end
        if at >= len(tokens):
            return False
        text = tokens[at].text
        if text in ("i", "you", "he", "she", "we", "they", "do", "do not", "never", "not", "it"):
            return True
        thing = self.spotter.at(tokens, at)
        if self.tables.head(tokens, at, inflected=False) is not None or text in self.tables.lexicon.english.base:
            return thing is None or thing.kind == "unknown" or self._object(tokens, at + 1)
        if self.tables.longest("leads", tokens, at) > at:
            return True
        if thing is None or thing.kind == "unknown":
            return thing is None and text not in NO_VERB
        after = tokens[thing.end].text if thing.end < len(tokens) else ""
        if thing.before:
            return False
        if self._done(tokens, thing.end) and any(self._done(before, k) for k in range(1, len(before))):
            return True
        finite = after in self.tables.data.telling or after in self.tables.lexicon.statements.modal
        if finite and after in SEVERAL and self._named(before):
            return False  # "the keys and the blanket are on the rack"
        return finite or self.tables.longest("ought", tokens, thing.end) > thing.end

    def _named(self, tokens: Sequence[Token]) -> bool:
        """Whether words are one thing, or several in a row, and nothing else."""
        at = 0
        while at < len(tokens):
            found = self.spotter.at(tokens, at)
            if found is None or found.kind == "unknown" or found.before:
                return False
            at = found.end
        return at > 0

    def _done(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a participle stands at a position: ``… and the shirt brought to me``."""
        done = at < len(tokens) and (tokens[at].text in self.tables.data.participles or tokens[at].text.endswith("ed"))
        return done and self.tables.head(tokens, at) is not None

    def _object(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether something follows that a verb is done with: ``water the fern`` and not ``water and bread``."""
        found = self.spotter.at(tokens, at)
        return found is not None and not found.before


SEVERAL = frozenset("are were have need want".split())
"""Verbs of several things that are named before them."""

PARTICLES = frozenset("in on off over up down out back away so".split())
"""Words that say where something goes, before ``it goes``."""

NO_VERB = frozenset("in on at to into onto for from with of off one a an the my your as all both some".split())
"""Words with which no clause begins."""


def _fronted(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """``in it goes`` as ``it goes in there``, ``over to her they go`` as ``they go over to her``."""
    texts = [token.text for token in tokens]
    if len(texts) < 3 or texts[-1] not in ("go", "goes") or texts[-2] not in ("it", "they", "he", "she"):
        return tokens
    where = tokens[:-2]
    bare = all(text in PARTICLES for text in texts[:-2])
    there = (replace(tokens[-1], text="there"),) if bare else ()
    return (*tokens[-2:], *([] if bare else where), *there)
