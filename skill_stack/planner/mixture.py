"""Mixture: a text piece by piece, each piece by the reader that accounts best for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_stack.planner.accounting import found_there
from skill_stack.planner.answers import Answer
from skill_stack.planner.gist.form import Form
from skill_stack.planner.gist.gist import AFTERWARDS, ASIDE, CONDITIONS, RUNNING, Gist
from skill_stack.planner.gist.piece import Piece
from skill_stack.planner.language.text import Text, Token
from skill_stack.planner.symbolic.step import Part, Step

Tokens = tuple[Token, ...]
Reader = Callable[[Text, Tokens, Tokens], list[Part]]
"""Text, tokens to read, tokens that were said before → steps; raises Answer."""

CORRECTING = frozenset({"no", "not", "rather", "or", "instead", "sorry"})
"""First words of pieces that take back what was said before them."""

MOST_UNITS = 8
"""Pieces of a text that is read piece by piece."""


@dataclass(slots=True)
class Mixture:
    """Reads each piece of a text by itself.

    Attributes:
        gist: Divides the text.
        readers: The ways in which a piece may be read.
        gap: How much of a piece its steps leave out.
        tells: Whether a piece clearly tells something.
    """

    gist: Gist
    readers: Sequence[Reader]
    gap: Callable[[Tokens, Sequence[Part]], int]
    tells: Callable[[Piece], bool]

    def parts(self, text: Text) -> list[Part] | None:
        """The steps of all pieces; None where one is not understood, or nothing is to be gained.

        Args:
            text: The text.
        """
        units = self.gist.units(text.tokens)
        linked = {*ASIDE, *AFTERWARDS}
        ordered = any(form.kind in ("order", "bare") and piece.link not in linked for piece, form in units)
        if not 1 < len(units) <= MOST_UNITS or not ordered:
            return None
        out: list[Part] = []
        for piece, form in units:
            depends = piece.link in CONDITIONS and (form.kind, piece.link) != ("idle", "if")
            if depends or form.kind == "barred" or piece.tokens[0].text in CORRECTING:
                return None
            tokens, before = _around(text.tokens, piece)
            if out and (found_there(piece) or self._hastens(tokens, form)):
                continue
            if form.kind == "told" and not self.tells(piece):
                return None
            if form.kind == "told" or (form.kind == "idle" and not any(one.number for one in tokens)):
                continue
            found = self._piece(text, tokens, before)
            if found is None and (form.kind in ("order", "idle") or form.firm):
                return None
            out += [one for one in found or [] if not _known(one, out)]
        return out or None

    def _hastens(self, tokens: Tokens, form: Form) -> bool:
        """Whether a piece only asks to be quick about what was asked for before it: ``run it over``."""
        content = self.gist.contents.of(form.tokens or tokens, form.verb)
        verbs = {head[:1] for _, head in content.verbs}
        return bool(verbs) and verbs <= RUNNING and all(one.kind == "pronoun" for one in content.mentions)

    def _piece(self, text: Text, tokens: Tokens, before: Tokens) -> list[Part] | None:
        """The steps of one piece by the reader that leaves out least of it; None where no reader has any."""
        best: tuple[int, list[Part]] | None = None
        for read in self.readers:
            try:
                found = read(text, tokens, before)
            except Answer:
                continue
            gap = self.gap(tokens, found)
            if best is None or gap < best[0]:
                best = gap, found
            if gap == 0:
                break
        return best[1] if best is not None else None


def _around(tokens: Tokens, piece: Piece) -> tuple[Tokens, Tokens]:
    """The tokens of a piece with the marks between them, and those before it."""
    begin, end = piece.tokens[0].start, max(one.end for one in piece.tokens)
    inside = tuple(one for one in tokens if begin <= one.start and one.end <= end)
    return inside, tuple(one for one in tokens if one.end <= begin)


def _known(part: Part, parts: Sequence[Part]) -> bool:
    """Whether a step was asked for before, in other words."""
    return isinstance(part, Step) and any(
        isinstance(one, Step) and one.spec is part.spec and one.arguments == part.arguments for one in parts
    )
