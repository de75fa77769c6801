"""Ordering: orders in the order in which they are done, whatever words say which one comes first."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.wording.duty import Duty
from skill_stack.language.wording.naming import Naming
from skill_stack.language.wording.order_form import LINKS, OrderForm, Tokens, unlinked, unlinked_end
from skill_stack.language.words.text import STOPS

BEEN = (["has", "been"], ["have", "been"])
"""Verbs of what is done by then: ``when the table has been cleared``."""

MAY = (["should", "you"], ["may", "you"], ["can", "you"], ["must", "you"])
"""Verbs before an order that only counts by then: ``not until you have swept should you mop``."""

BUT_FIRST = ("but first", "but before that")
"""Words before what comes first that the grammar reads by itself."""

CAN_BE = (["can", "be"], ["may", "be"])
"""Verbs of what may be done by then."""

FORBIDDING = (["do", "not"], ["never"])
"""Words before an order that is not to be carried out yet."""

AFTERWARDS = ("then", "after that", "afterwards", "next", "only then", "after this", "thereafter")
"""Words before what is done after something else."""

CARRYING = frozenset("take bring give hand put carry deliver get pass serve place move".split())
"""Verbs by which something is brought where it was said to go."""

LEAVING = frozenset({"leave", "go", "finish", "stop"})
"""Verbs of what a robot does afterwards in any case."""


@dataclass(slots=True)
class Ordering:
    """Puts orders in the order in which they are done.

    Attributes:
        form: Finds orders and nouns.
    """

    form: OrderForm

    @property
    def naming(self) -> Naming:
        """What says by name what was named before."""
        return Naming(self.form)

    def first(self, tokens: Tokens) -> Tokens:
        """A text without ``first`` behind an order, and without a reason behind that, where another one follows.

        Args:
            tokens: The text.
        """
        then = self.form.lexicon.table(AFTERWARDS)
        for at in range(2, len(tokens) - 2):
            plain = tokens[at].text == "first" and tokens[at - 1].text not in LINKS | STOPS
            if not plain or tokens[at + 1].text not in LINKS or self._begun(tokens, at) is None:
                continue
            stop = next((k for k in range(at, len(tokens)) if tokens[k].text in STOPS), len(tokens))
            links = (k for k in range(at + 1, stop - 1) if tokens[k].text in LINKS and tokens[k - 1].text not in LINKS)
            for cut in links:
                after = cut
                while after < stop and tokens[after].text in LINKS - {"then"}:
                    after += 1
                if then.longest(tokens, after) is not None:
                    return (*tokens[:at], *tokens[cut:])
        return tokens

    def last(self, tokens: Tokens) -> Tokens:
        """A text with the order at its end of which is said that it comes last: ``close the door last; first …``.

        Args:
            tokens: The text.
        """
        tokens = self._lastly(self._beforehand(self._but_first(tokens)))
        for at in range(2, len(tokens)):
            end = self.form.at("at_last", tokens, at)
            if end is None or end >= len(tokens) or tokens[end].text not in LINKS | STOPS:
                continue
            if tokens[at - 1].text in LINKS | STOPS:
                continue  # "…; finally, mop the floor"
            begin = self._begun(tokens, at)
            rest = unlinked(tokens[end:])
            first = self.form.at("at_first", rest, 0) or 0
            rest = self._started(unlinked(rest[first:]))
            if begin is None or at < begin + 2 or not self.form.begins(rest, 0):
                continue
            moved = unlinked(tokens[begin:at])
            cut = next((k for k in range(len(rest)) if rest[k].text in LINKS | STOPS), len(rest))
            rest = (*self.naming.named(moved, rest[:cut]), *rest[cut:])
            return (*tokens[:begin], *rest, *self.form.words(". then", moved[0]), *moved)
        return tokens

    def retold(self, tokens: Tokens) -> Tokens:
        """``slice the bread, then give it to Ana`` for ``it goes to Ana, and slice it before you take it to her``.

        Args:
            tokens: The text.
        """
        for at in range(4, len(tokens) - 3):
            again = tokens[at + 2].text in CARRYING and tokens[at + 3].text in ("it", "them")
            begin = self._begun(tokens, at) if again and _texts(tokens[at : at + 2]) == ["before", "you"] else None
            end = self._back(tokens, begin) if begin else 0
            first = max((k + 1 for k in range(end) if tokens[k].text in STOPS), default=0)
            moved = self._moved(tokens[first:end]) if begin and first < end else ()
            if moved:
                stop = next((k for k in range(at, len(tokens)) if tokens[k].text in LINKS | STOPS), len(tokens))
                order = self.naming.named(tokens[first:end], unlinked(tokens[begin:at]))
                return (*tokens[:first], *order, *self.form.words(", then", tokens[at]), *moved, *tokens[stop:])
        return tokens

    def _moved(self, tokens: Tokens) -> Tokens:
        """The order to bring something somewhere: itself, or ``the bread goes to Ana``; nothing for others."""
        verb = self.form.verb_of(tokens, 0)
        if verb is not None and tokens[verb].text in CARRYING:
            return tokens if next(self.naming.goals(tokens), None) is not None else ()
        thing = self.form.noun(tokens, 0)
        goes = self.form.at("going", tokens, thing[0]) if thing is not None else None
        goal = self.form.noun(tokens, goes + 1) if goes is not None and goes + 1 < len(tokens) else None
        if thing is None or goes is None or goal is None or tokens[goes].text not in ("to", "in", "into", "on", "onto"):
            return ()
        what = "give" if self.form.person(goal[1]) else "bring" if tokens[goes].text == "to" else "put"
        return (*self.form.words(what, tokens[0]), *tokens[: thing[0]], *tokens[goes:])

    def _but_first(self, tokens: Tokens) -> Tokens:
        """``lead Ana home, but first give her the key`` with her name, where she is spoken of only afterwards."""
        for at in range(3, len(tokens)):
            end = self.form.at("but_first", tokens, at) if tokens[at - 1].text in LINKS | STOPS else None
            end = end + 1 if end is not None and end < len(tokens) and tokens[end].text == "," else end
            begin = self._begun(tokens, self._back(tokens, at)) if end is not None else None
            if end is None or begin is None or not self.form.begins(tokens, end):
                continue
            cut = next((k for k in range(end, len(tokens)) if tokens[k].text in LINKS | STOPS), len(tokens))
            order = unlinked(tokens[begin:at])
            named = self.naming.named(order, tokens[end:cut])
            if named != tokens[end:cut] or self.form.said(unlinked(tokens[at:end])) not in BUT_FIRST:
                then = self.form.words(", then", order[0])
                return (*tokens[:begin], *named, *then, *order, *tokens[cut:])
        return tokens

    def _beforehand(self, tokens: Tokens) -> Tokens:
        """``close the fridge; put the apple in it before that`` in the order in which it is done."""
        for at in range(5, len(tokens)):
            end = self.form.at("before_that", tokens, at)
            begin = self._begun(tokens, at) if end is not None and tokens[at - 1].text not in LINKS | STOPS else None
            while end is not None and end + 1 < len(tokens) and self.form.said(tokens[end : end + 2]) == ", though":
                end += 2
            closed = end is not None and (end == len(tokens) or tokens[end].text in LINKS | STOPS)
            if end is None or begin is None or begin < 3 or not closed:
                continue
            first = self._begun(tokens, self._back(tokens, begin))
            first = self._begun_before(tokens, self._back(tokens, begin)) if first is None else first
            if first is None or first == begin:
                continue
            order = unlinked(tokens[first : self._back(tokens, begin)])
            earlier = self.naming.named(order, tokens[begin:at])
            then = self.form.words(", then", order[0])
            return (*tokens[:first], *earlier, *then, *order, *tokens[end:])
        return tokens

    def _begun_before(self, tokens: Tokens, at: int) -> int | None:
        """Where the sentence begins that ends at a position, where it is an order."""
        begin = max((k + 1 for k in range(at) if tokens[k].text in STOPS), default=0)
        return begin if self.form.begins(tokens, begin) else None

    def _started(self, tokens: Tokens) -> Tokens:
        """``wipe the table`` for ``wiping the table``, which somebody starts by."""
        base = Duty(self.form).base(tokens, 0) if tokens and tokens[0].text.endswith("ing") else ""
        return (tokens[0].read_as(base), *tokens[1:]) if base else tokens

    def _lastly(self, tokens: Tokens) -> Tokens:
        """``call a taxi last; first …`` for ``last of all call a taxi; first …``."""
        for at in range(len(tokens) - 2):
            end = self.form.at("at_last", tokens, at) if not at or tokens[at - 1].text in STOPS else None
            begin = end + (tokens[end].text == ",") if end is not None and end < len(tokens) else None
            if begin is None or begin >= len(tokens):
                continue
            cuts = (k for k in range(begin, len(tokens)) if tokens[k].text in LINKS | STOPS)
            cut = next(cuts, len(tokens))
            after = self._past(tokens, cut)
            if self.form.at("at_first", tokens, after) is not None:
                last = self.form.words("last", tokens[at])
                return (*tokens[:at], *tokens[begin:cut], *last, *tokens[cut:])
        return tokens

    def _past(self, tokens: Tokens, at: int) -> int:
        """The position behind marks and links."""
        while at < len(tokens) and tokens[at].text in LINKS | STOPS:
            at += 1
        return at

    def _back(self, tokens: Tokens, at: int) -> int:
        """The position before marks and links."""
        while at and tokens[at - 1].text in LINKS | STOPS:
            at -= 1
        return at

    def of(self, tokens: Tokens) -> Tokens:
        """One sentence with what is done first in front: ``open the curtain after you have swept the stage``.

        Args:
            tokens: The sentence.
        """
        return self._fronted(tokens) or self._behind(tokens) or tokens

    def _fronted(self, tokens: Tokens) -> Tokens:
        """A sentence that begins with what was done before an order, or what comes after it; nothing for others."""
        start = 1 if tokens and tokens[0].text in ("please", "but", "and", "only", "so") else 0
        for cut in range(start + 3, len(tokens) - 1):
            comma = tokens[cut].text == ","
            if _texts(tokens[cut : cut + 2]) in MAY and self.form.begins(tokens, cut + 2):
                earlier = self._earlier(tokens[start:cut])
                if earlier:
                    return (*earlier, *self.form.words(", then", tokens[cut]), *tokens[cut + 2 :])
            order = tokens[cut + comma :]
            if comma and not self.form.begins(order, 0):
                order = self._permitted(order)
            begins = bool(order) and (self.form.begins(order, 0) or (comma and self.form.does(order, 0)))
            if not begins or not (comma or tokens[cut - 1].text != "and"):
                continue
            if not comma and (tokens[cut].text == "back" or not self.form.inside(tokens, cut)):
                continue
            earlier = self._earlier(tokens[start:cut])
            if earlier:
                return (*earlier, *self.form.words(", then", tokens[cut]), *order)
            if self._parting(tokens[start:cut]):
                return order
            later = self._later(tokens[start:cut])
            if later:
                return (*self.naming.named(later, order), *self.form.words(", then", tokens[cut]), *later)
        return ()

    def _behind(self, tokens: Tokens) -> Tokens:
        """A sentence in which what is done before an order is said behind it; nothing for others."""
        for at in range(2, len(tokens) - 1):
            begin = self._begun(tokens, at) if self._hinted(tokens, at) else None
            if begin is None:
                continue
            order = unlinked(tokens[begin:at])
            forbidden = next((len(one) for one in FORBIDDING if _texts(order[: len(one)]) == one), 0)
            for end in self._ends(tokens, at):
                earlier = self._earlier(tokens[at:end], bool(forbidden))
                if earlier:
                    named = self.naming.named(order, earlier)
                    then = self.form.words(", then", tokens[at])
                    return (*tokens[:begin], *named, *then, *order[forbidden:], *tokens[end:])
        return ()

    def _hinted(self, tokens: Tokens, at: int) -> bool:
        """Whether words may begin at a position that say what was done before."""
        names = ("done_before", "doing_before", "been_before", "not_until", "been_until")
        return any(self.form.at(name, tokens, at) is not None for name in names)

    def _ends(self, tokens: Tokens, at: int) -> list[int]:
        """Where words may end that begin at a position: before another order, and at the end of the sentence."""
        links = (k for k in range(at + 2, len(tokens)) if tokens[k].text in LINKS)
        another = [k for k in links if self.form.begins(tokens, k + 1) and not Duty(self.form).base(tokens, k + 1)]
        return [*another[:1], len(tokens)]

    def _begun(self, tokens: Tokens, at: int) -> int | None:
        """Where the order begins that ends at a position; None where none does."""
        end = at
        while end > 0 and tokens[end - 1].text in LINKS:
            end -= 1
        for k in range(end - 1, -1, -1):
            if tokens[k].text in STOPS:
                return None
            if k and tokens[k - 1].text not in LINKS | STOPS:
                continue
            forbidden = next((len(one) for one in FORBIDDING if _texts(tokens[k : k + len(one)]) == one), 0)
            if self.form.begins(tokens, k + forbidden) or self.form.does(tokens, k + forbidden):
                return k
        return None

    def _earlier(self, tokens: Tokens, forbidden: bool = False) -> Tokens:
        """The order of what was done by then; nothing where words say no such thing.

        Args:
            tokens: The words.
            forbidden: Whether the other order is not to be carried out until then.
        """
        begin = self.form.at("not_until" if forbidden else "done_before", tokens, 0)
        if begin is not None:
            return self._active(unlinked_end(tokens[begin:]))
        begin = None if forbidden else self.form.at("doing_before", tokens, 0)
        if begin is not None and tokens[begin : begin + 1] and tokens[begin].text.endswith("ing"):
            return self._active(unlinked_end(tokens[begin:]))
        begin = self.form.at("been_until" if forbidden else "been_before", tokens, 0)
        if begin is None:
            return ()
        done = unlinked_end(tokens[begin:])
        return self._handed(done) or self._passive(done)

    def _later(self, tokens: Tokens) -> Tokens:
        """The order of what comes after another one: ``before you weigh the dog``."""
        begin = self.form.at("done_after", tokens, 0)
        order = tokens[begin:] if begin is not None else ()
        if begin is None:
            begin = self.form.at("doing_after", tokens, 0)
            doing = begin is not None and tokens[begin : begin + 1] and tokens[begin].text.endswith("ing")
            order = self._active(tokens[begin:]) if doing else ()
        order = unlinked_end(order)
        known = bool(order) and self.form.verb(order, 0) and order[0].text not in self.form.lexicon.wording.no_later
        return order if known and self.naming.thing(order[1:]) else ()

    def _parting(self, tokens: Tokens) -> bool:
        """Whether words only say that the robot goes away or is done afterwards: ``before you leave``."""
        begin = self.form.at("done_after", tokens, 0)
        return begin is not None and begin + 1 == len(tokens) and tokens[begin].text in LEAVING

    def _active(self, tokens: Tokens) -> Tokens:
        """The order of a participle with its thing: ``swept the stage``; nothing where no skill does it."""
        duty = Duty(self.form)
        skip = 1 if tokens and tokens[0].text in ("first", "already", "just") else 0
        tokens = tokens[skip:]
        base = duty.base(tokens, 0) or self._same(tokens)
        named = self.naming.thing(tokens[1:]) or {"them", "him", "her"} & set(_texts(tokens))
        if not base or not named:
            return ()
        out = [tokens[0].read_as(base)]
        for at in range(1, len(tokens)):
            linked = tokens[at - 1].text in LINKS
            again = duty.base(tokens, at) if linked else ""
            out.append(tokens[at].read_as(again) if again else tokens[at])
        return tuple(out)

    def _handed(self, tokens: Tokens) -> Tokens:
        """The order of what somebody has got by then: ``Ana has got her coat back``."""
        who = self.form.noun(tokens, 0) if tokens else None
        pronoun = {"he": "him", "she": "her", "they": "them"}.get(tokens[0].text, "") if tokens else ""
        named = who[0] if who is not None and self.form.person(who[1]) else int(bool(pronoun))
        end = self.form.at("has_got", tokens, named) if named else None
        if end is None or end >= len(tokens):
            return ()
        what = tokens[end:-1] if tokens[-1].text == "back" else tokens[end:]
        found = self.form.noun(what, 0) if what else None
        if found is None or found[0] != len(what) or self.form.person(found[1]):
            return ()
        like = tokens[0]
        whom = (tokens[0].read_as(pronoun),) if pronoun else tokens[:named]
        return (*self.form.words("give", like), *what, *self.form.words("to", like), *whom)

    def _permitted(self, tokens: Tokens) -> Tokens:
        """The order of what can be done with a thing by then: ``the lamp can be switched on``; nothing for others."""
        at = next((k for k in range(1, len(tokens) - 1) if _texts(tokens[k : k + 2]) in CAN_BE), None)
        if at is None:
            return ()
        return self._done(tokens[:at], unlinked(tokens[at + 2 :]))

    def _same(self, tokens: Tokens) -> str:
        """A verb of the robot whose participle is like itself, or a verb that robots have under other names."""
        known = bool(tokens) and self.form.verb(tokens, 0) and not tokens[0].text.endswith("ing")
        return tokens[0].text if known else ""

    def _passive(self, tokens: Tokens) -> Tokens:
        """The order of ``the table has been cleared``; nothing where no skill does it, or a fact tells it."""
        at = next((k for k in range(1, len(tokens) - 1) if _texts(tokens[k : k + 2]) in BEEN), None)
        if at is None or self.form.tells(tokens):
            return ()
        return self._done(tokens[:at], unlinked(tokens[at + 2 :]))

    def _done(self, thing: Tokens, tokens: Tokens) -> Tokens:
        """The order of a participle with the thing before it: ``(the table) cleared``; nothing for no skill's."""
        base = Duty(self.form).base(tokens, 0) if tokens and self.naming.thing(thing) else ""
        return (tokens[0].read_as(base), *thing, *tokens[1:]) if base else ()


def _texts(tokens: Tokens) -> list[str]:
    """The words."""
    return [token.text for token in tokens]
