"""Guiding: somebody is shown where something is, asked to come along, or taken to somebody who is somewhere."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.language.text import STOPS
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

SHOWING = frozenset({"show", "teach"})
"""Verbs by which somebody is shown a place."""

LEADING = frozenset("guide take bring lead accompany escort walk conduct usher show see".split())
"""Verbs by which somebody is brought to a place."""

INVITING = frozenset({"ask", "tell", "invite", "get", "request"})
"""Verbs by which somebody is asked to come along."""

WAYS = (
    ("the", "way", "to"), ("how", "to", "get", "to"), ("how", "they", "get", "to"), ("round",), ("around",), ("to",),
    ("into",), (),
)  # fmt: skip
"""Words between somebody who is shown a place and the place."""

THEM = frozenset({"him", "her", "them"})
"""Somebody who was named before."""

GOING_ALONG = frozenset(
    f"{lead}{verb} {rest}".strip()
    for lead in ("", "by ")
    for who in ("him", "her", "them")
    for verb, rest in (
        ("go", f"with {who}"), ("go", f"there with {who}"), ("going", f"with {who}"), ("going", f"there with {who}"),
        ("take", f"{who} there"), ("taking", f"{who} there"), ("come", f"with {who}"), ("walk", f"there with {who}"),
        ("walk", f"with {who}"), ("accompany", who), ("accompanying", who), ("bring", f"{who} there"),
        ("lead", f"{who} there"), ("leading", f"{who} there"), ("guide", f"{who} there"), ("guiding", f"{who} there"),
    )
)  # fmt: skip
"""What is said once more of somebody who is shown a place."""

COMING = (
    "to come along with you", "to come along", "to come with you", "to come", "to follow you", "to follow",
    "to join you", "to go with you", "to walk with you", "to accompany you",
)  # fmt: skip
"""What somebody is asked for who is then brought somewhere."""


@dataclass(slots=True)
class Guiding:
    """Says plainly who is brought where.

    Attributes:
        form: Finds orders and nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens, before: Tokens) -> Tokens:
        """One sentence in which somebody is brought somewhere in plain words.

        Args:
            tokens: The sentence.
            before: The sentence before it.
        """
        bare = tuple(one for one in tokens if one.text not in ("please", ",", "and", "then", "just"))
        if self.form.said(bare) in GOING_ALONG and any(one.text in (*SHOWING, *LEADING) for one in before):
            return ()
        at = 0
        while at < len(tokens):
            if at == 0 or tokens[at - 1].text in LINKS:
                tokens = self._order(tokens, at)
            at += 1
        return tokens

    def _order(self, tokens: Tokens, at: int) -> Tokens:
        """The sentence with the order that begins at a position in plain words."""
        for verb in range(at, min(self.form.past_polite(tokens, at) + 1, len(tokens))):
            text = tokens[verb].text
            who = self.form.noun(tokens, verb + 1) if text in SHOWING | LEADING | INVITING else None
            somebody = who is not None and (self.form.person(who[1]) or tokens[verb + 1].text in THEM)
            if who is None or not somebody:
                continue
            if text in INVITING:
                return self._invited(tokens, verb, who[0])
            shown = self._shown(tokens, verb, who[0]) if text in SHOWING and self._guides(tokens, verb) else None
            return shown or self._to_somebody(tokens, verb, who[0])
        return tokens

    def _guides(self, tokens: Tokens, verb: int) -> bool:
        """Whether the robot leads people to places."""
        return self.form.does((tokens[verb].read_as("guide"), *tokens[verb + 1 :]), 0)

    def _shown(self, tokens: Tokens, verb: int, end: int) -> Tokens | None:
        """``guide Anna to the cellar`` for ``show Anna where the cellar is``, and ``show Anna the cellar``."""
        rest = tuple(token.text for token in tokens[end : end + 4])
        where = rest[:1] == ("where",)
        way = next((one for one in WAYS if rest[: len(one)] == one), ())
        begin = end + (1 if where else len(way))
        place = self.form.noun(tokens, begin) if begin < len(tokens) else None
        if place is None or not place[1].ids or self.form.person(place[1]):
            return None
        after = place[0]
        if where and (after == len(tokens) or tokens[after].text not in ("is", "are")):
            return None
        if not where and not way and not place[1].ids <= self.form.places:
            return None
        after += where
        guide, to = self.form.words("guide", tokens[verb]), self.form.words("to", tokens[begin])
        return (*tokens[:verb], *guide, *tokens[verb + 1 : end], *to, *tokens[begin : place[0]],
                *self._past_repeated(tokens, after))  # fmt: skip

    def _past_repeated(self, tokens: Tokens, at: int) -> Tokens:
        """What follows a place without what only says once more that somebody is brought there."""
        begin = at
        while begin < len(tokens) and tokens[begin].text in (*LINKS, "please"):
            begin += 1
        for end in range(min(len(tokens), begin + 4), begin + 1, -1):
            closed = end == len(tokens) or tokens[end].text in (*LINKS, *STOPS, "please")
            if closed and self.form.said(tokens[begin:end]) in GOING_ALONG:
                return tokens[end:]
        return tokens[at:]

    def _invited(self, tokens: Tokens, verb: int, end: int) -> Tokens:
        """``bring Tom to the hall`` for ``ask Tom to come along and bring him to the hall``."""
        coming = self.form.lexicon.table(COMING).longest(tokens, end)
        if coming is None or not self._guides(tokens, verb):
            return tokens
        after, who = coming[0], tokens[verb + 1 : end]
        along = self.form.said(tokens[end:after]) != "to come"  # "tell Tom to come to the hall" leads nobody
        if along and after < len(tokens) and tokens[after].text in ("to", "into") and self.form.noun(tokens, after + 1):
            return (*tokens[:verb], *self.form.words("guide", tokens[verb]), *who, *tokens[after:])
        begin = after
        while begin < len(tokens) and (tokens[begin].text in LINKS or tokens[begin].text in ("please", "then")):
            begin += 1
        order = begin > after and begin + 1 < len(tokens) and tokens[begin].text in LEADING
        if not order or tokens[begin + 1].text not in THEM:
            return tokens
        return (*tokens[:verb], tokens[begin], *who, *tokens[begin + 2 :])

    def _to_somebody(self, tokens: Tokens, verb: int, end: int) -> Tokens:
        """``take Anna to the stable`` for ``take Anna along to Tom in the stable``."""
        begin = end + (end < len(tokens) and tokens[end].text in ("along", "over", "up", "down", "back"))
        if begin + 1 >= len(tokens) or tokens[begin].text != "to":
            return tokens
        other = self.form.noun(tokens, begin + 1)
        for far, noun in self.form.nouns().parse(tokens, begin + 1):
            placed = self.form.person(noun) and far + 1 < len(tokens) and tokens[far].text in ("in", "at", "on")
            place = self.form.noun(tokens, far + 1) if placed else None
            if other is not None and place is not None and place[1].ids and place[1].ids <= self.form.places:
                return (*tokens[: begin + 1], *tokens[far + 1 :])
        return tokens
