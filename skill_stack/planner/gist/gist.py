"""Gist: what a whole text asks for, piece by piece, as clauses bound to skills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from skill_stack.planner.answers import Answer
from skill_stack.planner.gist.choosing import Choosing
from skill_stack.planner.gist.content import Content, Contents
from skill_stack.planner.gist.form import Form, Forms
from skill_stack.planner.gist.order import Order
from skill_stack.planner.gist.orders import Orders
from skill_stack.planner.gist.piece import Piece, Pieces
from skill_stack.planner.gist.shorthand import Shorthand
from skill_stack.planner.gist.spoken import Spoken
from skill_stack.planner.language.text import Token

CONDITIONS = frozenset({"if", "unless", "until", "till", "whenever", "in case", "as long as", "provided"})
"""Links after which something is only done on a condition."""

AFTERWARDS = frozenset({"when", "once", "after", "as soon as"})
"""Links before what is done first."""

ASIDE = frozenset("because|since|while|as|although|though|so that|now that|before|by the time|whereas".split("|"))
"""Links after which something is only told."""

RUNNING = frozenset((verb,) for verb in ("run", "go", "hurry", "come", "dash", "rush", "nip", "pop", "walk"))
"""Verbs that ask for haste beside what is asked for."""

BODILY = frozenset("approach displace rotate sit stand wait halt face pass go_along go_around get_away push".split())
"""Senses of verbs by which the robot itself moves."""

MOVES = frozenset({"put", "give", "take"})
"""Kinds of orders by which things come to be elsewhere."""

NO_BIDDING = frozenset(
    "the a an my our his her their your its this that these those some all both every each no not such what as of in "
    "on at for with by from to poor dear good old little only just even".split()
)
"""Words with which no instruction begins, whatever its verb."""

MOST_TOKENS = 80
"""Words of a text that is read tolerantly."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text asks for.

    Attributes:
        orders: What is asked for, in the order in which it is done.
        used: Words of the things that it is about.
        strength: How clearly it is asked for.
    """

    orders: tuple[Order, ...]
    strength: int
    used: frozenset[str] = frozenset()


@dataclass(slots=True)
class Gist:
    """Reads a text tolerantly.

    Attributes:
        pieces: Divides it.
        forms: Tells what each piece is.
        contents: Reads what stands in one.
        orders: Finds what it asks for.
        spoken: What was spoken of.
        open: What was asked back about pieces that only wish for something.
        used: Words of the things of pieces that ask for something.
    """

    pieces: Pieces
    forms: Forms
    contents: Contents
    orders: Orders
    spoken: Spoken
    open: list[Answer] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def of(self, tokens: Sequence[Token]) -> Understood | None:
        """What a text asks for; None where nothing is, or where something is not understood that matters.

        Raises:
            Answer: It may mean several things.
        """
        if len(tokens) > MOST_TOKENS:
            return None
        pieces = self.pieces.of(tokens)
        heard = self.spoken.state()
        short = Shorthand(self.forms, self.contents, self.orders, self.spoken).of(pieces, self._pleads(tokens))
        if short:
            return self._understood(short)
        self.spoken.restore(heard)
        out: list[Order] = []
        units = self._joined(pieces)
        for k, (piece, form) in enumerate(units):
            found = None if self._unread(units, k) else self._piece(piece, form)
            if found is None:
                return None
            first = piece.link in AFTERWARDS or (
                bool(piece.tokens) and piece.tokens[-1].text in ("first", "beforehand")
            )
            out = [*found, *out] if first and found and out and piece.link not in AFTERWARDS else [*out, *found]
        if not out and self.open:
            raise self.open[0]
        return self._understood(out)

    def _understood(self, orders: list[Order]) -> Understood | None:
        """What orders ask for together; None for nothing."""
        out = _unrepeated(orders, self.spoken)
        frames = self.orders.fitter.interpreter.frames.values()
        bodily = {frame.skill.name for same in frames for frame in same if frame.sense in BODILY}
        if all(one.kind == "act" and one.reading.binding.frame.skill.name in bodily for one in out):
            return None  # how a robot itself moves is read word by word: "go into the box" is not "go to the box"
        used = frozenset(self.used - self.spoken.narrowed)
        return Understood(tuple(out), max(one.strength for one in out), used) if out else None

    def _pleads(self, tokens: Sequence[Token]) -> bool:
        """Whether something is asked for without saying what: ``if you would``."""
        return any(self.pieces.tables.longest("pleas", tokens, at) > at for at in range(len(tokens)))

    def units(self, tokens: Sequence[Token]) -> list[tuple[Piece, Form]]:
        """The pieces of a text that say one thing each, with their forms."""
        return self._joined(self.pieces.of(tokens))

    def hear(self, tokens: Sequence[Token]) -> None:
        """Remembers what was said before the text that is to be read."""
        for piece, form in self.units(tokens):
            content = self.contents.of(form.tokens or piece.tokens, form.verb, form.kind == "told")
            self.spoken.hear([*([form.whose] if form.whose is not None else []), *content.mentions])

    def _joined(self, pieces: list[Piece]) -> list[tuple[Piece, Form]]:
        """The pieces with their forms; things without a verb belong to what was asked for before them."""
        out: list[tuple[Piece, Form]] = []
        for piece in pieces:
            form = self.forms.of(piece)
            last = out[-1] if out else None
            texts = [token.text for token in piece.tokens]
            if self._asks_again(piece) and last is not None and last[1].kind == "told":
                undone = self.forms.undone(last[0].tokens)
                if undone is not None:
                    out[-1] = (replace(last[0], link=""), undone)
                continue
            if piece.link == "if" and self._polite(piece):
                form = Form("idle")
            elif (
                piece.link == "if"
                and last is not None
                and self.pieces.tables.data.grateful & {token.text for token in last[0].tokens}
            ):
                piece, form = replace(piece, link=""), self.forms.of_supposed(piece.tokens)
            elif piece.link in AFTERWARDS and (done := self.forms.of_done(piece.tokens)) is not None:
                form = done
            elif texts[:2] in (["the", "one"], ["the", "ones"]) and last is not None and not piece.opens:
                form = Form("bare", piece.tokens)
                if last[1].kind == "told":
                    continue
            elif form.kind == "told" and piece.link == "and" and last is not None and last[1].kind == "end":
                if self.forms.ends(piece.tokens):
                    form = Form("end", piece.tokens)
            if piece.link == "and" and last is not None and last[1].kind == "end" and self.forms.passive(form.tokens):
                more = replace(last[1], tokens=(*last[1].tokens, *form.tokens))
                out[-1] = (replace(last[0], tokens=(*last[0].tokens, *piece.tokens)), more)
                continue
            if form.kind == "bare" and last is not None and last[1].kind == "told" and self.forms.past(last[1].tokens):
                form = Form("told", form.tokens)
            if form.kind == "bare" and out and not piece.opens and piece.link not in ASIDE:
                earlier, before = out[-1]
                then = piece.link in ("then", "and") or piece.tokens[0].text == "then"
                own = self.contents.of(form.tokens, False) if then else None
                if own is not None and before.kind == "order" and own.states and own.mentions and not own.left:
                    out.append((piece, form))  # "wait a minute, then stove off"
                    continue
                if before.kind in ("order", "end", "need", "bare") and piece.link not in ("so", "because"):
                    whole = replace(before, tokens=(*before.tokens, Token(",", 0, 0), *form.tokens))
                    out[-1] = (replace(earlier, tokens=(*earlier.tokens, *piece.tokens)), whole)
                    continue
            out.append((piece, form))
        return out

    def _unread(self, units: list[tuple[Piece, Form]], k: int) -> bool:
        """Whether a piece beside an order is one with a verb that nobody knows: ``book Ana a table and then …``."""
        piece, form = units[k]
        after = units[k + 1] if k + 1 < len(units) else None
        before = units[k - 1] if k else None
        linked = after is not None and after[0].link in ("and", "then") and after[1].kind == "order"
        linked = linked or (before is not None and piece.link in ("and", "then") and before[1].kind == "order")
        tokens = piece.tokens
        if not linked or form.kind != "told" or len(tokens) < 2 or self.forms.clause(tokens):
            return False
        spotter = self.contents.spotter
        first, second = spotter.at(tokens, 0), spotter.at(tokens, 1)
        named = second is not None and second.kind != "unknown" and not second.before
        object_ = named or tokens[1].text in ("a", "an", "the", "his", "her", "my", "our", "their")
        return object_ and (first is None or first.kind == "unknown") and tokens[0].text not in NO_BIDDING

    def _piece(self, piece: Piece, form: Form) -> list[Order] | None:
        """What one piece asks for; None where it must not be left out and is not understood."""
        content = self.contents.of(form.tokens or piece.tokens, form.verb, form.kind == "told")
        if piece.link in CONDITIONS and form.kind != "idle":
            return None
        aside = piece.link in ASIDE
        orders: list[Order] = []
        if form.kind == "barred" or (piece.link == "while" and _done(piece, form)):
            return None
        if (
            form.strength
            and not (aside and form.kind != "order")
            and not (piece.link in AFTERWARDS and form.kind != "order")
        ):
            chosen = Choosing(self.pieces.tables, self.orders.fitter, self.spoken).words(content)
            if set(content.limits) - chosen:
                return None
            self.spoken.around = [one.ids for one in content.mentions if len(one.ids) == 1]
            self.spoken.carried = any(head[0] in self.pieces.tables.data.carry for _, head in content.verbs)
            try:
                orders = self.orders.of(content, form) if piece.link != "before" else []
            except Answer as answer:
                if form.strength > 2:
                    raise
                self.open.append(answer)
            if orders:
                meant = {name for order in orders for name in (*order.themes, *order.goal)}
                self.used |= {one.words for one in content.mentions if not one.ids or meant & set(one.ids)}
            firm = form.firm and not any(one.way == "source" for one in content.mentions)
            firm = firm and any(not one.before for one in content.mentions) and not content.negated
            firm = firm and not {"nobody", "no"} & set(content.texts)
            aside = aside or (piece.link in AFTERWARDS and not orders)
            if not orders and (form.kind == "order" or firm) and not aside:
                if not self._beside(content):
                    return None
        self.spoken.hear([*([form.whose] if form.whose is not None else []), *content.mentions])
        for order in orders:
            self.spoken.groups.append(order.themes)
        if len(orders) > 1:
            self.spoken.groups.append(tuple(name for order in orders for name in order.themes))
        return orders

    def _asks_again(self, piece: Piece) -> bool:
        """Whether a piece only asks for what was told before it: ``could you do that for me``."""
        said = " ".join(token.text for token in self.pieces.tables.without_fillers(piece.tokens))
        return said.removesuffix(" for me").removesuffix(" for us") in self.pieces.tables.data.undone

    def _polite(self, piece: Piece) -> bool:
        """Whether a condition is only politeness: ``if it's not too much to ask``."""
        content = self.contents.of(piece.tokens, False)
        named = [
            one for one in content.mentions if one.kind not in ("pronoun", "unknown") and one.words not in ("me", "us")
        ]
        return not named and bool(self.pieces.tables.data.polite & {token.text for token in piece.tokens})

    def _beside(self, content: Content) -> bool:
        """Whether nothing is asked for but to be quick about it: ``run after him``."""
        verbs = {head for _, head in content.verbs}
        return verbs <= RUNNING and all(one.way == "beside" or one.kind == "person" for one in content.mentions)


