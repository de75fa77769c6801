"""Words of the tolerant reader: ``lexicon/gist.yaml``, and the tables that it looks them up in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import yaml

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.planner.language.lexicon import FOLDER, Lexicon
from skill_stack.planner.language.phrase_table import PhraseTable
from skill_stack.planner.language.text import Token
from skill_stack.planner.language.verb_forms import bases

Words = tuple[str, ...]


class GistWords(DataModel):
    """``gist.yaml``; the file explains its keys."""

    carry: frozenset[str]
    fetch: frozenset[str]
    guide: frozenset[str]
    dispose: Words
    bins: Words
    states: dict[str, Words]
    opposites: dict[str, str]
    sides: dict[str, str]
    instead: dict[str, Words]
    participles: dict[str, str]
    fillers: Words
    leads: Words
    doing: Words
    supposing: Words
    ought: Words
    lacking: Words
    links: Words
    wishes: Words
    wants: Words
    telling: frozenset[str]
    limits: Words
    idle: Words
    sources: Words
    goals: Words
    places: Words
    beside: Words
    begins: Words
    pleading: frozenset[str]
    pleas: Words
    undone: frozenset[str]
    polite: frozenset[str]
    grateful: frozenset[str]
    circumstances: frozenset[str]
    not_to_be: Words
    people: dict[str, frozenset[str]]
    outdoors: frozenset[str]
    describing: frozenset[str]
    makings: frozenset[str]
    busy: frozenset[str]
    alike: dict[str, tuple[str, ...]]


@cache
def gist_words() -> GistWords:
    """The words that come with the package.

    Raises:
        DataError: The file is missing or wrong.
    """
    text = (FOLDER / "gist.yaml").read_text(encoding="utf-8")
    return parse_model(GistWords, yaml.load(text, Loader=yaml.BaseLoader), "gist.yaml")


MOVING = frozenset("go come get stand lie move walk run bring take keep have end carry drive head".split())
"""Verbs whose particle says where to, and is read with what follows."""

WHITHER = frozenset("back on in over up down out off around round along through to at into onto away by near".split())
"""Such particles."""


@dataclass(slots=True)
class Tables:
    """Where phrases of the tolerant reader stand in a text.

    Attributes:
        lexicon: The language.
        heads: Verbs of the library.
        chosen: Words of the choices that skills have.
        choices: Those choices in full.
        naming_choices: Words of the skills' own phrases that stand beside a choice: the ticket of ``a {kind} ticket``.
        data: The words.
    """

    lexicon: Lexicon
    heads: PhraseTable[tuple[str, ...]]
    chosen: frozenset[str] = frozenset()
    choices: PhraseTable[str] = field(default_factory=PhraseTable)
    naming_choices: frozenset[str] = frozenset()
    data: GistWords = field(default_factory=gist_words)

    def longest(self, group: str, tokens: Sequence[Token], at: int) -> int:
        """Where the longest phrase of a group ends that begins at a position; the position itself for none."""
        found = self.lexicon.table(getattr(self.data, group)).longest(tokens, at)
        return found[0] if found else at

    def bases(self, token: Token) -> list[str]:
        """Base forms that a word may have, the word itself first."""
        irregular = self.data.participles.get(token.text)
        return list(dict.fromkeys([token.text, *([irregular] if irregular else []), *bases(token.text)]))

    def head(self, tokens: Sequence[Token], at: int, inflected: bool = True) -> tuple[int, tuple[str, ...]] | None:
        """The verb of the library, or of carrying and guiding, at a position: where it ends, and its base form."""
        if at >= len(tokens):
            return None
        best: tuple[int, tuple[str, ...]] | None = None
        for base in self.bases(tokens[at]) if inflected else [tokens[at].text]:
            found = self.heads.longest([tokens[at].read_as(base), *tokens[at + 1 : at + 6]], 0)
            if found is not None and (best is None or at + found[0] > best[0]) and base != "be":
                best = at + found[0], found[1]
                if base in MOVING and set(found[1][1:]) <= WHITHER:
                    best = at + 1, (base,)  # "goes on the shelf"
            if best is None and self.known(base):
                best = at + 1, (base,)
        return best

    def chooses(self, text: str) -> bool:
        """Whether a word belongs to a choice that a skill has."""
        return bool({text, text.removesuffix("s"), text.removesuffix("ing")} & self.chosen)

    def choice(self, tokens: Sequence[Token], at: int) -> int:
        """Where a choice of several words ends that a skill has and that is said in full; the position for none."""
        found = self.choices.longest(tokens, at)
        return found[0] if found is not None and found[0] > at + 1 else at

    def own(self, head: tuple[str, ...]) -> bool:
        """Whether a verb says by itself what is to be done: neither carrying nor leading."""
        data = self.data
        return head[0] not in data.carry and head[0] not in data.guide

    def known(self, base: str) -> bool:
        """Whether a base form belongs to one of the families."""
        data = self.data
        return base in data.carry or base in data.guide or base in data.instead or base in data.dispose

    def _disposes(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether the last words belong to a verb of getting rid of things before them: ``should be thrown away``."""
        said = " ".join(token.text for token in tokens[at:])
        return any(f"{base} {said}" in self.data.dispose for token in tokens[:at] for base in self.bases(token))

    def without_fillers(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens without fillers at their beginning and end."""
        left = list(tokens)
        while left:
            end = max(self.longest("fillers", left, 0), 1 if left[0].text == "," else 0)
            if not end:
                break
            left = left[end:]
        while left:
            begin = next((k for k in range(max(0, len(left) - 8), len(left))
                          if self.longest("fillers", left, k) == len(left) and k > 0), None)  # fmt: skip
            if begin is None or self._disposes(left, begin):
                break
            left = left[:begin]
        return left
