"""Pairs: two things that were spoken of together, each by its name: ``the red one``, ``the first``, ``the other``."""

from __future__ import annotations

from dataclasses import dataclass, replace

from skill_stack.planner.language.scene_words import COUNTS
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

Sentences = list[tuple[Tokens, Tokens]]
"""Sentences, each with the mark that ends it."""

TWO = frozenset({"two", "both"})
"""Words before things of which there are two."""

BEING = frozenset("are stand lie hang sit".split())
"""Verbs between things and where they are."""

OTHER = (("the", "other", "one"), ("the", "other"), ("the", "second", "one"), ("the", "second"), ("the", "latter"))
"""Words for the second of two."""

FIRST = (("the", "first", "one"), ("the", "first"), ("the", "former"))
"""Words for the first of two."""


@dataclass(slots=True)
class Pairs:
    """Names each of two things.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def of(self, sentences: Sentences) -> Sentences:
        """Sentences in which each of two things that were named together has its own name.

        Args:
            sentences: The sentences.
        """
        pair: tuple[str, ...] = ()
        kind, told, changed = "", -1, False
        out: Sentences = []
        for tokens, stop in (part for one in sentences for part in _colons(*one)):
            found, only = self._group(tokens)
            if found:
                pair, kind, told = found, self._kind(tokens), len(out) if only else told
            elif pair:
                before, tokens = tokens, self._named(tokens, pair, kind)
                changed = changed or tokens != before
            out.append((tokens, stop))
        if changed and told >= 0:
            del out[told]
        return self._spelt_out(out) or (out if changed else sentences)

    def _kind(self, tokens: Tokens) -> str:
        """What the two things of a sentence are called, each."""
        at = next(at for at in range(len(tokens)) if tokens[at].text in TWO)
        nouns = [end for end, noun in self.form.nouns().parse(tokens, at) if noun.ids and not noun.relations]
        return tokens[min(nouns) - 1].text.removesuffix("s") if nouns else ""

    def _group(self, tokens: Tokens) -> tuple[tuple[str, ...], bool]:
        """The two things that a sentence speaks of, and whether it only says where they are."""
        for at in (at for at in range(len(tokens)) if tokens[at].text in TWO):
            told = at == 0 or self.form.said(tokens[:at]) in ("there are", "here are")
            for end, noun in self.form.nouns().parse(tokens, at):
                if noun.role != "thing" or noun.ids is None:
                    continue
                listed = self._listed(tokens, end, noun.ids) if told else ()
                if listed:
                    return listed, True
                being = end < len(tokens) and tokens[end].text in BEING
                if being and (found := self._where(tokens[at:end], tokens[end + 1 :])):
                    return found, told
                ids = tuple(self.form.meant(replace(noun, count=0, many="all")))
                if len(ids) == 2:
                    return ids, told and end == len(tokens)
        return (), False

    def _where(self, thing: Tokens, place: Tokens) -> tuple[str, ...]:
        """Two things by where they are said to be."""
        whole = [noun for end, noun in self.form.nouns().parse((*thing, *place), 0) if end == len(thing) + len(place)]
        found = (tuple(self.form.meant(replace(noun, count=0, many="all"))) for noun in whole if noun.role == "thing")
        return next((ids for ids in found if len(ids) == 2), ())

    def _listed(self, tokens: Tokens, at: int, ids: frozenset[str]) -> tuple[str, ...]:
        """Two things that are told apart at the end of a sentence: ``, one in the hall and one outside``."""
        out: list[str] = []
        for begin in range(at, len(tokens)):
            if tokens[begin].text == "one" and tokens[begin - 1].text in (",", ":", "and", "is"):
                nouns = self.form.nouns().parse(tokens, begin)
                here = [tuple(self.form.meant(replace(one, ids=ids, role="thing", again=False))) for _, one in nouns
                        if one.relations]  # fmt: skip
                out += next((list(one) for one in here if len(one) == 1), [])
        return tuple(out) if len(set(out)) == 2 else ()

    def _named(self, tokens: Tokens, pair: tuple[str, ...], kind: str) -> Tokens:
        """A sentence with the names of two things for ``the red one``, ``the first`` and ``the other``."""
        first, at = "", 0
        while at < len(tokens):
            begun, other = _said(tokens, at, FIRST), _said(tokens, at, OTHER)
            end, name = at + (begun or other), ""
            if begun:
                name = pair[0]
            elif other and first:
                name = next(one for one in pair if one != first)
            elif not other:
                end, name = self._one(tokens, at, pair, kind)
            if end > at and name:
                words = self.form.words(f"the {name.replace('_', ' ')}", tokens[at])
                tokens, first, at = (*tokens[:at], *words, *tokens[end:]), first or name, at + len(words)
                continue
            known = self.form.noun(tokens, at)
            mine = set(known[1].ids or ()) & set(pair) if known is not None else set()
            first = first or (next(iter(mine)) if len(mine) == 1 else "")
            at += 1
        return tokens

    def _one(self, tokens: Tokens, at: int, pair: tuple[str, ...], kind: str) -> tuple[int, str]:
        """Where ``the red one`` or ``the one in the hall`` ends that begins at a position, and which it is."""
        texts = [token.text for token in tokens[at : at + 3]]
        if texts[:1] == ["the"] and texts[2:] == ["one"]:
            fits = [name for name in pair if texts[1] in name.split("_")]
            return (at + 3, fits[0]) if len(fits) == 1 else (at, "")
        if texts[:2] != ["the", "one"]:
            return at, ""
        named = self.form.noun((tokens[at], tokens[at + 1].read_as(kind), *tokens[at + 2 :]), 0)
        for far, noun in self.form.nouns().parse(tokens, at):
            ids = tuple(self.form.meant(replace(noun, ids=frozenset(pair), again=False)))
            if noun.relations and len(ids) == 1:
                return far, ids[0]
        called = set(named[1].ids or ()) & set(pair) if named is not None else set()
        return (at + named[0], called.pop()) if named is not None and len(called) == 1 else (at, "")

    def _spelt_out(self, sentences: Sentences) -> Sentences:
        """``bring both cups to the guests: the red one to Ana and …`` with the second part alone; none for others."""
        for at in range(len(sentences) - 1):
            (whole, stop), (parts, end) = sentences[at], sentences[at + 1]
            verb = self.form.verb_of(whole, 0)
            several = any(token.text in (*TWO, *COUNTS, "all") for token in whole)
            pieces = self._pieces(parts) if several and stop and stop[0].text == ":" and verb is not None else []
            if verb is None or len(pieces) < 2:
                continue
            then = self.form.words(", then", parts[0])
            joined = [token for piece in pieces for token in (*then, whole[verb], *piece)]
            return [*sentences[:at], ((*whole[:verb], *joined[len(then) :]), end), *sentences[at + 2 :]]
        return []

    def _pieces(self, tokens: Tokens) -> list[Tokens]:
        """The parts of a sentence that are each a thing with the place or the one that it goes to; none for others."""
        out: list[Tokens] = []
        begin = 0
        for at in range(len(tokens) + 1):
            if at == len(tokens) or tokens[at].text in LINKS:
                piece = tokens[begin:at]
                begin = at + 1
                if not piece:
                    continue
                if not self._placed(piece):
                    return []
                out.append(piece)
        return out

    def _placed(self, tokens: Tokens) -> bool:
        """Whether words are a thing or somebody and where to, and nothing more."""
        nouns = self.form.nouns()
        for end, noun in nouns.parse(tokens, 0):
            between = self.form.lexicon.prepositions.longest(tokens, end) if noun.role == "thing" else None
            goals = nouns.parse(tokens, between[0]) if between is not None else []
            if any(far == len(tokens) and goal.role == "thing" and goal.ids for far, goal in goals):
                return True
        return False


def _colons(tokens: Tokens, stop: Tokens) -> Sentences:
    """A sentence in the parts that a colon divides, unless it stands in a time: ``10:30``."""
    out: Sentences = []
    begin = 0
    for at in range(1, len(tokens) - 1):
        if tokens[at].text == ":" and tokens[at + 1].number is None:
            out.append((tokens[begin:at], tokens[at : at + 1]))
            begin = at + 1
    return [*out, (tokens[begin:], stop)]


def _said(tokens: Tokens, at: int, ways: tuple[tuple[str, ...], ...]) -> int:
    """How many words of the first of some ways to say it stand at a position."""
    texts = tuple(token.text for token in tokens[at : at + 3])
    return next((len(words) for words in ways if texts[: len(words)] == words), 0)
