"""Accounting: how much of what was said a plan accounts for, and what it has that nobody said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skill_stack.core.plan import PlanNode
from skill_stack.core.scene import SceneGraph, SceneObject
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.planner.done import Done
from skill_stack.planner.gist.content import Content
from skill_stack.planner.gist.form import Form
from skill_stack.planner.gist.gist import Gist
from skill_stack.planner.gist.maker import SWITCHING
from skill_stack.planner.gist.mention import Mention
from skill_stack.planner.gist.piece import Piece
from skill_stack.planner.language.geometry import places_of
from skill_stack.planner.language.scene_words import COUNTS
from skill_stack.planner.language.text import Token
from skill_stack.planner.plausible import Plausible

ASKING = frozenset({"order", "end", "need", "bare"})
"""Forms of pieces that ask for something."""

ORDERING = frozenset({"order"})
"""The form of pieces that ask for something in so many words."""

ASIDE = frozenset(
    "because|since|while|as|although|though|so that|now that|before|by the time|whereas|in order to|so as to|in case|"
    "when|once|whenever|until|till|unless|if|even though|as long as|as soon as|after".split("|")
)
"""Links after which something is a reason, a time or a condition."""

SPEAKER = frozenset("me us myself ourselves here i we".split())
"""Words for the one who speaks."""

TAKEN_BACK = frozenset("no not never sorry rather except without instead but excluding".split())
"""Words by which something that is said is not meant."""

TAKEN_BACK_BY = frozenset(
    {("how", "many"), ("i", "mean"), ("other", "than"), ("apart", "from"), ("scratch", "that"), ("make", "that")}
)
"""The same of two words, and words that ask for a number of things."""

SEVERAL = frozenset("them both these those they all".split())
"""Words for several things that were spoken of before."""

SWITCHED = frozenset({"on", "off", "open", "closed", "shut"})
"""States that are asked for with a verb as well."""

WHOSE = frozenset({"his", "her", "their"})
"""Words for somebody spoken of before what another one is to him."""

ARTICLES = frozenset({"a", "an", "the", "some"})
"""Words before what a thing is like."""

LETTERS = frozenset("abcdef")
"""Letters right behind a number that is a name: ``3a``."""

LEAST = 2
"""Numbers below this may be articles and ordinals."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a plan makes of what was said.

    Attributes:
        missing: Things and people that were asked for and are not in the plan.
        exact: Numbers, states and choices that were said and are not in it.
        doubtful: Words that may well only tell where, for whom or how, and are not in the plan.
        added: People of the plan of whom nobody spoke.
        odd: Things with which its steps make little sense, and which were not named for that.
        detours: Things that it lays down and takes up again.
    """

    missing: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    detours: tuple[str, ...] = ()

    @property
    def gap(self) -> int:
        """How much is amiss; 0 where everything said is in the plan and nothing else."""
        amiss = len(self.missing) + len(self.exact) + len(self.added) + len(self.detours)
        return len(self.doubtful) + 2 * amiss + 3 * len(self.odd)


@dataclass(slots=True)
class Accounting:
    """Compares plans with what was said.

    Attributes:
        library: Skills.
        scene: Things.
        gist: Divides texts and spots what they speak of.
        plausible: Judges steps.
    """

    library: SkillLibrary
    scene: SceneGraph
    gist: Gist
    plausible: Plausible

    def of(
        self, tokens: Sequence[Token], tree: PlanNode, implied: bool = False, tolerant: bool = True
    ) -> Account:
        """How a plan accounts for a text.

        Args:
            tokens: The text.
            tree: The plan.
            implied: Whether knowledge made it of what was told, so that only instructions need be in it.
            tolerant: Whether not every word of the text was read for it; else what numbers mean was read with care.
        """
        if {token.text for token in tokens} & TAKEN_BACK or any(two in TAKEN_BACK_BY for two in _pairs(tokens)):
            return Account(odd=tuple(self.odd(tree)) if implied else ())
        done = Done.of(tree, self.library, self.scene, self._split)
        missing: list[str] = []
        exact: list[str] = []
        doubtful: list[str] = []
        spoken: set[str] = set()
        named: set[str] = set()
        before: list[Mention] = []
        asked = False
        for piece, form in self.gist.units(tokens):
            tokens_of = form.tokens or piece.tokens
            content = self.gist.contents.of(tokens_of, form.verb, form.kind == "told")
            spoken |= {name for one in content.mentions for name in (*one.ids, *one.owners)}
            spoken |= set(form.whose.ids) if form.whose is not None else set()
            if form.kind == "order":
                named |= {name for one in content.mentions for name in one.ids if self._placed(one)}
            if found_there(piece):
                continue
            asks = form.kind in (ORDERING if implied else ASKING) and piece.link not in ASIDE
            if form.kind == "told" and asked and not implied and self._gapped(piece, content):
                missing += [one.words for one in content.mentions if self._counts(one) and not self._there(one, done)]
            asked = asks or (asked and form.kind in ("told", "idle"))
            if asks and {one.words for one in content.mentions} & SEVERAL | (set(content.texts) & {"both"}):
                missing += [one.words for one in before if not self._there(one, done)]
            before = [one for one in content.mentions if self._theme(one) and one.kind != "person"]
            if (asks or form.kind == "idle") and (tolerant or not done.numbers):
                exact += self._numbers(content, form, piece, done)
            if not asks:
                continue
            told = done.tells([token.text for token in tokens])
            for one in content.mentions:
                aside = (told and one.kind != "person") or self._tells_apart(one, content) or _figure(one, tokens_of)
                if self._counts(one) and not aside and not self._there(one, done):
                    sure = form.kind == "order" and self._sure(one, content)
                    (missing if sure else doubtful).append(one.words)
            missing += self._relatives(tokens_of, content) if form.kind == "order" and not told else ()
            exact += self._states(content, form, done)
            exact += self._qualities(content, done) if form.kind == "order" and tolerant else ()
            exact += self._choices(content, done)
            doubtful += self._verbs(content, form, done)
        people = self.gist.spoken.resolver.people & done.asked if spoken and not implied else frozenset[str]()
        added = tuple(sorted(name for name in people if not self._spoken(name, spoken)))
        odd = [name for name in self.odd(tree) if name not in named]
        return Account(
            tuple(dict.fromkeys(missing)), tuple(dict.fromkeys(exact)), tuple(dict.fromkeys(doubtful)), added,
            tuple(odd), tuple(self._detours(tree)),
        )  # fmt: skip

    def _gapped(self, piece: Piece, content: Content) -> bool:
        """Whether a piece after an order only says with what else the same is to be done: ``then to the kitchen``."""
        english = self.gist.pieces.tables.lexicon.english
        called = len(content.mentions) == 1 and content.mentions[0].kind == "person" and not content.mentions[0].before
        words = {token.text for token in piece.tokens}
        return not called and piece.link not in ASIDE and not words & {*english.finite, *english.past, "i", "you", "we"}

    def _relatives(self, tokens: Sequence[Token], content: Content) -> Iterator[str]:
        """People who are called by what they are to others and whom nothing here is called."""
        kin = self.gist.pieces.tables.lexicon.wording.kin
        known = {k for one in content.mentions if one.ids for k in range(one.begin, one.end)}
        for at in range(1, len(tokens) - 1):
            after = tokens[at + 1]
            if tokens[at].text in WHOSE and after.text in kin and not after.owner and at + 1 not in known:
                yield f"{tokens[at].text} {after.text}"

    def _detours(self, tree: PlanNode) -> Iterator[str]:
        """Things that were asked to be laid down somewhere and are taken up again for what comes next."""
        laid: set[str] = set()
        for node in tree.skills():
            spec = self.library[node.skill]
            held = [str(node.arguments.get(name)) for name in sorted(self.plausible.types.held(spec))]
            asked = node.why.startswith("asked")
            yield from (name for name in held if name in laid and not asked)
            if asked and len(node.arguments) > 1:
                laid |= set(held)

    def odd(self, tree: PlanNode) -> list[str]:
        """The things with which steps of a plan make little sense."""
        nodes = list(tree.every_skill())
        every = (one for node in nodes for one in self.plausible.odd(self.library[node.skill], node.arguments))
        return list(dict.fromkeys(every))

    def _split(self, words: str) -> tuple[str, ...]:
        """The words of a name."""
        return self.gist.pieces.tables.lexicon.split(words)

    def _theme(self, one: Mention) -> bool:
        """Whether something is done with what a mention means, as far as its preposition says."""
        return self._counts(one) and not one.before

    def _tells_apart(self, one: Mention, content: Content) -> bool:
        """Whether a mention only tells which one is meant, or whom all: ``behind the box``, ``the people``."""
        relations = self.gist.pieces.tables.lexicon.things.relations
        begin = one.begin + len(one.before.split())
        before = " ".join(content.texts[max(0, begin - 5) : begin])
        before = before.removesuffix(" the").removesuffix(" a")
        if "between" in content.texts[:begin]:
            return True
        apart = (phrase for name, phrases in relations.items() if name not in ("on", "in", "near", "from")
                 for phrase in phrases)  # fmt: skip
        everybody = one.kind == "person" and len(one.ids) > 1
        return everybody or any(f" {before}".endswith(f" {phrase}") for phrase in apart)

    def _placed(self, one: Mention) -> bool:
        """Whether somebody said in so many words that this is taken, or what something is put on."""
        laid = one.before.split()[-1:] in (["on"], ["onto"], ["in"], ["into"], ["upon"])
        return laid or (one.kind != "person" and one.way in ("", "goal"))

    def _sure(self, one: Mention, content: Content) -> bool:
        """Whether a mention is what an instruction is about, or where that goes."""
        data = self.gist.pieces.tables.data
        moves = any(head[0] in data.carry | data.guide for _, head in content.verbs)
        return not one.before or (one.way == "goal" and one.before != "for" and moves)

    def _counts(self, one: Mention) -> bool:
        """Whether a mention is to be found in the plan."""
        aside = one.way == "beside" and one.before != "with"
        return one.kind not in ("pronoun", "unknown") and one.words not in SPEAKER and not aside

    def _there(self, one: Mention, done: Done) -> bool:
        """Whether the plan has something that a mention means, or something that tells it apart."""
        ids, facts = set(one.ids), self.gist.spoken.resolver.facts
        if ids & done.things or done.says(one.words) or set(one.owners) & done.things:
            return True
        if any(places_of(name, facts) & ids for name in done.things):
            return True  # where something is, or where somebody is to whom it goes
        return one.kind != "person" and any(places_of(name, facts) & done.things for name in ids)

    def _spoken(self, name: str, spoken: set[str]) -> bool:
        """Whether a thing of the plan was spoken of, or what it is in or somebody who is there."""
        facts = self.gist.spoken.resolver.facts
        speaker = self.gist.spoken.resolver.speaker()
        if name in spoken or name in (speaker, "start") or self._bin(name):
            return True
        where = places_of(name, facts)
        return bool(where & spoken) or any(name in places_of(one, facts) for one in spoken)

    def _bin(self, name: str) -> bool:
        """Whether a thing is for what is thrown away."""
        called = {name.replace("_", " "), self.scene[name].kind.replace("_", " "), *self.scene[name].names}
        return bool(called & set(self.gist.pieces.tables.data.bins))

    def _numbers(self, content: Content, form: Form, piece: Piece, done: Done) -> Iterator[str]:
        """Numbers that were said and are not in the plan."""
        tokens = form.tokens or piece.tokens
        taken = {k for one in content.mentions if not _figure(one, tokens) for k in range(one.begin, one.end)}
        known = self.gist.pieces.tables.lexicon.quantities.numbers
        for at, token in enumerate(tokens):
            value = token.number if token.number is not None else known.get(token.text)
            named = tokens[at + 1 : at + 2] and tokens[at + 1].text in LETTERS
            if value is None or at in taken or (token.number is None and value < LEAST) or named:
                continue
            if not done.counts(value) and not done.says(token.text):
                yield token.text

    def _states(self, content: Content, form: Form, done: Done) -> Iterator[str]:
        """States that things were to be brought into and that no step of the plan brings about."""
        data, frames = self.gist.pieces.tables.data, self.gist.orders.fitter.interpreter.frames
        spoken = any(one.kind == "pronoun" or set(one.ids) & done.things for one in content.mentions)
        if form.kind == "bare" and not spoken:
            return  # "shoes on, coat on": nothing of the plan is spoken of
        for at, state in content.states:
            words = {state, data.opposites.get(state, "")} if content.negated else {state}
            verbs = [self._split(verb) for word in words for verb in data.states.get(word, ())]
            known = [frame for verb in verbs for frame in frames.get(verb, ())]
            switches = state in SWITCHED and {head[0] for _, head in content.verbs} & SWITCHING
            loose = content.texts[max(0, at - 1)] in ("to", state) or (form.kind == "order" and not switches)
            loose |= bool(set(content.texts[max(0, at - 3) : at]) & {"that", "which", "everything", "anything"})
            chosen = any(words & set(p.choices) for spec in self.library for p in spec.goal)
            if loose or not (known or chosen) or done.choices & words or done.says(state):
                continue
            skills = {frame.skill.name for frame in known if frame.own} or {frame.skill.name for frame in known}
            opposite = {data.opposites.get(word, word) for word in words} - words
            if not done.skills & skills or done.choices & opposite:
                yield state

    def _qualities(self, content: Content, done: Done) -> Iterator[str]:
        """States and numbers that things were spoken of with and that the plan does not see to: ``two clean cups``."""
        heads = {at for at, _ in content.verbs}
        for one in content.mentions:
            meant = [self.scene[name] for name in one.ids if name in done.things]
            if one.kind in ("person", "pronoun") or not meant:
                continue
            begun = [word for word in one.words.split() if word not in ARTICLES][:1]
            counted = [COUNTS.get(word, 0) for word in begun if word != one.words]
            if max((one.noun.count if one.noun is not None else 0, *counted)) > len(meant):
                yield one.words
            begin = one.begin + len(one.before.split())
            near = range(max(begin - 2, 0), one.end - 1)  # "a cooled clear bowl", of which "clear" is not read
            first = next((at for at in near if content.texts[at] in ARTICLES), one.end)
            words = [content.texts[at] for at in near if at > first and at not in heads]
            names = (name for thing in meant for name in (thing.id, thing.kind, *thing.names))
            own = {word for name in names for word in self._split(name)}
            yield from (one.words for word in words if word not in own and not self._seen_to(word, meant, done))

    def _seen_to(self, word: str, meant: Sequence[SceneObject], done: Done) -> bool:
        """Whether a state is one that no skill brings about, holds already or is brought about by the plan."""
        data, frames = self.gist.pieces.tables.lexicon.things, self.gist.orders.fitter.interpreter.frames
        heads = [self._split(verb) for verb in data.prepared.get(word, ())]
        skills = {frame.skill.name for head in heads for frame in frames.get(head, ())}
        so = any(self.gist.spoken.resolver.is_so(thing, word) for thing in meant)
        return so or not skills or bool(skills & done.skills)

    def _choices(self, content: Content, done: Done) -> Iterator[str]:
        """Choices of the plan's own skills that were said beside those that it has."""
        said = set(content.texts)
        if "and" not in said:
            return
        taken = {word for one in content.mentions if one.ids for word in one.words.split()}
        for name in sorted(done.skills):
            for parameter in self.library[name].goal:
                used = {word for value in parameter.choices if value in done.choices for word in self._split(value)}
                if parameter.type != "choice" or not used:
                    continue
                for value in parameter.choices:
                    words = set(self._split(value))
                    telling = words - used - taken
                    if value not in done.choices and words <= said and telling and max(map(len, telling)) > 3:
                        yield value

    def _verbs(self, content: Content, form: Form, done: Done) -> Iterator[str]:
        """Verbs of skills by which something was asked for that no step of the plan does."""
        tables, frames = self.gist.pieces.tables, self.gist.orders.fitter.interpreter.frames
        data = tables.data
        for at, head in content.verbs:
            nominal = at and content.texts[at - 1] in ("a", "an", "and", "good", "quick")
            first = at == 0 and form.kind == "order"
            if not (nominal or first) or head[0] in data.carry | data.guide or done.says(" ".join(head)):
                continue
            others = (head, *(self._split(other) for other in data.instead.get(head[0], ())))
            skills = {frame.skill.name for other in others for frame in frames.get(other, ())}
            skills |= {frame.skill.name for key, found in frames.items() if key[0] == head[0] for frame in found}
            if skills and not skills & done.skills:
                yield " ".join(head)


def found_there(piece: Piece) -> bool:
    """Whether a piece only tells where somebody or something is to be found: ``you will find her at the bar``."""
    texts = [token.text for token in piece.tokens]
    found = texts.index("find") if "find" in texts else 0
    return found > 1 and texts[found - 2] == "you"


def _figure(one: Mention, tokens: Sequence[Token]) -> bool:
    """Whether a mention is a bare number, which may be a room and may be an amount: ``to 21``."""
    at = one.begin + len(one.before.split())
    return at < len(tokens) and tokens[at].number is not None


def _pairs(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Each word with the one after it."""
    yield from ((one.text, other.text) for one, other in zip(tokens, tokens[1:], strict=False))
