"""Content: the verbs, things, states and choices that stand in a piece, and what is left over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from skill_stack.planner.gist.mention import Mention
from skill_stack.planner.gist.spotter import Spotter
from skill_stack.planner.gist.words import Tables
from skill_stack.planner.language.text import Token

Head = tuple[str, ...]

EXCLUDING = ("instead of", "rather than", "and not", "but not", "not")
"""Words before a thing that is not meant."""

WHITHER = frozenset("to into onto from toward towards".split())
"""Words before where something goes or comes from."""

BEFORE_DEED = frozenset("a an some good quick another its nice proper warm friendly thorough little big short".split())
"""Words before a noun for what is done: ``a quick wipe``."""

VERBAL = frozenset("to be you must never not should can could may might will would shall i we they".split())
"""Words before a verb rather than a noun."""

PARTICLES = frozenset("back up down round near left right".split())
"""Words that are verbs for a robot that moves and seldom so within an errand."""

HAVING = frozenset("get need have".split())
"""Verbs after which a deed may be named as a thing: ``gets some water``."""

NO_NUMBERS = frozenset("a an one second first".split())
"""Words for numbers that seldom count anything."""

LYING = frozenset("lying sitting standing hanging left waiting found still stored kept parked".split())
"""Words before where something is now."""

RELATIVE = frozenset("that which who".split())
"""Words with which a clause begins that tells something apart."""


@dataclass(slots=True)
class Content:
    """What stands in a piece.

    Attributes:
        words: As it was written.
        verbs: Verbs in their base forms, with where they stand.
        mentions: Things, people and places in order.
        states: Words for states, with where they stand.
        texts: Every word.
        negated: Whether what is named is not to be so.
        limits: Words that turn something round or limit it and were not understood.
        left: Words that nobody here knows.
    """

    words: str
    verbs: list[tuple[int, Head]] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    states: list[tuple[int, str]] = field(default_factory=list)
    texts: tuple[str, ...] = ()
    negated: bool = False
    limits: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Contents:
    """Reads what stands in pieces.

    Attributes:
        tables: The words.
        spotter: Finds things.
    """

    tables: Tables
    spotter: Spotter

    def of(self, tokens: Sequence[Token], verb: bool, subject: bool = False) -> Content:
        """The content of a piece.

        Args:
            tokens: The words that count.
            verb: Whether the first of them is a verb.
            subject: Whether ``I`` may be among the things.
        """
        out = Content(" ".join(token.written or token.text for token in tokens), texts=tuple(t.text for t in tokens))
        at = 0
        while at < len(tokens):
            at = self._step(out, tokens, at, verb and at == 0, subject)
        return out

    def _step(self, out: Content, tokens: Sequence[Token], at: int, verb: bool, subject: bool) -> int:
        """Reads what stands at a position; returns where it ends."""
        head = self._apart(out, tokens, at, self.tables.head(tokens, at))
        if verb and head is not None:
            out.verbs.append((at, head[1]))
            return head[0]
        end = self._denied(out, tokens, at)
        if end is not None:
            return end
        found = self.spotter.at(tokens, at, subject)
        end = self._deed(out, tokens, at, found, (head, verb))
        if end is None:
            end = self._thing(out, tokens, at, found, head)
        if end is not None:
            return end
        if head is not None and (head[0] > at + 1 or tokens[at].text not in PARTICLES):
            out.verbs.append((at, head[1]))
            return head[0]
        return self._rest(out, tokens, at)

    def _denied(self, out: Content, tokens: Sequence[Token], at: int) -> int | None:
        """Reads what is excluded or denied; returns where it ends, None where nothing is."""
        unmeant = self.tables.lexicon.table(EXCLUDING).longest(tokens, at)
        if unmeant is not None:
            found = self.spotter.at(tokens, unmeant[0])
            if found is not None and found.kind != "unknown":
                return found.end
            if unmeant[1] in ("not", "and not", "but not"):
                out.negated = True
                return unmeant[0]
        if tokens[at].text == "but":
            out.limits.append("but")
            return at + 1
        if tokens[at].text == "never":
            out.negated = True
            return at + 1
        return None

    def _deed(
        self, out: Content, tokens: Sequence[Token], at: int, found: Mention | None,
        verb: tuple[tuple[int, Head] | None, bool],
    ) -> int | None:  # fmt: skip
        """Reads what looks like a thing and is a deed; returns where it ends, None where it is none.

        Args:
            out: What was read before.
            tokens: The words.
            at: The position.
            found: The thing that may stand there.
            verb: The verb that may stand there, and whether the piece begins with it.
        """
        if found is None:
            return None
        if found.before == "to" and found.end == at + 2 and self._to_do(tokens, at + 1):
            return at + 2  # "remind her to drink"
        if found.kind == "unknown":
            named = next((k for k in range(at + 1, found.end) if tokens[k - 1].text in BEFORE_DEED
                          and self.tables.head(tokens, k, inflected=False)), None)  # fmt: skip
            if named is not None:  # "could do with a scrub"
                out.verbs.append((named, (tokens[named].text,)))
                return named + 1
        some = out.mentions and tokens[at].text == "some" and found.end == at + 2 and verb == (None, False)
        nominal = self.tables.heads.longest(tokens, at + 1) if some else None
        had = bool(out.verbs) and out.verbs[-1][1][0] in HAVING
        if nominal is not None and nominal[0] == at + 2 and had:
            out.verbs.append((at, nominal[1]))  # "the fern gets some water"
            return found.end
        return None

    def _thing(
        self, out: Content, tokens: Sequence[Token], at: int, found: Mention | None, head: tuple[int, Head] | None
    ) -> int | None:
        """Reads a thing or a state; returns where it ends, None where there is none."""
        text, before = tokens[at].text, tokens[at - 1].text if at else ""
        if text in ("on", "off") and out.verbs[-1:] in ([(at - 1, ("switch",))], [(at - 1, ("turn",))]):
            out.states.append((at, text))
            return at + 1  # where the skill has a choice of states
        if found is not None and found.way == "place" and at and self._told_apart(tokens, at):
            found = replace(found, way="source")  # "the one on the couch"
        state = text in self.tables.data.states and before not in ("better", "well", "worse")
        state = state and not (text in ("on", "off") and self._leads(tokens, at + 1))
        compound = state and head is not None and head[0] > at + 1
        if found is not None and not compound and not self._rather_verb(tokens, at, found, head):
            if not text == found.words == "that" or (at and at + 1 == len(tokens)):
                out.mentions.append(found)
            return found.end
        if state:
            out.states.append((at, text))
            return at + 1
        return None

    def _leads(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a place is named at a position, whatever it is called: ``(the bread) on top shelf``."""
        lexicon = self.tables.lexicon
        beginning = {*lexicon.small.articles, *(one.split()[0] for one in lexicon.things.placed)}
        return at < len(tokens) and tokens[at].text in beginning

    def _rest(self, out: Content, tokens: Sequence[Token], at: int) -> int:
        """Reads what limits or fills, or is left; returns where it ends."""
        limit = self.tables.longest("limits", tokens, at)
        filler = self.tables.longest("fillers", tokens, at)
        token = tokens[at]
        if limit > at and filler <= limit:
            out.limits.append(" ".join(one.text for one in tokens[at:limit]))
            return limit
        counted = token.text in self.tables.lexicon.quantities.numbers and token.text not in NO_NUMBERS
        if filler <= at + 1 and (token.number is not None or counted):
            out.limits.append(token.text)
            return at + 1
        if token.text in WHITHER and at + 1 < len(tokens) and self._elsewhere(tokens, at + 1):
            out.limits.append(" ".join(one.text for one in tokens[at : at + 2]))
        if filler == at and token.text.isalpha() and token.text not in self.tables.lexicon.vocabulary:
            out.left.append(token.text)
        return max(filler, at + 1)

    def _to_do(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a name is rather a verb after ``to``, as nothing is called by it alone but drinks and the like."""
        return tokens[at].text in self.tables.lexicon.english.base and not self.spotter.proper(tokens, at)

    def _elsewhere(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether what follows ``to`` or ``from`` is something that nothing here is called."""
        text = tokens[at].text
        verb = self.tables.head(tokens, at, inflected=False) is not None or text in self.tables.lexicon.english.base
        return (
            text.isalpha()
            and not verb
            and self.tables.longest("fillers", tokens, at) == at
            and text not in ("be", "have")
        )

    def _apart(
        self, out: Content, tokens: Sequence[Token], at: int, head: tuple[int, Head] | None
    ) -> tuple[int, Head] | None:
        """The verb without a particle that belongs to a place after it: ``the cup put on the shelf``."""
        carried = head is not None and len(head[1]) == 2 and head[1][0] in self.tables.data.carry
        if head is None or not carried or not any(not one.before for one in out.mentions):
            return head
        after = self.spotter.at(tokens, at + 1)
        return (at + 1, head[1][:1]) if after is not None and after.before else head

    def _told_apart(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a place only tells which one is meant: after ``the one``, ``that is``, ``lying``."""
        before = [token.text for token in tokens[max(0, at - 3) : at]]
        if (before[-1] in LYING and before[-2:-1] != ["be"]) or before[-1] in ("one", "ones"):
            return True
        return (
            len(before) > 1
            and before[-2] in RELATIVE
            and before[-1] in ("is", "are", "was", "were", "stands", "lies", "sits", "hangs")
        )

    def _rather_verb(self, tokens: Sequence[Token], at: int, found: Mention, head: tuple[int, Head] | None) -> bool:
        """Whether a word that names something is rather a verb: after ``to`` or before something."""
        if head is None or found.before or found.kind in ("pronoun", "unknown"):
            return False
        before = tokens[at - 1].text if at else ""
        if before in VERBAL and found.end <= head[0]:
            return True
        return head[0] > found.end
