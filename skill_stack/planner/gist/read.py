"""Reading a text tolerantly: from its words to the steps that it asks for."""

from __future__ import annotations

from collections.abc import Sequence

from skill_stack.planner.clause_steps import clause_parts
from skill_stack.planner.gist.content import Contents
from skill_stack.planner.gist.fitter import Fitter
from skill_stack.planner.gist.form import Forms
from skill_stack.planner.gist.gist import Gist
from skill_stack.planner.gist.orders import Orders
from skill_stack.planner.gist.piece import Pieces
from skill_stack.planner.gist.spoken import Spoken
from skill_stack.planner.gist.spotter import Spotter
from skill_stack.planner.gist.words import Tables
from skill_stack.planner.interpreter import Interpreter, Reading
from skill_stack.planner.language.chunks import Choice, Thing
from skill_stack.planner.language.noun_phrase import NounParser
from skill_stack.planner.language.phrase_table import PhraseTable
from skill_stack.planner.language.text import Token
from skill_stack.planner.roles import Types
from skill_stack.planner.symbolic.step import Part


def gist_parts(
    tokens: Sequence[Token], interpreter: Interpreter, nouns: NounParser, heads: PhraseTable[tuple[str, ...]]
) -> tuple[list[Part], int, frozenset[str]] | None:
    """The steps that a text asks for, as far as it can be told without reading all of it, and how clearly it asks.

    Args:
        tokens: The text.
        interpreter: Turns clauses into steps; it gets a note of how the text was understood.
        nouns: Reads noun phrases.
        heads: Verbs of the library.

    Returns:
        Steps, strength (see :mod:`skill_stack.planner.gist.form`) and words of the things that they are about; None
        where nothing is asked for, or something that matters is not understood.

    Raises:
        Answer: It may mean several things, or cannot be done.
    """
    lexicon, resolver = interpreter.lexicon, interpreter.resolver
    tables = Tables(lexicon, heads)
    spotter = Spotter(tables, nouns, resolver, interpreter.discourse, resolver.speaker())
    spoken = Spoken(resolver)
    types = Types(lexicon, interpreter.scene)
    orders = Orders(tables, Fitter(interpreter), spoken, spotter.speaker, types)
    found = Gist(Pieces(tables, spotter), Forms(tables, spotter), Contents(tables, spotter), orders, spoken).of(tokens)
    if found is None:
        return None
    readings = [order.reading for order in found.orders]
    interpreter.notes.append(f"I took it as: {'; '.join(_plain(one) for one in readings)}")
    return clause_parts(interpreter, readings), found.strength, found.used


def _plain(reading: Reading) -> str:
    """A clause in plain words."""
    out = list(reading.clause.head)
    for chunk in reading.clause.chunks:
        if isinstance(chunk, Thing):
            out += [*chunk.between.split(), "the", chunk.words]
        elif isinstance(chunk, Choice):
            out.append(chunk.value)
    return " ".join(out)
