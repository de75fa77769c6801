"""Reading a text tolerantly: from its words to the steps that it asks for."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from skill_stack.planner.clause_steps import clause_parts
from skill_stack.planner.gist.choosing import SHORTEST
from skill_stack.planner.gist.compounds import compounds
from skill_stack.planner.gist.content import Contents
from skill_stack.planner.gist.fitter import STOPWORDS, Fitter
from skill_stack.planner.gist.form import Forms
from skill_stack.planner.gist.gist import Gist
from skill_stack.planner.gist.orders import Orders
from skill_stack.planner.gist.part_names import part_names
from skill_stack.planner.gist.people import people_of
from skill_stack.planner.gist.piece import Pieces
from skill_stack.planner.gist.spoken import Spoken
from skill_stack.planner.gist.spotter import Spotter
from skill_stack.planner.gist.words import Tables
from skill_stack.planner.interpreter import Interpreter, Reading
from skill_stack.planner.language.chunks import Choice, Thing
from skill_stack.planner.language.noun_phrase import NounParser
from skill_stack.planner.language.phrase_table import PhraseTable
from skill_stack.planner.language.text import Token
from skill_stack.planner.made import TakenAs
from skill_stack.planner.roles import Types, kinds_of
from skill_stack.planner.symbolic.step import Part


def tolerant(interpreter: Interpreter, nouns: NounParser, heads: PhraseTable[tuple[str, ...]]) -> Gist:
    """A tolerant reader of texts over one scene.

    Args:
        interpreter: Knows library and scene.
        nouns: Reads noun phrases.
        heads: Verbs of the library.
    """
    lexicon, resolver = interpreter.lexicon, interpreter.resolver
    tables = Tables(lexicon, heads, _chosen(interpreter), _choices(interpreter), _beside(interpreter))
    objects = interpreter.scene.objects
    people = people_of(tables, resolver, [(name, objects[name].names) for name in sorted(resolver.people)])
    parts = part_names(tables, [(name, one.names) for name, one in objects.items() if name not in resolver.people])
    spotter = Spotter(tables, nouns, resolver, interpreter.discourse, resolver.speaker(), people, parts,
                      compounds(tables, objects.values()))  # fmt: skip
    spoken = Spoken(resolver)
    types = Types(lexicon, interpreter.scene, kinds=kinds_of(interpreter.library))
    orders = Orders(tables, Fitter(interpreter), spoken, spotter.speaker, types)
    return Gist(Pieces(tables, spotter), Forms(tables, spotter), Contents(tables, spotter), orders, spoken)


def gist_parts(
    tokens: Sequence[Token], told: Sequence[Token], interpreter: Interpreter, nouns: NounParser,
    heads: PhraseTable[tuple[str, ...]],
) -> tuple[list[Part], int, frozenset[str]] | None:  # fmt: skip
    """The steps that a text asks for, as far as it can be told without reading all of it, and how clearly it asks.

    Args:
        tokens: The text.
        told: What was said before it, of which pronouns may speak.
        interpreter: Turns clauses into steps; it gets a note of how the text was understood.
        nouns: Reads noun phrases.
        heads: Verbs of the library.

    Returns:
        Steps, strength (see :mod:`skill_stack.planner.gist.form`) and words of the things that they are about; None
        where nothing is asked for, or something that matters is not understood.

    Raises:
        Answer: It may mean several things, or cannot be done.
    """
    reader = tolerant(interpreter, nouns, heads)
    reader.hear(told)
    found = reader.of(tokens)
    if found is None:
        return None
    readings = [order.reading for order in found.orders]
    interpreter.notes.append(TakenAs(f"I took it as: {'; '.join(_plain(one) for one in readings)}"))
    return clause_parts(interpreter, readings), found.strength, found.used


def _chosen(interpreter: Interpreter) -> frozenset[str]:
    """Words of the choices that skills have."""
    values = (
        value for spec in interpreter.library for one in spec.goal if one.type == "choice" for value in one.choices
    )
    words = {word for value in values for word in interpreter.lexicon.split(value)}
    return frozenset(word for word in words if len(word) >= SHORTEST and word not in STOPWORDS)


def _choices(interpreter: Interpreter) -> PhraseTable[str]:
    """The choices that skills have, by their words."""
    out: PhraseTable[str] = PhraseTable()
    for spec in interpreter.library:
        for value in (value for one in spec.goal if one.type == "choice" for value in one.choices):
            words = tuple(interpreter.lexicon.split(value))
            for said in {words, words[words[:1] == ("a",) or words[:1] == ("the",) :]}:
                if said:
                    out.add(said, value)
    return out


def _beside(interpreter: Interpreter) -> frozenset[str]:
    """Words of the skills' own phrases right behind a choice: the ticket of ``sell {visitor} a {category} ticket``."""
    out: set[str] = set()
    for spec in interpreter.library:
        chosen = {one.name for one in spec.goal if one.type == "choice"}
        for phrase in spec.phrases:
            words = phrase.replace("{", " {").replace("}", "} ").split()
            out |= {two for one, two in itertools.pairwise(words) if one[:1] == "{" and one[1:-1] in chosen}
    return frozenset(word for word in out if word.isalpha() and word not in STOPWORDS)


def _plain(reading: Reading) -> str:
    """A clause in plain words."""
    out = list(reading.clause.head)
    for chunk in reading.clause.chunks:
        if isinstance(chunk, Thing):
            out += [*chunk.between.split(), "the", chunk.words]
        elif isinstance(chunk, Choice):
            out.append(chunk.value)
    return " ".join(out)
