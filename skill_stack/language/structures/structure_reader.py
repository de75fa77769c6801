"""StructureReader: descriptions of structures and scenes of blocks, by ``grammar.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skill_stack.core.world.blueprint import Blueprint
from skill_stack.core.world.described_scene import described_scene
from skill_stack.core.world.scene_file import SceneFile
from skill_stack.language.answers import Answer, Unclear, question
from skill_stack.language.structures.described import Description
from skill_stack.language.structures.groups import blueprint_of
from skill_stack.language.words.lexicon import Lexicon, load_lexicon
from skill_stack.language.words.pattern_grammar import Term, Unfit, load_grammar
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import STOPS, Token, past_end, tokenise

RELATIONS = ("left", "right", "behind", "front", "near", "on", "under", "between")
"""Relations of the lexicon that a blueprint can state."""

NOT_BEFORE = {"ALONE": ("COLOUR", "NOUN"), "EACH": ("PLACE", "RELATION", "ARRANGED", "INTO")}
"""Places where none of some words follow."""

_GRAMMAR = Path(__file__).with_name("grammar.yaml")


@dataclass(frozen=True, slots=True)
class ClearingWords:
    """Which loose things are to be brought where: ``put all the blue blocks on the tray``, ``clear the table``.

    Attributes:
        colour: Colour of the things; empty for any.
        noun: Noun of their kind; empty for any.
        place: Noun of where they go; empty where it is not said.
    """

    colour: str = ""
    noun: str = ""
    place: str = ""


class StructureWords:
    """Reads the words in capitals; see :class:`skill_stack.language.words.pattern_grammar.WordReader`.

    Attributes:
        reached: Position up to which the parts of the last text were read.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        """Builds the tables."""
        words, small, table = lexicon.structures, lexicon.small, lexicon.table
        kinds = {noun for nouns in lexicon.things.kinds.values() for noun in nouns}
        named = {noun: "" if noun in {*words.block, *lexicon.things.anything} else noun
                 for noun in (*kinds, *words.block, *lexicon.things.anything, *words.ground)}  # fmt: skip
        self._numbers = lexicon.quantities.numbers
        self._tables: dict[str, PhraseTable[Any]] = {
            "NOUN": PhraseTable((lexicon.split(f"{noun}{end}"), (kind, bool(end)))
                                for end in ("", "s", "es") for noun, kind in named.items()),
            "BUILDING": PhraseTable((lexicon.split(verb), shape) for verb, shape in words.building.items()),
            "RELATION": lexicon.grouped({name: lexicon.things.relations[name] for name in RELATIONS}),
            "SHAPE": lexicon.grouped(words.structures), "ARRANGED": lexicon.grouped(words.arranged),
            "PLACE": lexicon.grouped(words.ends), "SIDE": lexicon.grouped(words.end_words),
            "COLOUR": lexicon.grouped(lexicon.things.colours),
            "PRONOUN": table((*small.pronouns["group"], "it", "that", "this", "those", "these")),
            "POLITE": table((*small.at_start, *small.anywhere, *small.noise)),
            "DEFINITE": table([one for one in small.articles if one not in ("a", "an", "some", "any")]),
            "ARRANGING": table(words.arranging), "OF": table(words.made_of), "INTO": table(words.into),
            "HIGH": table(words.high), "JOINT": table(words.joining), "BEING": table(words.being),
            "GATHERING": table(words.gathering), "EMPTYING": table(words.emptying), "ONTO": table(words.onto),
            "ALL": table(words.all_of), "EVERYTHING": table(words.everything_loose), "GROUND": table(words.ground),
            "HOLDER": table(words.holders),
        }  # fmt: skip
        self.reached = 0

    def read(self, kind: str, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, Any]]:
        """Yields the end and the value of what is read at a position."""
        if kind == "END":
            self.reached = max(self.reached, at)
            yield from [(at, None)] if at == len(tokens) else ()
        elif kind in NOT_BEFORE:
            more = any(self._tables[one].longest(tokens, at) for one in NOT_BEFORE[kind])
            yield from () if more else [(at, None)]
        elif kind == "NUMBER":
            value = tokens[at].number if at < len(tokens) else None
            value = self._numbers.get(tokens[at].text) if value is None and at < len(tokens) else value
            yield from [(at + 1, int(value))] if value is not None and value >= 1 and value == int(value) else ()
        else:
            found = self._tables[kind].longest(tokens, at)
            yield from [found] if found is not None else ()


