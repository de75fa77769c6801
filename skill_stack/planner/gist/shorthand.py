"""Shorthand: orders without a verb, a few words between marks: ``soup up, table one, go``, ``scope on, iron off``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from skill_stack.planner.answers import Answer
from skill_stack.planner.gist.content import Content, Contents
from skill_stack.planner.gist.form import Form, Forms
from skill_stack.planner.gist.kinds import Kinds
from skill_stack.planner.gist.maker import SWITCHING
from skill_stack.planner.gist.mention import Mention
from skill_stack.planner.gist.order import Order
from skill_stack.planner.gist.orders import Orders
from skill_stack.planner.gist.piece import Piece
from skill_stack.planner.gist.spoken import Spoken
from skill_stack.planner.language.text import Token

IT = Mention(0, 0, "it", "pronoun")
"""What was told of before."""

COMMA = Token(",", 0, 0)
"""A mark between what belongs together."""

JOINING = frozenset({"and", ","})
"""What stands between two things that are to be in a state each."""

MORE = frozenset({"too", "also", "well", "plus"})
"""Words with which more of the same is asked for."""

SPEAKERS = frozenset({"i", "we", "me", "us"})
"""Words for the one who speaks."""

SIDES = {"up": "open", "down": "closed"}
"""How a gate or a blind is open or closed."""

LINKED = frozenset({"", "and", "then", "so", "but", "plus", "now"})
"""Links of pieces that stand beside each other."""


@dataclass(slots=True)
class Shorthand:
    """Reads texts of which a part has no verb; every part must be understood.

    Attributes:
        forms: Tells what each piece is.
        contents: Reads what stands in one.
        orders: Finds what it asks for.
        spoken: What was spoken of.
        out: What is asked for so far.
        waiting: Words of which it is not clear yet what is asked for.
        goals: Where to or for whom something was asked for without saying what.
        about: Somebody of whom something was told.
        unclear: What was asked back about the words that wait.
        told: Whether something was told of that is meant where only a place or somebody is named.
        gapped: Whether it was told what was done.
        plea: Whether something was asked for without saying what.
        strange: Whether words stood by themselves that nothing here is called.
        later: Whether it is said later what is to be done with things that are named with their room.
    """

    forms: Forms
    contents: Contents
    orders: Orders
    spoken: Spoken
    out: list[Order] = field(default_factory=list)
    waiting: list[Token] = field(default_factory=list)
    goals: list[Mention] = field(default_factory=list)
    about: Mention | None = None
    told: bool = False
    gapped: bool = False
    unclear: Answer | None = None
    plea: bool = False
    strange: bool = False
    later: bool = False

    def of(self, pieces: Sequence[Piece], plea: bool = False) -> list[Order] | None:
        """What the pieces of a text ask for; None where one of them has another form, or is not understood.

        Args:
            pieces: The pieces of a text.
            plea: Whether somewhere something is asked for without saying what.

        Raises:
            Answer: It may mean several things.
        """
        read = [(piece, self.forms.of(piece)) for piece in pieces]
        if not any(form.kind == "bare" and piece.link in LINKED for piece, form in read):
            return None
        self.plea = plea
        self.later = any(piece.link == "" and self._done_with(form) for piece, form in read)
        for piece, form in read:
            if not self._take(piece, form):
                return None
        return self.out if self._finish() and self.out else None

    def _take(self, piece: Piece, form: Form) -> bool:
        """Reads the next piece; whether it was understood."""
        if form.kind == "idle":
            self.plea = self.plea or self.forms.pleads(piece)
            return True
        if form.kind == "told":
            return self._tell(piece, form)
        if form.kind == "bare" and self.gapped:
            return False  # "the stew was for Tess, the cider for Ben"
        if form.kind == "bare" and piece.link in LINKED:
            more = bool(MORE & {token.text for token in piece.tokens}) or piece.link == "and"
            return all(self._bare(one, _side(piece), more) for one in self._stretches(form.tokens))
        return piece.link in LINKED and form.strength > 0 and self._ordered(form)

    def _tell(self, piece: Piece, form: Form) -> bool:
        """Hears what is only told; whether it is a clause or says nothing of what is here."""
        content = self.contents.of(form.tokens or piece.tokens, False, True)
        clause = self.forms.clause(form.tokens or piece.tokens)
        if not clause and any(one.words not in ("me", "us", "i", "we", "it") for one in content.mentions):
            return False
        if not clause and any(self.forms.tables.own(head) for _, head in content.verbs):
            return False  # "rye, sliced, for Anna"
        self.strange = self.strange or (not clause and bool(content.left))
        self.spoken.hear(content.mentions)
        self.gapped = self.gapped or (not self.plea and self.forms.past(form.tokens))
        things = [one for one in content.mentions if one.kind == "thing" and not one.before]
        people = [one for one in content.mentions if one.kind == "person" and not one.before and len(one.ids) == 1]
        self.about = people[0] if people and people[0].words not in SPEAKERS else self.about
        self.told = self.told or bool(things)
        return True

    def _stretches(self, tokens: Sequence[Token]) -> Iterator[list[Token]]:
        """The parts of a piece that have a state each: ``lamp on and door shut``."""
        content = self.contents.of(tokens, False)
        ends = [at + 1 for at, _ in content.states]
        begin = 0
        for end in ends:
            if end < len(tokens) and tokens[end].text in JOINING:
                yield list(tokens[begin:end])
                begin = end + 1
        yield list(tokens[begin:])

    def _bare(self, tokens: list[Token], side: str, more: bool) -> bool:
        """Reads words without a verb: by themselves, or with those that wait before them.

        Args:
            tokens: The words.
            side: What ``up`` or ``down`` at their end may mean for a door.
            more: Whether more of the same is asked for: ``cheddar too``.
        """
        for words in (tokens, [*self.waiting, COMMA, *tokens] if self.waiting else []):
            try:
                found = self._orders(words, side, more and words is tokens) if words else []
            except Answer as answer:
                self.unclear = answer
                continue
            if found:
                if words is tokens and self.waiting and not self._finish():
                    return False
                self.waiting, self.unclear = [], None
                self._add(found)
                return True
        self.waiting = [*self.waiting, COMMA, *tokens] if self.waiting else tokens
        return True

    def _orders(self, tokens: list[Token], side: str = "", more: bool = False) -> list[Order]:
        """What words without a verb ask for by themselves."""
        content = self.contents.of(tokens, False)
        if content.negated or content.left:
            return []
        content.mentions = _with_it(_apposed(content.mentions, self.spoken))
        if self.later and content.mentions and content.mentions[-1].kind == "place" and not content.states:
            return []  # "whiteboard, lab, clean it"
        self.spoken.around = [one.ids for one in content.mentions if len(one.ids) == 1]
        form = Form("bare", tuple(tokens))
        found = self.orders.of(content, form)
        if not found and side and not content.states:
            found = self.orders.of(replace(content, states=[(len(tokens), side)]), form)
        if not found and more and self.out and self.out[-1].goal:
            goal = Mention(len(tokens), len(tokens), "there", "thing", self.out[-1].goal, way="goal", before="to")
            found = self.orders.of(replace(content, mentions=[*content.mentions, goal]), form)
        return found

    def _ordered(self, form: Form) -> bool:
        """Reads a piece with a verb: with what waits before it, else by itself."""
        content = self.contents.of(form.tokens, form.verb)
        if content.limits or content.negated:
            return False
        if [token.text for token in form.tokens] == ["leave"]:
            self.waiting = []
            return True
        if self.out and self._only_again(content):
            return True
        self.spoken.around = [one.ids for one in content.mentions if len(one.ids) == 1]
        if self.waiting:
            before = self.contents.of(self.waiting, False)
            whom = [one for one in content.mentions if one.kind != "pronoun" or (one.before and one.words != "there")]
            here = self._where_they_are(before.mentions) if any(one.kind == "pronoun" for one in whom) else None
            named = whom if here else [one for one in content.mentions if one.kind != "pronoun"]
            whole = replace(content, mentions=[*(here or before.mentions), *named],
                            words=f"{before.words} {content.words}", texts=(*before.texts, *content.texts))  # fmt: skip
            found = self.orders.of(whole, form) or self._orders(self.waiting)
            if found:
                self.waiting = []
                self._add(found)
                return True
            self.spoken.hear(before.mentions)
        found = self.orders.of(content, form)
        self.spoken.hear(content.mentions)
        if found:
            self.waiting = []
            self._add(found)
            return True
        self.plea = True
        self.goals = [one for one in content.mentions if one.way == "goal" or one.kind == "person"]
        return all(one.kind in ("pronoun", "person") for one in content.mentions)

    def _where_they_are(self, mentions: Sequence[Mention]) -> list[Mention] | None:
        """Things whose place is named behind them, as the things from there: ``my glasses, the desk, …``."""
        thing, places = next(iter(mentions), None), mentions[1:]
        if thing is None or thing.kind != "thing" or len(thing.ids) != 1 or not places:
            return None
        if not all(len(one.ids) == 1 and self.spoken.inside(thing.ids[0], one.ids) for one in places):
            return None
        self.spoken.hear([thing])
        return [thing, *(replace(one, before="from", way="source") for one in places)]

    def _turned(self, content: Content, named: Sequence[Mention]) -> list[Order]:
        """What is done with a thing that is asked for and is off or closed now: ``extractor fan, please``."""
        if len(named) != 1 or len(named[0].ids) != 1 or named[0].kind != "thing":
            return []
        facts = {fact.predicate for fact in self.spoken.resolver.facts if fact.arguments == named[0].ids}
        states = [state for fact, state in (("off", "on"), ("closed", "open")) if fact in facts]
        ends = [(len(content.texts), state) for state in states]
        return self.orders.of(replace(content, mentions=list(named), states=ends), Form("bare", ())) if ends else []

    def _finish(self) -> bool:
        """Reads what still waits; whether it was understood."""
        if not self.waiting:
            return True
        if self.unclear is not None:
            raise self.unclear
        content = self.contents.of(self.waiting, False)
        self.waiting = []
        named = _with_it(content.mentions)
        if self._restates(named):
            return True
        if self.goals and named and not any(one.before for one in named):
            named = [*named, *self.goals]
            found = self.orders.of(replace(content, mentions=named), Form("bare", ()))
            self._add(found)
            return bool(found)
        if content.left or content.negated or content.limits:
            return False
        if self.told and named and not any(one.before for one in named):
            found = self.orders.of(replace(content, mentions=[IT, *named]), Form("bare", ()))
            if found:
                self._add(found)
                return True
        kinds = Kinds(self.orders.types, self.spoken.resolver)
        carried = [one for one in named if one.kind == "thing" and one.ids and not all(map(kinds.holds, one.ids))]
        if self.plea and named and carried == named and self.about is not None:
            found = self.orders.of(replace(content, mentions=[self.about, *named]), Form("bare", ()))
            if found:
                self._add(found)
                return True
        if self.plea and (turned := self._turned(content, named)):
            self._add(turned)
            return True
        if self.plea and named and carried == named and not self.strange:
            fetched = replace(content, mentions=named, verbs=[(0, ("bring",))])
            found = self.orders.of(fetched, Form("order", (), verb=True))
            self._add(found)
            return bool(found)
        self.spoken.hear(named)
        return bool(self.out) and all(one.kind == "person" for one in named)

    def _done_with(self, form: Form) -> bool:
        """Whether a piece says what is to be done with things named before it: ``clean it``."""
        if form.kind != "order":
            return False
        content = self.contents.of(form.tokens, form.verb)
        own = all(self.forms.tables.own(head) for _, head in content.verbs)
        switching = any(head[0] in SWITCHING for _, head in content.verbs)
        return own and not switching and [one.words for one in content.mentions] in (["it"], ["them"])

    def _only_again(self, content: Content) -> bool:
        """Whether nothing is asked for but what was asked for already: ``toilets, Emil, take him``."""
        moved = self.out[-1].kind in ("give", "put", "guide")
        pronouns = all(one.kind == "pronoun" and one.words != "there" for one in content.mentions)
        again = bool(content.verbs) and not any(self.forms.tables.own(head) for _, head in content.verbs)
        return moved and pronouns and again and not content.states

    def _restates(self, named: Sequence[Mention]) -> bool:
        """Whether words only say again of which thing was spoken: ``in the bin, the used one``."""
        meant = {name for order in self.out for name in order.themes}
        return bool(named) and all(one.words.endswith((" one", " ones")) and set(one.ids) & meant for one in named)

    def _add(self, found: list[Order]) -> None:
        """Adds what is asked for, and remembers what it is about."""
        self.out += found
        for order in found:
            self.spoken.groups += [one for one in (order.goal, order.themes) if one]


def _with_it(mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions with ``bin with it`` as ``it to the bin``."""
    out = list(mentions)
    if len(out) > 1 and out[-1].before == "with" and out[-1].kind == "pronoun" and out[-2].kind != "pronoun":
        goal = out[-2] if out[-2].before else replace(out[-2], before="to", way="goal")
        out = [*out[:-2], replace(out[-1], before="", way=""), goal]
    return out


def _side(piece: Piece) -> str:
    """The state of a door or blind that a piece ends with: ``roller gate up``."""
    return SIDES.get(piece.tokens[-1].text, "")


def _apposed(mentions: Sequence[Mention], spoken: Spoken) -> list[Mention]:
    """Mentions without those that only say which one was meant: ``in the fridge, the pharmacy one``."""
    out: list[Mention] = []
    for one in mentions:
        last = out[-1] if out else None
        if one.words.endswith((" one", " ones")) and one.noun is None and not one.before:
            at = next((k for k in range(len(out) - 1, -1, -1) if set(out[k].ids) & set(one.ids)), -1)
            if at >= 0:
                out[at] = replace(out[at], ids=tuple(name for name in out[at].ids if name in one.ids))
                continue
        if last is not None and len(last.ids) > 1 and not last.many and one.ids and not one.before:
            there = tuple(n for n in last.ids if n in one.ids or spoken.inside(n, one.ids))
            if 0 < len(there) < len(last.ids):
                out[-1] = replace(last, ids=there)
                continue
        out.append(one)
    return out