def _unrepeated(orders: list[Order], spoken: Spoken) -> list[Order]:
    """Orders without those that only say again, less clearly or less exactly, what another one asks for."""
    best = max((one.strength for one in orders), default=0)
    out = [one for one in orders if one.strength >= min(best, 2)]
    out = [one for one in out if not _weaker(one, out)]
    kept: list[Order] = []
    for at, one in enumerate(out):
        later = [
            other for other in out[at + 1 :] if set(other.themes) & set(one.themes) and other.kind in ("put", "give")
        ]
        on_the_way = one.kind == "take" and bool(later)
        on_the_way |= one.kind == "put" and _handed(one, out[at + 1 : at + 2], spoken)
        on_the_way |= one.kind == "put" and any(
            spoken.inside(name, one.goal) or other.goal == one.goal for other in later for name in other.goal
        )
        fetched = one.kind == "give" and any(other.goal != one.goal for other in later) and _implied(one)
        again = any(
            (k.themes, k.goal, k.reading.binding.frame.skill) == (one.themes, one.goal, one.reading.binding.frame.skill)
            for k in kept
        )
        parts = [
            set(other.themes)
            for k, other in enumerate(out)
            if k != at and other.reading.binding.frame.skill is one.reading.binding.frame.skill
        ]
        listed = (
            len(one.themes) > 1
            and bool(parts)
            and set(one.themes) <= set().union(*(p for p in parts if p < set(one.themes)))
        )
        if not (on_the_way or fetched or again or listed):
            kept.append(one)
    return kept


def _handed(one: Order, following: list[Order], spoken: Spoken) -> bool:
    """Whether what is brought into a room is handed to somebody right afterwards."""
    room = len(one.goal) == 1 and spoken.resolver.kind(one.goal[0]) == "place"
    return room and any(other.kind == "give" and other.themes == one.themes for other in following)


def _weaker(one: Order, orders: list[Order]) -> bool:
    """Whether another order says more clearly where the same things go."""
    return one.kind in MOVES and any(
        other.strength > one.strength and other.kind in MOVES and set(other.themes) & set(one.themes)
        for other in orders
    )


def _done(piece: Piece, form: Form) -> bool:
    """Whether a piece after ``while`` is something to be done meanwhile."""
    return form.verb or piece.tokens[0].text.endswith("ing")


def _implied(order: Order) -> bool:
    """Whether nobody was named to whom something is brought."""
    words = f" {order.reading.clause.words} "
    return not any(f" {one} " in words for one in ("me", "us", "to", "here"))
