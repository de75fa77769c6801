"""Form: whether a piece asks for something, wishes that something be so, or only tells something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from skill_stack.planner.gist.mention import Mention
from skill_stack.planner.gist.piece import Piece
from skill_stack.planner.gist.spotter import Spotter
from skill_stack.planner.gist.words import Tables
from skill_stack.planner.language.text import Token

Kind = Literal["order", "end", "need", "bare", "told", "idle", "barred"]

STRENGTH = {"order": 3, "end": 2, "bare": 2, "need": 1}
"""How clearly a form asks for something."""

FRONT = frozenset("could can may might would will shall should must".split())
"""Words before the subject of a wish that is put as a question: ``could the jug be taken to Anna``."""

ASKING = frozenset("who whom whose what which where why when how is are was were do does did has have had am".split())
"""First words of questions that ask for an answer."""

IDLE_BANS = (["do", "not", "bother"], ["do", "not", "worry"], ["do", "not", "mind"], ["do", "not", "panic"],
             ["do", "not", "ask"], ["do", "not", "dawdle"], ["do", "not", "be"], ["do", "not", "rush"])  # fmt: skip
"""How words begin that forbid nothing a skill does."""

REFUSING = frozenset("not never nobody no hardly without".split())
"""Words by which a request is turned into a prohibition."""

BARE_STATES = frozenset({"on", "off", "open", "closed", "shut"})
"""States that are asked for without a verb."""

BARE_WORDS = frozenset("and the one ones a of both two three some more other".split())
"""Small words between things."""

WHITHER = frozenset({"back", "over", "into", "onto", "away"})
"""Words behind a thing that say where it goes."""

DEED_LEADS = frozenset(
    "a an some good quick another its thorough proper bit of nice little once warm friendly big short".split()
)
"""Words before a noun for what is to be done."""

TELLING_TO = frozenset("let have get keep make see ensure be mind take".split())
"""First words by which the robot is told to see to something."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a piece is.

    Attributes:
        kind: An ``order``; an ``end`` that is wished for; a ``need`` of somebody; ``bare`` things without a verb; what
            is only ``told``; ``idle`` words; or something that is ``barred``, since it forbids or depends on something.
        tokens: The words that count.
        whose: For a need or a wish of somebody, who that is.
        negated: Whether the state that is named is the one that is not to be.
        verb: Whether the words that count begin with a verb.
        firm: Whether the robot is told in so many words to see to it.
    """

    kind: Kind
    tokens: tuple[Token, ...] = ()
    whose: Mention | None = None
    negated: bool = False
    verb: bool = False
    firm: bool = False

    @property
    def strength(self) -> int:
        """How clearly it asks for something."""
        return STRENGTH.get(self.kind, 0)


@dataclass(slots=True)
class Forms:
    """Tells the form of pieces.

    Attributes:
        tables: The words.
        spotter: Finds things.
    """

    tables: Tables
    spotter: Spotter

    def of(self, piece: Piece) -> Form:
        """The form of a piece."""
        tokens = self.tables.without_fillers(piece.tokens)
        texts = [token.text for token in tokens]
        if not tokens and piece.link == "and" and self._thing(piece.tokens):
            return Form("bare", tuple(piece.tokens))  # "bread and honey"
        if not tokens or " ".join(texts) in self.tables.data.pleading or texts[:3] in IDLE_BANS:
            return Form("idle")
        if self._chosen(tokens):
            return Form("bare", tuple(tokens))
        if texts[:2] == ["no", "need"] or piece.tokens[0].text == "no":
            return Form("told", tuple(tokens))
        if texts[0] == "to" and len(tokens) > 1 and self._verb(tokens, 1):
            tokens, texts = tokens[1:], texts[1:]  # "please to bring me …"
        if (
            {"was", "were", "is", "are"} & set(texts)
            and {"kind", "nice", "good", "sweet", "lovely", "clever"} & set(texts)
            and "of you" in " ".join(texts)
        ):
            return Form("told", tuple(tokens))  # "it was kind of you to fetch it"
        if _forbids(texts):
            return Form("barred" if self._speaks(tokens) else "idle", tuple(tokens))
        negated = self._begun(self.tables.data.not_to_be, tokens)
        if negated:
            return Form("end", tuple(tokens[negated:]), negated=True)
        lead = self._begun(self.tables.data.begins, tokens)
        if lead and lead < len(tokens) and self._verb(tokens, lead):
            return self._order(tokens, lead)
        if texts[:2] == ["do", "not"] or texts[0] in ("never", "avoid", "refrain"):
            return Form("barred" if self._speaks(tokens) else "idle", tuple(tokens))
        if self._verb(tokens, 0) and not self._subject(tokens):
            return self._imperative(tokens)
        asked = self._asked(tokens)
        if asked is not None:
            return asked
        if texts[0] in ASKING and texts[:2] not in (["is", "it"], ["have", "the"]) and not self._has(tokens):
            return Form("told", tuple(tokens))
        wished = self._wished(tokens)
        if wished is not None:
            return wished
        if texts[0] in self.tables.lexicon.english.base and not self._subject(tokens):
            known = {*(one.split()[0] for one in self.tables.data.idle), *self.tables.lexicon.english.inner}
            idle = texts[0] in known or (not self._speaks(tokens) and len(tokens) > 1)
            return Form("idle" if idle else "barred", tuple(tokens))
        if self._bare(tokens):
            return Form("bare", tuple(tokens))
        thing = self.spotter.at(tokens, 0)
        named = thing is not None and thing.kind in ("thing", "place") and not thing.before
        if thing is not None and named and self.ends(tokens) and thing.end + 1 == len(tokens):
            return Form("end", tuple(tokens))  # "scraps binned"
        return Form("told", tuple(tokens))

    def _chosen(self, tokens: Sequence[Token]) -> bool:
        """Whether words are a choice that a skill has and nothing else: ``safety rules``, ``taxi``."""
        if len(tokens) > 1:
            return self.tables.choice(tokens, 0) == len(tokens) and not self._verb(tokens, 0)
        known = self.tables.choices.longest(tokens, 0) is not None and self.tables.chooses(tokens[0].text)
        states = tokens[0].text in self.tables.data.states or self._verb(tokens, 0)
        return known and not states and self.spotter.at(tokens, 0) is None

    def _thing(self, tokens: Sequence[Token]) -> bool:
        """Whether words are a thing of the scene and nothing else."""
        found = self.spotter.at(tokens, 0)
        return found is not None and found.kind == "thing" and found.end == len(tokens)

    def _imperative(self, tokens: list[Token]) -> Form:
        """The form of a piece that begins with a verb: an instruction, or a wish that begins with one."""
        wish = self.tables.longest("wishes", tokens, 0)
        if wish and wish < len(tokens) and not self._plain_have(tokens, wish):
            return Form("end", tuple(tokens[wish:]), firm=True)
        return self._order(tokens, 0)

    def _plain_have(self, tokens: list[Token], at: int) -> bool:
        """Whether ``get`` and ``let`` are followed by no state of a thing: ``get me the cup``."""
        if tokens[0].text not in ("get", "keep"):
            return False
        states = {*self.tables.data.states, *self.tables.data.participles}
        rest = [token.text for token in tokens[at:]]
        done = any(text in states or text.endswith("ed") for text in rest)
        return not done

    def _order(self, tokens: list[Token], at: int) -> Form:
        """An instruction whose verb stands at a position."""
        return Form("order", tuple(tokens[at:]), verb=True)

    def _asked(self, tokens: list[Token]) -> Form | None:
        """An instruction after ``you should``, ``I wonder if you could``, ``it is time to``; None for none."""
        for at in range(len(tokens)):
            end = self.tables.longest("leads", tokens, at)
            if end > at and REFUSING & {token.text for token in tokens[:at]} and self._verb(tokens, end, True):
                return Form("barred", tuple(tokens))  # "I do not want you to …"
            if end > at:
                begin = end
                while (more := self.tables.longest("fillers", tokens, begin)) > begin:
                    begin = more
                if begin < len(tokens) and self._verb(tokens, begin):
                    texts = [token.text for token in tokens[:at]]
                    if texts[:1] == ["if"] and at < 2 and begin == end and "you" not in texts and at == 0:
                        continue
                    whole = self._imperative(tokens[begin:])
                    return whole
            end = self.tables.longest("doing", tokens, at)
            if end > at and end < len(tokens) and tokens[end].text.endswith("ing") and self._verb(tokens, end, True):
                return self._order(tokens, end)
            end = self.tables.longest("supposing", tokens, at)
            if end > at and end < len(tokens) and self._past(tokens, end):
                return self._order(tokens, end)
        return None

    def _wished(self, tokens: list[Token]) -> Form | None:
        """A state that is wished for, or what somebody needs; None where there is none."""
        subject = self.spotter.at(tokens, 0)
        if (
            subject is not None
            and not subject.before
            and (subject.kind == "person" or subject.words in ("he", "she", "they"))
        ):
            end = self.tables.longest("wants", tokens, subject.end)
            if end > subject.end and not (end < len(tokens) and self._done(tokens, end)):
                return Form("need", tuple(tokens[end:]), subject)
        for at in range(1, min(len(tokens), 4)):  # "the boss wants the shirt ironed"
            end = self.tables.longest("wants", tokens, at)
            strange = subject is None or subject.kind == "unknown"
            if (
                end > at
                and strange
                and tokens[0].text not in (*ASKING, "i", "you", "we", "it", "nobody")
                and not self._telling(tokens[:at])
            ):
                return Form("end", tuple(tokens[end:]))
        for at in range(min(len(tokens), 6)):
            end = self.tables.longest("wishes", tokens, at)
            if at and end == at + 1:
                continue
            if (
                end > at
                and not (at and tokens[at - 1].text in ("not", "he", "she", "they", "never"))
                and end < len(tokens)
            ):
                own = bool({"i", "we", "me", "us"} & {one.text for one in tokens[at:end]})
                if at == 0 and tokens[end].text in ("you", "i", "we", "they", "he", "she", "not"):
                    continue  # "have you seen Anna"
                if "prefer" in [one.text for one in tokens[at:end]]:
                    over = next((k for k in range(end, len(tokens)) if tokens[k].text in ("to", "over")), len(tokens))
                    tokens = tokens[:over]  # "I'd prefer tea to coffee"
                told = at == 0 and tokens[0].text in TELLING_TO
                return Form("end", tuple(tokens[end:]), self._me(own, tokens[at:end]), firm=told)
        if tokens[0].text in FRONT and self.spotter.at(tokens, 1) is not None:
            return Form("end", tuple(tokens[1:]))
        ought = any(
            self.tables.longest("ought", tokens, at) > at or self._lacks(tokens, at) for at in range(len(tokens))
        )
        return Form("end", tuple(tokens)) if ought and tokens[0].text not in ("i", "we", "you") else None

    def _telling(self, tokens: Sequence[Token]) -> bool:
        """Whether a verb that tells something, or a negation, is among some words."""
        return bool({*self.tables.data.telling, "not", "never", "to"} & {token.text for token in tokens})

    def undone(self, tokens: Sequence[Token]) -> Form | None:
        """What somebody says that he or nobody has done, as what is asked for: ``I forgot to water the fern``."""
        for at in range(len(tokens)):
            head = self.tables.head(tokens, at)
            if (
                head is None
                or head[1][0] in ("have", "be", "do", "forget", "need", "get", "want")
                or self._noun(tokens, at)
            ):
                continue
            passive = at and tokens[at - 1].text in ("been", "be", "being", "needs")
            if not passive:
                return self._order(list(tokens), at)
            return Form("end", tuple(one for one in tokens if one.text not in ("not", "never", "yet", "still")))
        return None

    def _noun(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a word that could be a verb belongs to a thing."""
        found = self.spotter.at(tokens, at)
        return (
            found is not None
            and found.kind != "unknown"
            and not found.before
            and tokens[at - 1 : at] != []
            and tokens[at - 1].text not in ("to", "not")
        )

    def _lacks(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether something needs something done at a position: ``needs washing``, ``wants a wipe``."""
        end = self.tables.longest("lacking", tokens, at)
        if end == at or end >= len(tokens) or (at and tokens[at - 1].text in ("you", "i", "we", "they", "ever")):
            return False
        text = tokens[end].text
        return text.endswith("ing") or text in ("a", "an", "some", "to", "another", "its") or self._done(tokens, end)

    def _done(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a participle of a verb that the robot may carry out stands at a position."""
        done = tokens[at].text in self.tables.data.participles or tokens[at].text.endswith("ed")
        return done and self._verb(tokens, at, inflected=True)

    def of_supposed(self, tokens: Sequence[Token]) -> Form:
        """The form of what somebody would like to be so, after ``if``: ``I'd be glad if you opened the window``."""
        said = [*self.tables.without_fillers(tokens)]
        asked = self._asked([Token("if", 0, 0), *said])
        return asked if asked is not None else Form("end", tuple(said))

    def ends(self, tokens: Sequence[Token]) -> bool:
        """Whether a piece is a thing and what is to be done with it: ``the shirt brought to me``."""
        thing = self.spotter.at(tokens, 0)
        return (
            thing is not None and thing.kind != "unknown" and thing.end < len(tokens) and self._done(tokens, thing.end)
        )

    def of_done(self, tokens: Sequence[Token]) -> Form | None:
        """The form of what the robot is told to do first: ``when you have given her the cup``; None for none."""
        texts = [token.text for token in tokens]
        if texts[:1] != ["you"] or texts[1:2] not in (["have"], ["are"], ["got"]):
            return None
        at = next((k for k in range(1, min(len(tokens), 5)) if texts[k] not in self.tables.data.busy), len(tokens))
        if at < len(tokens) and self._verb(tokens, at, inflected=True):
            return self._order(list(tokens), at)
        return None

    def passive(self, tokens: Sequence[Token]) -> bool:
        """Whether a participle stands first, and no thing after it: ``(taken away and) put on the shelf``."""
        if len(tokens) < 2 or not self._done(tokens, 0):
            return False
        after = self.spotter.at(tokens, 1)
        return after is not None and bool(after.before)

    def _me(self, own: bool, tokens: Sequence[Token]) -> Mention | None:
        """The one who speaks, where the wish is his."""
        if not own or not self.spotter.speaker:
            return None
        return Mention(0, 0, "me", "person", (self.spotter.speaker,))

    def _bare(self, tokens: list[Token]) -> bool:
        """Whether there is nothing but things, prepositions, states and deeds: ``the bin, a quick wipe``."""
        at, counts = 0, False
        if self.clause(tokens):
            return False
        while at < len(tokens):
            end, known = self._bare_word(tokens, at)
            if end == at:
                return False
            at, counts = end, counts or known
        texts = {token.text for token in tokens}
        said = self.tables.naming_choices
        if len(tokens) > 1 and any(map(self.tables.chooses, texts)) and said & texts:
            return True  # "a senior ticket"
        return counts or (bool(texts & {"a", "an", "some"}) and any(map(self.tables.chooses, texts)))

    def _bare_word(self, tokens: list[Token], at: int) -> tuple[int, bool]:
        """Where a word of a piece without a verb ends, and whether it says what is asked for."""
        text = tokens[at].text
        found = self.spotter.at(tokens, at)
        chosen = self.tables.choice(tokens, at)
        if chosen > (found.end if found is not None else at):
            return chosen, False
        if found is not None and found.kind != "unknown":
            return found.end, True
        if text in BARE_STATES:
            return at + 1, True
        deed = self._deed(tokens, at)
        if deed > at:
            return deed, True
        end = self.tables.longest("fillers", tokens, at)
        if end > at:
            return end, False
        if self.tables.chooses(text) or text in self.tables.naming_choices or tokens[at].number is not None:
            return at + 1, False
        return (at + 1, False) if text in BARE_WORDS else (at, False)

    def _deed(self, tokens: list[Token], at: int) -> int:
        """Where what is to be done ends, named as a thing; the position itself for none."""
        begin = at
        while begin < len(tokens) and tokens[begin].text in DEED_LEADS:
            begin += 1
        head = self.tables.head(tokens, begin)
        if begin == at or head is None or not self.tables.own(head[1]):
            return at
        return head[0]

    def pleads(self, piece: Piece) -> bool:
        """Whether a piece asks for something without saying what: ``do the honours``."""
        tokens = self.tables.without_fillers(piece.tokens)
        return " ".join(token.text for token in tokens) in self.tables.data.pleading

    def past(self, tokens: Sequence[Token]) -> bool:
        """Whether words tell what was done, after which a verb may be left out: ``the stew was for Tess, the …``."""
        texts = {token.text for token in tokens}
        goal = any(one is not None and one.before in ("for", "to") for one in map(partial(self.spotter.at, tokens),
                                                                                 range(len(tokens))))  # fmt: skip
        return goal and bool(texts & {"was", "were", "went", "had", "got", "gave", "took", "brought"})

    def clause(self, tokens: Sequence[Token]) -> bool:
        """Whether words hold a verb that tells something."""
        english = self.tables.lexicon.english
        telling = {*self.tables.data.telling, *self.tables.lexicon.statements.modal, *english.finite, *english.past}
        inside = 0
        chosen = 0
        for at, token in enumerate(tokens):
            chosen = max(chosen, self.tables.choice(tokens, at))
            if at < chosen:
                continue  # "dinner is ready for Ana" names what Ana is told
            found = self.spotter.at(tokens, at) if at >= inside else None
            if found is not None and found.kind in ("thing", "place") and found.end - at > 1:
                inside = found.end  # "lost property"
            if at < inside - 1 or (at < inside and not token.owner):
                continue  # "lost and found"
            if token.text in telling or (token.owner and self._short_is(tokens, at + 1)):
                return True
            if at and token.text.endswith("s") and any(base in english.base for base in self.tables.bases(token)[1:]):
                return True
        return bool(tokens) and tokens[0].text in ("i", "you", "he", "she", "we", "they", "it")

    def _short_is(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether no thing follows ``'s``, so that it stands for ``is``: ``the pram's in the way``."""
        found = self.spotter.at(tokens, at) if at < len(tokens) else None
        return at < len(tokens) and (found is None or bool(found.before))

    def _begun(self, phrases: tuple[str, ...], tokens: Sequence[Token]) -> int:
        """Where a phrase ends with which the tokens begin, or 0."""
        found = self.tables.lexicon.table(phrases).longest(tokens, 0)
        return found[0] if found else 0

    def _has(self, tokens: Sequence[Token]) -> bool:
        """Whether a wish stands anywhere."""
        return any(self.tables.longest("wishes", tokens, at) > at for at in range(len(tokens)))

    def _verb(self, tokens: Sequence[Token], at: int, inflected: bool = False) -> bool:
        """Whether a verb that the robot may carry out stands at a position."""
        return self.tables.head(tokens, at, inflected) is not None

    def _past(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a verb stands at a position in the base form or the past."""
        return self._verb(tokens, at, inflected=True) and not tokens[at].text.endswith(("s", "ing"))

    def _subject(self, tokens: list[Token]) -> bool:
        """Whether the word that could be a verb is rather a noun: ``water is wet``, ``light the lamp`` is none."""
        thing = self.spotter.at(tokens, 0)
        if thing is None or thing.before or thing.kind == "unknown":
            return False
        after = tokens[thing.end].text if thing.end < len(tokens) else ""
        follows = self.spotter.at(tokens, 1)
        object_ = follows is not None and not follows.before
        telling = {*self.tables.data.telling, *self.tables.lexicon.statements.modal, "to", ",", ":", ""}
        row = thing.end == 1 and after in ("for", "to", "in", "on", "from")
        row = row or (after in WHITHER and not object_ and not self._verb(tokens, 0))  # "hammer back on the wall"
        return (thing.end > 1 and not object_) or after in telling or row

    def _speaks(self, tokens: Sequence[Token]) -> bool:
        """Whether something of the scene is spoken of, or something said before."""
        found = (self.spotter.at(tokens, at) for at in range(len(tokens)))
        return any(one is not None and one.kind != "unknown" and one.words not in ("me", "us", "here") for one in found)


def _forbids(texts: Sequence[str]) -> bool:
    """Whether something must not be done to a thing: ``the oven must not be opened`` asks for no closed oven."""
    runs = zip(texts, texts[1:], texts[2:], texts[3:], strict=False)
    bans = {("must", "not"), ("must", "never"), ("may", "not"), ("can", "not"), ("shall", "not")}
    return any((one, two) in bans and three == "be" and four.endswith("ed") for one, two, three, four in runs)
