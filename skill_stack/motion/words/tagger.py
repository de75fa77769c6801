"""MotionTagger: the words of a text as items: aspects, body parts, directions, degrees, amounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from skill_stack.language import Lexicon, PhraseTable, QuantityParser, Token, words_of
from skill_stack.motion.words.motion_reading import SpokenBody
from skill_stack.motion.words.word_data import FeetWords, MotionItems

ItemKind = Literal[
    "idiom", "aspect", "part", "feet", "fingers", "hands", "landmark", "degree", "speed", "direction", "compass",
    "amount", "link", "filler", "comparative", "other", "never", "unknown",
]  # fmt: skip
WAYS = ("forward", "backward", "left", "right", "clockwise", "counterclockwise")
"""Directions that motions know; up and down are aspects."""
LONGEST_NAME = 5
"""Words of a phrase that names legs at most."""


@dataclass(frozen=True, slots=True)
class Item:
    """A phrase of a text.

    Attributes:
        kind: What it is.
        value: A name, a number, names of feet or fingers, or an amount with its unit and whether it is a change.
        text: Its words.
    """

    kind: ItemKind
    value: Any
    text: str


class MotionTagger:
    """Splits texts into items, the longest phrases first."""

    def __init__(self, items: MotionItems, lexicon: Lexicon, body: SpokenBody) -> None:
        """Makes the tables.

        Args:
            items: Words of motions.
            lexicon: Directions, numbers and units.
            body: Which limbs there are.
        """
        self._body, self._feet, self._hands, self._lexicon = body, items.feet, items.hands, lexicon
        marks = {name: items.landmarks[name] for name, _ in body.landmarks}
        small, ways = lexicon.small, lexicon.directions.directions
        shared: list[tuple[ItemKind, Mapping[str, Iterable[str]]]] = [
            ("degree", items.degrees), ("fingers", {**items.fingers, "*": items.all_fingers}),
            ("landmark", marks), ("part", items.parts), ("never", {"": items.never}), ("link", {"and": items.links}),
            ("filler", {"": (*items.filler, *items.tips, *small.at_start, *small.anywhere)}),
        ]  # fmt: skip
        self._reading = self._table([
            ("idiom", items.idioms), ("speed", items.speeds), ("aspect", items.aspects), ("compass", items.compass),
            ("direction", items.ways), ("direction", {way: ways[way] for way in WAYS}), *shared,
        ])  # fmt: skip
        self._editing = self._table([
            ("comparative", items.comparatives), ("other", items.others), *shared,
            ("filler", {"": items.with_comparative}),
        ])  # fmt: skip
        self._by = frozenset(items.by)
        self._amounts = QuantityParser(lexicon)
        self._sides = _sides(items.feet)

    def items(self, text: str, editing: bool = False) -> list[Item]:
        """The items of a text in order; a word that is in none is ``unknown``.

        Args:
            text: The text.
            editing: Whether it changes what is done, rather than asks for something.
        """
        tokens = words_of(text)
        table, out, at = self._editing if editing else self._reading, list[Item](), 0
        while at < len(tokens):
            end, item = self._at(tokens, at, table)
            out.append(item)
            at = end
        return out

    def _at(self, tokens: Sequence[Token], at: int, table: PhraseTable[tuple[ItemKind, str]]) -> tuple[int, Item]:
        """The longest item at a position, and its end; of equal ones limbs come first, then words, then amounts."""
        words = [token.text for token in tokens]
        found = [limbs] if (limbs := self._limbs_at(words, at)) is not None else []
        if (phrase := table.longest(tokens, at)) is not None:
            found.append((phrase[0], self._item(*phrase[1], " ".join(words[at : phrase[0]]))))
        found += [
            (end, Item("amount", (amount.value, amount.unit, words[at] in self._by), " ".join(words[at:end])))
            for end, amount in self._amounts.amount(tokens, at)
            if not amount.vague
        ]
        return max(found, key=lambda one: one[0], default=(at + 1, Item("unknown", words[at], words[at])))

    def _item(self, kind: str, value: str, text: str) -> Item:
        """An item of a table."""
        if kind in ("degree", "speed", "compass"):
            return Item(kind, float(value), text)  # type: ignore[arg-type]
        if kind == "fingers":
            named = self._body.fingers if value == "*" else (value,)
            return Item("fingers", tuple(name for name in named if value != "*" or name != "thumb"), text)
        return Item(kind, value, text)  # type: ignore[arg-type]

    def _table(
        self, groups: Iterable[tuple[ItemKind, Mapping[str, Iterable[str]]]]
    ) -> PhraseTable[tuple[ItemKind, str]]:
        """Phrases with kind and value; of equal phrases the first group counts."""
        return PhraseTable(
            (self._lexicon.split(phrase), (kind, value))
            for kind, group in groups
            for value, phrases in group.items()
            for phrase in phrases
        )

    def _limbs_at(self, words: Sequence[str], at: int) -> tuple[int, Item] | None:
        """Legs or arms by their adjectives and noun, and its end: ``left front paw``, ``both arms``."""
        feet, said = self._feet, set[str]()
        kind: ItemKind = "feet" if self._body.kind == "legged" else "hands"
        nouns = feet if kind == "feet" else self._hands
        for k in range(at, min(at + LONGEST_NAME, len(words)) if self._body.kind != "hand" else at):
            if words[k] in nouns.one or words[k] in nouns.several:
                said |= {"front"} if words[k] in feet.front_nouns else set()
                choose = self._chosen if kind == "feet" else self._chosen_hands
                return k + 1, Item(kind, choose(said, words[k] in nouns.several), " ".join(words[at : k + 1]))
            if words[k] in self._sides:
                said.add(self._sides[words[k]])
            elif words[k] not in feet.between:
                return None
        return None

    def _chosen_hands(self, said: set[str], several: bool) -> tuple[str, ...]:
        """Hands of a side: all of several, else the last, which is the right one."""
        hands = self._body.hands
        chosen = tuple(name for name in hands if name in said) or hands
        return chosen if several or {"every", "pair"} & said else chosen[-1:]

    def _chosen(self, said: set[str], several: bool) -> tuple[str, ...]:
        """Feet of a side or end: all of several, else the first; both diagonals begin with the front left one."""
        sides = {side for side in ("left", "right") if side in said}
        ends = {end for end in ("front", "rear") if end in said}
        if "diagonal" in said:
            begin = next(iter(sides), "left")
            return tuple(name for name in self._body.feet if (side_of(name) == begin) == (end_of(name) == "front"))
        chosen = [
            name
            for name in self._body.feet
            if side_of(name) in (sides or {"left", "right"}) and end_of(name) in (ends or {"front", "rear"})
        ]
        alone = not several and not {"every", "pair"} & said
        return tuple(chosen[:1] if alone else chosen)


def side_of(foot: str) -> str:
    """Side of a quadruped's foot by its name."""
    return "left" if foot.endswith("L") else "right"


def end_of(foot: str) -> str:
    """End of a quadruped's foot by its name."""
    return "front" if foot.startswith("F") else "rear"


def _sides(feet: FeetWords) -> dict[str, str]:
    """Words before the noun of a leg, with what they choose."""
    groups = {name: getattr(feet, name) for name in ("front", "rear", "left", "right", "every", "pair", "diagonal")}
    return {word: name for name, words in groups.items() for phrase in words for word in phrase.split()}
