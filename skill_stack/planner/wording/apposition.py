"""Apposition: words that say once more who or what is meant: ``the guard, Hugo``, ``both pens, the red one and …``."""

from __future__ import annotations

from dataclasses import dataclass, replace

from skill_stack.planner.language.chunks import COLLECTIVE, Noun
from skill_stack.planner.language.scene_words import COUNTS
from skill_stack.planner.language.text import STOPS, Token
from skill_stack.planner.wording.order_form import OrderForm, Tokens

MARKS = frozenset({",", ":"})
"""Marks before words that say once more what is meant."""

NAMELY = (("namely",), ("that", "is"), ("i", "e"), ("to", "be", "precise"), ("meaning",))
"""Words that may stand before a list that says what is meant."""

WHO = frozenset("who which that with in on at of from out having here".split())
"""Words behind a noun that tell more of it."""

EVERYONE = frozenset("everyone everybody everything anyone anything all every each".split())
"""Words for everybody and everything that a list after a colon may say the names of."""

ITEMS = frozenset("things items objects articles people persons".split())
"""Words for whatever a list names."""

OWN = frozenset("my our the his her their".split())
"""Words before a noun for somebody whose name follows."""

WHERE = frozenset("in on at by near from".split())
"""Words before where something is."""

LONGEST_HEAD = 9
"""Words of which a list may say what they mean."""

LONGEST_NAME = 6
"""Words of a noun before which a comma is looked for."""


LONGEST_DESCRIPTION = 5
"""Words by which may be said what somebody is."""