class StructureReader:
    """Reads descriptions; everything is prepared at construction.

    Attributes:
        holders: Nouns of places for loose things, the usual one first.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        """Builds the tables.

        Args:
            lexicon: Numbers, colours, kinds and relations.
        """
        self._lexicon, self.holders = lexicon, tuple(lexicon.structures.holders)
        self._words, self._grammar = StructureWords(lexicon), load_grammar(_GRAMMAR)

    def request(self, text: str) -> Blueprint | Answer | None:
        """The structure that a text asks to build.

        Returns:
            The structure; the answer where something is missing or contradictory; None for any other text.
        """
        try:
            for program in self._read("request", text):
                found = self._described(program.parts[-1], program.parts[0] if program.name == "build" else "")
                relating = program.name == "build" and any(group.relation == "on" for group in found.groups)
                if found.groups and (found.said or relating):
                    return blueprint_of(found.groups, text.strip())
        except Unclear as unclear:
            return unclear.answer
        return None

    def scene(self, text: str) -> tuple[Blueprint, str]:
        """The scene that a text describes, and the noun of what everything stands on; empty for the floor.

        Args:
            text: A description.

        Raises:
            Unclear: A word was not understood, or the description contradicts itself.
        """
        self._words.reached = 0
        for program in self._read("text", text):
            found = self._described(program, "")
            if found.groups:
                return blueprint_of(found.groups, text.strip()), found.ground
        unread = " ".join(token.text for token in self._tokens(text)[self._words.reached :][:4])
        raise Unclear(question(f"I do not understand '{unread or text.strip()}' in that description."))

    def clearing(self, text: str) -> ClearingWords | None:
        """Which loose things a text asks to bring where; None for any other text."""
        for program in self._read("clearing", text):
            colour, noun, place = program.parts
            return ClearingWords(colour or "", noun[0] if noun else "", place or "")
        return None

    def _tokens(self, text: str) -> tuple[Token, ...]:
        tokens = tokenise(text, self._lexicon.small.contractions).tokens
        return tokens[: past_end(tokens, STOPS)]

    def _read(self, category: str, text: str) -> Iterator[Any]:
        return self._grammar.readings(category, self._tokens(text), self._words)

    def _described(self, program: Term, shape: str) -> Description:
        """What a text says; nothing where its parts do not fit together."""
        found = Description(shape, self._lexicon.structures)
        try:
            found.tell(program)
        except Unfit:
            return Description(shape, self._lexicon.structures)
        return found


def scene_described(text: str, lexicon: Lexicon | None = None) -> SceneFile:
    """Returns the scene that a text describes: counts, colours, kinds, arrangements and relations.

    Args:
        text: For example ``three red cubes in a row and a blue cylinder behind them``. Left, right, before and behind
            are meant as seen by a robot that looks along the map's x axis.
        lexicon: The lexicon; None for that of the package.

    Raises:
        SkillStackError: Words were not understood; a thing of no known size, or nothing that could stand so.
    """
    lexicon = lexicon or load_lexicon()
    blueprint, ground = lexicon.shared(StructureReader).scene(text)
    kinds = lexicon.things.kinds

    def alike(noun: str) -> list[str]:
        return [kind for kind, nouns in kinds.items() if noun in nouns]

    return described_scene(blueprint, ground, alike)
