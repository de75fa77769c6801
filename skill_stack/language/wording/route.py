"""Route: a way that is told by what lies along it, as places one after the other: ``turn left at the sofa``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.staying import BETWEEN_ROOMS
from skill_stack.language.wording.order_form import LINKS, OrderForm, Tokens

SIDES = {"left": "right", "right": "left"}
"""Sides, each with the one on which something is passed that is kept on it."""


@dataclass(slots=True)
class Route:
    """Says plainly where a way leads.

    Attributes:
        form: Finds verbs and nouns.
        notes: Takes what was left out, for people.
    """

    form: OrderForm
    notes: list[str]

    def of(self, tokens: Tokens) -> Tokens:
        """One sentence whose ways are told by places one after the other.

        Args:
            tokens: The sentence.
        """
        at, out, moved = 0, list[Tokens](), False
        while at < len(tokens):
            end = next((k for k in range(at, len(tokens)) if tokens[k].text in LINKS and k > at), len(tokens))
            clause, cut = tokens[at:end], self._cut(tokens, end)
            begin = self.form.past_polite(tokens, cut)
            turns = begin < len(tokens) and self.form.at("turning", tokens, begin) is not None
            plain = self._clause(clause, moved, turns)
            onward = moved or self._moves(clause) is not None or bool(plain and self._moves(plain) is not None)
            if not plain and clause and self._left(clause, tokens[cut:]):
                self.notes.append(f"'{self.form.said(clause)}' is part of the way")
            else:
                out += [plain or clause, tokens[end:cut]]
            at, moved = cut, onward
        joined = tuple(token for part in out for token in part)
        return joined if self.form.said(joined) != self.form.said(tokens) else tokens

    def _cut(self, tokens: Tokens, at: int) -> int:
        """Where the next clause begins behind marks and links."""
        while at < len(tokens) and tokens[at].text in LINKS:
            at += 1
        return at

    def _moves(self, clause: Tokens) -> int | None:
        """Where the words end by which a clause begins that tells where to go."""
        at = self.form.past_polite(clause, 0)
        return self.form.at("moving", clause, at) if at < len(clause) else None

    def _clause(self, clause: Tokens, moved: bool, turns: bool) -> Tokens:
        """One clause in plain words; empty where it is plain.

        Args:
            clause: The clause.
            moved: Whether the one before goes somewhere.
            turns: Whether the one behind it goes on with the way.
        """
        at = self.form.past_polite(clause, 0)
        if at + 1 >= len(clause):
            return ()
        ways = self._turned(clause, at) or self._kept(clause, at) or self._entered(clause, at)
        ways = ways or self._along(clause, at) or self._by_way(clause, at) or self._beyond(clause, at)
        ways = ways or (self._after(clause, at) if turns else ())
        if not ways and moved and self.form.at("path", clause, at) is not None and self._ends(clause, at):
            ways = (*self.form.words("go", clause[at]), *clause[at:])
        return (*clause[:at], *ways) if ways else ()

    def _ends(self, clause: Tokens, at: int) -> bool:
        """Whether a clause is a preposition of a way and a thing alone: ``past the plant``."""
        after = self.form.at("path", clause, at)
        noun = self.form.noun(clause, after) if after is not None and after < len(clause) else None
        return noun is not None and noun[0] == len(clause)

    def _named(self, clause: Tokens, at: int) -> tuple[int, Noun] | None:
        """A thing or place that is named at a position, with its end."""
        found = self.form.noun(clause, at) if at < len(clause) else None
        return found if found is not None and found[1].role == "thing" and not self.form.person(found[1]) else None

    def _turned(self, clause: Tokens, at: int) -> Tokens:
        """``turn left at the sofa``: going there first, or past it."""
        begin = self.form.at("turning", clause, at)
        if begin is None or begin >= len(clause) or clause[begin].text not in SIDES:
            return ()
        for words, past in (("turning_at", False), ("turning_past", True)):
            after = self.form.at(words, clause, begin + 1)
            noun = self._named(clause, after) if after is not None else None
            if after is None or noun is None or noun[0] != len(clause):
                continue
            first = "pass" if past and self.form.does(self.form.words("pass", clause[at]), 0) else "go to"
            return (
                *self.form.words(first, clause[at]), *clause[after:],
                *self.form.words(f", then turn {clause[begin].text}", clause[at]),
            )  # fmt: skip
        return ()

    def _after(self, clause: Tokens, at: int) -> Tokens:
        """``after the sofa, turn right``: past the sofa first."""
        after = self.form.at("turning_past", clause, at)
        noun = self._named(clause, after) if after is not None else None
        if after is None or noun is None or noun[0] != len(clause):
            return ()
        first = "pass" if self.form.does(self.form.words("pass", clause[at]), 0) else "go to"
        return (*self.form.words(first, clause[at]), *clause[after:])

    def _kept(self, clause: Tokens, at: int) -> Tokens:
        """``pass the plant on your left``: on the plant's right, as seen from here."""
        tails = {"pass": KEPT_PASSING, "keep": KEPT, "leave": KEPT, "have": KEPT}.get(clause[at].text)
        for end, noun in self.form.nouns().parse(clause, at + 1) if tails else ():
            rest = clause[end:]
            side = next((one.text for one in rest if one.text in SIDES), "")
            if noun.role == "thing" and side and self.form.said(rest).replace(side, "side") in (tails or ()):
                return (
                    *self.form.words("pass", clause[at]), *clause[at + 1 : end],
                    *self.form.words(f"on its {SIDES[side]}", clause[at]),
                )  # fmt: skip
        return ()

    def _entered(self, clause: Tokens, at: int) -> Tokens:
        """``enter the kitchen``, ``take the second door``: going there, where no skill is called so."""
        after = self.form.at("entering", clause, at)
        taken = clause[at].text in ("take", "use", "choose") and not self._door(clause, at + 1)
        if after is None or taken or self.form.does(clause, at) and not clause[at].text == "take":
            return ()
        noun = self._named(clause, after)
        room = noun is not None and (self._room(noun[1]) or self._door(clause, after))
        if noun is None or not room:
            return ()
        rest = clause[noun[0] :]
        onward = self._onward(rest)
        if rest and (not onward or clause[at].text == "take"):  # "take the lift to the second floor"
            return ()
        return (*self.form.words("go to", clause[at]), *clause[after : noun[0]], *onward)

    def _door(self, clause: Tokens, at: int) -> bool:
        """Whether a thing that leads from room to room is named at a position."""
        noun = self._named(clause, at)
        return noun is not None and bool(BETWEEN_ROOMS & {one.text for one in clause[at : noun[0]]})

    def _room(self, noun: Noun) -> bool:
        """Whether a noun means a room or another place."""
        return bool(noun.ids) and noun.ids is not None and noun.ids <= self.form.places

    def _along(self, clause: Tokens, at: int) -> Tokens:
        """``walk down the corridor to the printer``: by way of the corridor."""
        begin = self.form.at("moving", clause, at)
        after = self.form.at("through", clause, begin) if begin is not None else None
        if clause[at].text in ("follow", "cross"):
            after = at + 1
        if after is None or self._skill(clause, at, after):
            return ()
        noun = self._named(clause, after)
        if noun is None or not (self._room(noun[1]) or clause[noun[0] - 1].text in BETWEEN_ROOMS):
            return ()
        onward = self._onward(clause[noun[0] :])
        if clause[noun[0] :] and not onward:
            return ()
        return (*self.form.words("go to", clause[at]), *clause[after : noun[0]], *onward)

    def _by_way(self, clause: Tokens, at: int) -> Tokens:
        """``go to the office through the corridor``: to the corridor first."""
        begin = self.form.at("moving", clause, at)
        goal = self.form.at("onward", clause, begin) if begin is not None else None
        for end, noun in self.form.nouns().parse(clause, goal) if goal is not None else ():
            after = self.form.at("through", clause, end) if noun.role == "thing" and end < len(clause) else None
            way = self._named(clause, after) if after is not None else None
            if after is not None and way is not None and way[0] == len(clause) and self._room(way[1]):
                first = (*self.form.words("go to", clause[at]), *clause[after:])
                return (*first, *self.form.words(", then", clause[at]), *clause[at:end])
        return ()

    def _skill(self, clause: Tokens, at: int, after: int) -> bool:
        """Whether a skill of the robot is asked for by verb and preposition together: ``walk along``."""
        return self.form.skill_end(clause, at) == after and clause[at].text not in ("follow", "cross")

    def _onward(self, rest: Tokens) -> Tokens:
        """``to the printer`` behind a way, as the next place; empty for other words."""
        if not rest:
            return ()
        after = self.form.at("onward", rest, 0)
        noun = self._named(rest, after) if after is not None else None
        if after is None or noun is None or noun[0] != len(rest):
            return ()
        return (*self.form.words(", then go to", rest[0]), *rest[after:])

    def _beyond(self, clause: Tokens, at: int) -> Tokens:
        """``drive two metres past the sofa``: past it, and then as far."""
        begin = self.form.at("moving", clause, at)
        if begin is None:
            return ()
        for end, amount in self.form.quantities.amount(clause, begin):
            after = self.form.at("beyond", clause, end) if end < len(clause) else None
            noun = self._named(clause, after) if after is not None and amount.unit == "m" else None
            if after is None or noun is None or noun[0] != len(clause):
                continue
            first = "pass" if self.form.does(self.form.words("pass", clause[at]), 0) else "go to"
            return (
                *self.form.words(first, clause[at]), *clause[after:],
                *self.form.words(", then move forward", clause[at]), *clause[begin:end],
            )  # fmt: skip
        return ()

    def _left(self, clause: Tokens, rest: Tokens) -> bool:
        """Whether a clause only says that a room is left, or a thing not minded, on a way that goes on."""
        at = self.form.past_polite(clause, 0)
        after = self.form.at("exiting", clause, at) if at < len(clause) else None
        begin = self.form.past_polite(rest, 0)
        if after is None or begin >= len(rest) or self.form.at("moving", rest, begin) is None:
            return False
        if self.form.does(clause, at) and clause[at].text not in ("get", "go", "come", "step", "walk"):
            return False
        if self.form.said(clause[after:]) in ROOMS_HERE:
            return True
        noun = self._named(clause, after)
        return noun is not None and noun[0] == len(clause) and self._room(noun[1])


ROOMS_HERE = frozenset(
    f"{which} {what}" for which in ("the", "this") for what in ("room", "building", "place", "area", "house", "flat")
)
"""Rooms that have no name of their own where one is left."""

KEPT_PASSING = frozenset(
    f"{how}{prep} your side{tail}" for how in ("", "keeping it ", "leaving it ", "with it ", "having it ")
    for prep in ("on", "to", "at") for tail in ("", " hand side", " side")
)  # fmt: skip
"""Ends of a clause about passing something, with ``side`` for left or right."""

KEPT = frozenset(
    f"{prep} your side{tail}" for prep in ("on", "to", "at")
    for tail in ("", " as you pass it", " when you pass it", " while you pass it", " while passing it", " as you pass")
)  # fmt: skip
"""Ends of a clause about keeping something on one side, with ``side`` for left or right."""