@dataclass(slots=True)
class Apposition:
    """Leaves one of two ways of naming the same.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """One sentence in which everything is named once.

        Args:
            tokens: The sentence.
        """
        if not any(token.text in MARKS for token in tokens):
            return tokens
        for at in range(len(tokens)):
            tokens = self._counted(tokens, at)
        for at in reversed(range(1, len(tokens) - 1)):
            if at < len(tokens) and tokens[at].text == ",":
                tokens = self._named_twice(self._described(tokens, at), at)
            if at < len(tokens) and tokens[at].text == ",":
                tokens = self._told_of(tokens, at)
        return tokens

    def _told_of(self, tokens: Tokens, comma: int) -> Tokens:
        """A sentence without what is told of somebody between two commas: ``Tom, who is in the hall, to the lab``."""
        end = next((k for k in range(comma + 2, min(len(tokens), comma + LONGEST_HEAD)) if tokens[k].text == ","), 0)
        if not end or tokens[comma + 1].text not in (*OWN, "who", "a"):
            return tokens
        nouns = self.form.nouns()
        names = (noun for begin in range(max(0, comma - 3), comma) for far, noun in nouns.parse(tokens, begin)
                 if far == comma and self.form.person(noun) and len(noun.ids or ()) == 1)  # fmt: skip
        name = next(names, None)
        inside = [noun for far, noun in nouns.parse(tokens, comma + 1) if far == end]
        same = any(noun.role == "unknown" or noun.other or (name and name.ids == noun.ids) for noun in inside)
        goes_on = end + 1 < len(tokens) and self.form.lexicon.prepositions.longest(tokens, end + 1) is not None
        if name is None or not goes_on or not (same or tokens[comma + 1].text == "who"):
            return tokens
        return (*tokens[:comma], *tokens[end + 1 :])

    def _counted(self, tokens: Tokens, at: int) -> Tokens:
        """A sentence with a list instead of the words that it says the meaning of: ``both pens, the red one and …``."""
        begin, count = _amount(tokens, at)
        if begin == at:
            return tokens
        ends = range(begin, min(len(tokens) - 2, begin + LONGEST_HEAD))
        mark = next((k for k in ends if tokens[k].text in MARKS), None)
        if mark is None:
            return tokens
        namely = next((words for words in NAMELY if _said(tokens, mark + 1, len(words)) == words), ())
        if not (count or namely or tokens[mark].text == ":"):
            return tokens
        start = mark + 1 + len(namely)
        start += bool(namely) and start < len(tokens) and tokens[start].text in MARKS
        apart = next((k for k in range(begin, mark) if tokens[k].text in WHO), mark)
        head, more = tokens[begin:apart], tokens[apart:mark]
        if head and head[0].text in ITEMS and (items := self._items(tokens, at, (begin, mark, start), count)):
            return items
        rest = (*tokens[:start], *self._spelt_out(head, tokens[start:]))
        for end, noun in self.form.nouns().parse(rest, start):
            ids = [tuple(self.form.meant(part)) for part in noun.parts]
            whole = end == len(rest) or rest[end].text in STOPS or rest[end].text == ","
            if not whole or noun.role != "list" or not all(ids) or not self._names(head, count, noun):
                continue
            source = more if more[:1] and more[0].text in ("from", "out") else ()
            after = end + 1 if end < len(rest) and rest[end].text == "," else end
            return (*tokens[:at], *rest[start:end], *source, *rest[after:])
        return tokens

    def _items(self, tokens: Tokens, at: int, marks: tuple[int, int, int], count: int) -> Tokens:
        """``three things go to Tom: the cup, …`` with the list for the things that it names."""
        begin, mark, start = marks
        for end, noun in self.form.nouns().parse(tokens, start):
            whole = end == len(tokens) or tokens[end].text in STOPS
            if noun.role == "list" and len(noun.parts) == count and whole and all(part.ids for part in noun.parts):
                return (*tokens[:at], *tokens[start:end], *tokens[begin + 1 : mark], *tokens[end:])
        return ()

    def _names(self, head: Tokens, count: int, listed: Noun) -> bool:
        """Whether a list says who or what is meant by words, and is no list that goes on after them."""
        parts = {name for part in listed.parts for name in part.ids or self.form.meant(part)}
        if count and len(listed.parts) != count:
            return False
        if not head:
            return True
        fits = {name for end, noun in self.form.nouns().parse(head, 0) if end == len(head) for name in noun.ids or ()}
        return not fits or parts <= fits or len(fits) < count

    def _spelt_out(self, head: Tokens, listed: Tokens) -> Tokens:
        """A list with the noun that ``one`` stands for: ``the red pen`` for ``the red one``."""
        if not head or not head[-1].text.endswith("s"):
            return listed
        ends = [way for way in (head[-1].text[:-1], f"{head[-1].text[:-3]}y") if way]
        out: list[Token] = []
        for at, token in enumerate(listed):
            before = listed[at - 1 : at] if at else ()
            ways = (self.form.words(f"{self.form.said(head[:-1])} {way}", token) for way in ends)
            known = (one for one in ways if self._called((*before, *one)) or self._called(one))
            out += next(known, (token,)) if token.text == "one" else (token,)
        return tuple(out)

    def _called(self, tokens: Tokens) -> bool:
        """Whether something here is called by all of some words."""
        found = self.form.noun(tokens, 0)
        return found is not None and found[0] == len(tokens) and found[1].role == "thing"

    def _named_twice(self, tokens: Tokens, comma: int) -> Tokens:
        """A sentence without the second name of the same, or without the first where it tells less."""
        nouns = self.form.nouns()
        if tokens[comma - 1].text == "one" and tokens[comma + 1].text in WHERE and self._ends(tokens, comma + 2):
            return (*tokens[:comma], *tokens[comma + 1 :])  # "close the other one, in 3a"
        second = [(end, noun) for end, noun in nouns.parse(tokens, comma + 1) if noun.role == "thing" and noun.ids]
        for end, noun in second:
            ids = set(self.form.meant(replace(noun, words="")))
            if len(ids) != 1 or noun.relations or tokens[end - 1].owner:
                continue
            closed = end == len(tokens) or tokens[end].text in STOPS or tokens[end].text == ","
            after = end + 1 if end < len(tokens) and tokens[end].text == "," else end
            for begin in range(max(0, comma - LONGEST_NAME), comma):
                match = self._first(tokens, begin, comma, ids, closed)
                if match == "same":
                    return (*tokens[:comma], *tokens[after:])
                if match == "less":
                    return (*tokens[:begin], *tokens[comma + 1 : end], *tokens[after:])
        return tokens

    def _described(self, tokens: Tokens, comma: int) -> Tokens:
        """A sentence without what somebody is, said after the name: ``Mrs Farkas, the other visitor, (to …)``."""
        end = next((k for k in range(comma + 2, len(tokens)) if tokens[k].text in (*STOPS, ",")), len(tokens))
        words = tokens[comma + 1 : end]
        if not 2 <= len(words) <= LONGEST_DESCRIPTION or words[0].text not in (*OWN, "the", "a", "an", "another"):
            return tokens
        if words[-1].text not in {*self.form.lexicon.things.types["person"].kinds, *self.form.lexicon.people.kin}:
            return tokens
        names = (self.form.noun(tokens, k) for k in range(max(0, comma - LONGEST_NAME), comma))
        ends = (one[1] for one in names if one is not None and one[0] == comma)
        named = next((one for one in ends if self.form.person(one) and len(one.ids or ()) == 1), None)
        if named is None:
            return tokens
        found = self.form.noun(words, 0)
        ids = found[1].ids if found is not None and found[0] == len(words) else None
        if ids and not ids & (named.ids or frozenset()):
            return tokens  # "Tom, the nurse and Anna" are three
        after = end + 1 if end < len(tokens) and tokens[end].text == "," else end
        return (*tokens[:comma], *tokens[after:])

    def _first(self, tokens: Tokens, begin: int, comma: int, ids: set[str], closed: bool) -> str:
        """Whether words before a comma name the ``same``, or tell ``less`` of the somebody named after it."""
        if begin and tokens[begin - 1].text in (*OWN, "a", "an", "and"):
            return ""
        first = [noun for end, noun in self.form.nouns().parse(tokens, begin) if end == comma]
        if any(noun.role == "thing" and noun.ids == ids and not noun.relations for noun in first):
            return "same"
        person = closed and ids <= self.form.people and tokens[begin].text in OWN
        if person and any(noun.role == "thing" and noun.ids and ids < noun.ids for noun in first):
            return "less"
        words = {*self.form.lexicon.things.kinds["person"], *COLLECTIVE, "class"}
        unknown = any(noun.role == "unknown" for noun in first) and tokens[comma - 1].text in words
        return "less" if person and unknown and comma - begin <= 3 else ""

    def _ends(self, tokens: Tokens, at: int) -> bool:
        """Whether a noun begins at a position that ends a clause."""
        ends = [end for end, noun in self.form.nouns().parse(tokens, at) if noun.role == "thing"]
        return any(end == len(tokens) or tokens[end].text in (*STOPS, ",", "and") for end in ends)


def _amount(tokens: Tokens, at: int) -> tuple[int, int]:
    """Where words for how many end that begin at a position, and how many: 0 where that is not said."""
    end, count = at, 0
    while end < len(tokens):
        word = tokens[end].text
        if word in ("both", "two") and not count:
            count = 2
        elif word in COUNTS and not count:
            count = COUNTS[word]
        elif not (word in EVERYONE and end == at) and not (word in ("the", "my", "our", "of") and (count or end > at)):
            break
        end += 1
    return (end, count) if count or (end > at and tokens[at].text in EVERYONE) else (at, 0)


def _said(tokens: Tokens, at: int, length: int) -> tuple[str, ...]:
    """Some words at a position."""
    return tuple(token.text for token in tokens[at : at + length])
