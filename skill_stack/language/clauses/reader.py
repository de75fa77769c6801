"""Reader: binds the clauses of a segment to frames, and refuses it at the first clause that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.language.answers import Answer, question, refusal, shortened, skills_known, things_known, unread
from skill_stack.language.clauses.binding import Binding
from skill_stack.language.clauses.interpreter import BoundClause, Interpreter
from skill_stack.language.conditions.constraints import Constraints
from skill_stack.language.grammar.chunks import Amount, Choice, Chunk, Clause, Gap, HeadingChunk, Noun, Thing, Times
from skill_stack.language.grammar.grammar import Grammar
from skill_stack.language.phrases.frames import Head
from skill_stack.language.readings import TakenAs
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import STOPS, Text, Token

Chunks = tuple[Chunk, ...]
Read = tuple[int, BoundClause | int | None]


@dataclass(frozen=True, slots=True)
class _Group:
    """Clauses joined by ``and``, which are done one after another.

    Attributes:
        begin: Position of the first one.
        end: Position after the last one.
        form: Whether its verbs are bare, as in ``after you ring and wait``, where only such join it; None if any do.
        fronted: Whether it begins the text behind ``after`` or ``before``.
    """

    begin: int = 0
    end: int = 0
    form: bool | None = None
    fronted: bool = False

    def takes(self, link: Sequence[str], verbal: bool, form: bool) -> bool:
        """Whether a clause behind some words joins it, by whether that has a verb, and whether the verb is bare."""
        joins = self.form is None or (verbal and form == self.form)
        return self.end > 0 and tuple(link) == ("and",) and joins

    def joined(self, out: list[BoundClause | int], one: BoundClause | int) -> _Group:
        """The group with one more clause, which is put in its place."""
        out.insert(self.end, one)
        return replace(self, end=self.end + 1)


@dataclass(slots=True)
class Reader:
    """Reads a segment clause by clause.

    Attributes:
        text: The instruction.
        tokens: Its tokens without fillers.
        grammar: Parses clauses.
        interpreter: Binds them.
        again: Verbs that request a repetition.
        topics: Noun phrases without a verb.
    """

    text: Text
    tokens: tuple[Token, ...]
    grammar: Grammar
    interpreter: Interpreter
    again: frozenset[tuple[str, ...]]
    topics: list[Thing] = field(default_factory=list)

    def readings(self) -> list[BoundClause | int] | Answer:
        """Returns every clause in order of execution; a number repeats everything before it.

        Returns:
            The clauses; the answer if one was not read, or there is none.
        """
        out: list[BoundClause | int] = []
        group, swap, at = _Group(), False, 0
        while True:
            begun = at
            at, order, together = self.grammar.separators(self.tokens, at)
            if at >= len(self.tokens):
                break
            link, start = tuple(token.text for token in self.tokens[begun:at]), at
            before, verbal = _last_clause(out), self._verbal(at)
            form = self.tokens[at].text in self.interpreter.lexicon.english.base
            read = self._denied(begun, at, before) or self._clause(at, order, together, before)
            if isinstance(read, Answer):
                return read
            at, one = read
            if one is None or one is before:
                continue
            if (asked := self._about(one, start, any((link, not out, group.fronted)))) is not None:
                return asked
            if group.takes(link, verbal, form):
                group = group.joined(out, one)
            else:
                group, swap = self._add(out, one, group, order, swap or self._earlier(order, at), form)
            if verbal and link in WORDS.verb_links:
                self._share(one, out[:-1])
        return self._no_verb() if not out or self.topics else out

    def _denied(self, begun: int, at: int, before: BoundClause | None) -> Answer | None:
        """The refusal where ``no`` corrects nothing: ``lift no pan``, ``no lifting``; else None."""
        last = before.clause.chunks[-1:] if before is not None else ()
        lacks = not last or (isinstance(last[0], Thing) and last[0].noun is None)  # "go to no ball"
        bare = lacks and not self._verbal(at) if before is not None else self.tokens[at].text.endswith("ing")
        words = {token.text for token in self.tokens[begun:at]}
        return Constraints.refusal(shortened(self.text.said(self.tokens[begun:]))) if "no" in words and bare else None

    def _add(
        self, out: list[BoundClause | int], one: BoundClause | int, group: _Group, order: str, earlier: bool, form: bool
    ) -> tuple[_Group, bool]:
        """Adds a clause that begins a group; returns that, and whether the next group is done before it."""
        if order == "instead" and isinstance(one, BoundClause) and _last_clause(out) is not None:
            self._take_back(out, one)
            return group, False
        begin, fronted = group.begin if earlier else len(out), order == "before" and not out
        aside = order in ("after", "but_first") or fronted
        front = order in ("after", "before") and not out
        return _Group(begin, begin, form if aside else None, front).joined(out, one), fronted

    def _take_back(self, out: list[BoundClause | int], new: BoundClause) -> None:
        """Puts a clause in place of the one that it corrects: the last with the same object, else the last."""
        ids = {name for noun in _nouns(new) for name in noun.ids or ()}
        clauses = [(k, one) for k, one in enumerate(out) if isinstance(one, BoundClause)]
        same = [pair for pair in clauses if any(ids & (noun.ids or frozenset()) for noun in _nouns(pair[1]))]
        place, old = (same or clauses)[-1]
        for noun in reversed(_nouns(old)):  # "it" rather means what it handled than where
            self.interpreter.resolver.resolve(noun, self.interpreter.discourse)
        out[place] = new

    def _verbal(self, at: int) -> bool:
        """Whether a clause begins with a verb."""
        starts = self.grammar.verb_starts(self.tokens, at)
        return any(True for start in starts for _ in self.grammar.heads(self.tokens, start))

    def _share(self, last: BoundClause | int, before: Sequence[BoundClause | int]) -> None:
        """Gives the object of a clause to the verbs before it that lack one: ``wash and slice the tomato``."""
        what = _direct_object(last.clause.chunks) if isinstance(last, BoundClause) else None
        for one in reversed(before):
            if what is None or not isinstance(one, BoundClause):
                return
            given = one.binding.values
            lacks = one.binding.missing or any(isinstance(given.get(r.parameter), str) for r in one.binding.frame.roles)
            filled = self.interpreter.best(one.clause.head, (*one.clause.chunks, what)) if lacks else None
            if filled is None or filled.missing or filled.misfit:
                return
            one.binding, one.clause = filled, replace(one.clause, chunks=(*one.clause.chunks, what))

    def _earlier(self, order: str, at: int) -> bool:
        """Whether a clause precedes the one before it: ``…, but sit first``."""
        ends = at + 1 >= len(self.tokens) or self.tokens[at + 1].text in STOPS
        first = at < len(self.tokens) and self.tokens[at].text in ("first", "beforehand") and ends
        return first or order in ("after", "but_first")

    def _about(self, reading: BoundClause | int, start: int, linked: bool) -> Answer | None:
        """Uses a noun phrase without a verb as antecedent; the question for its verb where there is no pronoun.

        An order without a word before it is a guess, and a particle is none: ``jump up``.
        """
        head, chunks = ((), ()) if isinstance(reading, int) else (reading.clause.head, reading.clause.chunks)
        first = self.tokens[start]  # neither "… on the same cutting board" nor "lifted the pan" is an order
        bare = first.start > self.text.tokens[0].start or first.text in self.interpreter.lexicon.english.base
        told = head and not bare and first.text.endswith(("ed", "ing"))
        self.interpreter.notes += [TakenAs()] if told or not linked or self._stray(start, head, chunks) else []
        if not linked and " ".join(head) in self.interpreter.lexicon.verbs.particles:
            return self._not_understood(start)
        if any(isinstance(chunk, Thing) and chunk.noun and chunk.noun.role == "pronoun" for chunk in chunks):
            self.topics.clear()
        return self._no_verb() if self.topics else None

    def _stray(self, start: int, head: Head, chunks: Chunks) -> bool:
        """Whether a text begins with a place that is no destination, ``next to the sink``, or tells what was done.

        In ``listen to the radio`` the preposition belongs to a verb that no skill has.
        """
        english, said = self.interpreter.lexicon.english, ["", "", *(token.text for token in self.tokens), ""]
        spans = (said[at : at + 3] for at in (start, start + 1) if said[at + 1] == "you")
        if any(first not in english.opening and verb.endswith("ed") for first, _, verb in spans):
            return True  # "where you turned right"
        begins = self.grammar.separators(self.tokens, 0)[0] == start and not self._verbal(start)
        places = (chunk.between for chunk in chunks if isinstance(chunk, Thing) and chunk.between)
        verbless = " ".join(head) in self.interpreter.lexicon.verbs.verbless.values()
        return begins and (verbless and said[start + 2] in english.base or not WORDS.goals.issuperset(places))

    def _clause(self, at: int, order: str, together: bool, before: BoundClause | None) -> Read | Answer:
        """End and reading of the clause at a position; the reading is None for a noun phrase without a verb."""
        best: tuple[int, BoundClause] | None = None
        least: tuple[object, ...] = ()
        settled: tuple[int, Head] | None = None  # then only a skill's own words are better: "take the lid off the pot"
        for end, head, chunks in self.grammar.readings(self.tokens, at):
            if settled is not None and not (head and (end, head) == (settled[0], settled[1][: len(head)])):
                continue
            if not self._readable(head, chunks):
                continue
            alone = self._alone(at, end, head, chunks, before)
            if alone is not None:
                return alone
            if not head:
                head, chunks = self._completed(chunks, order, before)
            head = self._after_going(head, chunks, before)
            binding = self._bound(head, chunks, settled)
            if binding is None:
                continue
            whole = self.grammar.at_boundary(self.tokens, end)
            rank = (binding.rank[0], not whole, binding.rank)
            if best is not None and least <= rank:
                continue
            least = rank
            words = shortened(self.text.said(self.tokens[at:end]))
            best = end, BoundClause(Clause(words, head, chunks, together), binding)
            if whole and _clear(binding):
                settled = end, head
                if _own(binding):
                    break
        if best is None:
            return self._not_understood(at)
        self.interpreter.heard += _nouns(best[1])
        return best

    def _bound(self, head: Head, chunks: Chunks, settled: tuple[int, Head] | None) -> Binding | None:
        """The best binding; of a shorter verb only where a thing is what its skill is for: ``go down the stairs``."""
        binding = self.interpreter.best(head, chunks)
        shorter = settled is not None and head != settled[1]
        return None if binding and shorter and not (binding.liked and binding.frame.remoteness < 2) else binding

    def _readable(self, head: Head, chunks: Chunks) -> bool:
        if head in self.again:  # "do the same with the bowl" is no repetition
            return all(isinstance(chunk, Times) for chunk in chunks)
        return bool(head) or not any(_nameless(chunk) for chunk in chunks)

    def _alone(self, at: int, end: int, head: Head, chunks: Chunks, before: BoundClause | None) -> Read | Answer | None:
        """A clause without a verb of the library: a repetition, a noun phrase, a gap; else None."""
        if head in self.again:
            return end, max([2, *(times_of((chunk,)) or 0 for chunk in chunks)])
        if head:
            return None
        if before is None:
            if len(chunks) != 1 or not _named(chunks[0]):  # "microwave the cup" is an order, not two things
                return None
            self.topics += [chunk for chunk in chunks if isinstance(chunk, Thing)]
            noun = self.topics[-1].noun
            found = self.interpreter.resolver.resolve(noun, self.interpreter.discourse) if noun is not None else ()
            return found if isinstance(found, Answer) else (end, None)
        if (count := times_of(chunks)) is not None:
            return end, count
        return self._said_behind(at, end, chunks, before)

    def _said_behind(self, at: int, end: int, chunks: Chunks, before: BoundClause) -> tuple[int, BoundClause] | None:
        """The clause before with space or a way that is told behind it: ``…, but only via the hall``; else None."""
        space = all(isinstance(chunk, Gap) for chunk in chunks)
        if not space and not (self.tokens[at - 1].text in (",", "but") and all(map(self._leads, chunks))):
            return None
        binding = self.interpreter.best(before.clause.head, (*before.clause.chunks, *chunks))
        if binding is None:
            return None
        before.binding = binding  # "…, leaving half a metre", "…, but only via the hall"
        return end, before

    def _leads(self, chunk: Chunk) -> bool:
        """Whether a chunk says what the way leads through: ``via the hall``."""
        groups = self.interpreter.lexicon.verbs.prepositions
        return isinstance(chunk, Thing) and chunk.between in (*groups["via"], *groups["through"])

    def _completed(self, chunks: Chunks, order: str, before: BoundClause | None) -> tuple[Head, Chunks]:
        """The verb of an elliptical clause, and its chunks with those inherited from the clause before."""
        if before is None:
            return self._verbless(chunks), chunks
        head, given, people = before.clause.head, before.clause.chunks, self.interpreter.resolver.words.people
        better = corrected(chunks, given, people) if order == "instead" else None
        return head, better or carried_over(chunks, given)

    def _after_going(self, head: Head, chunks: Chunks, before: BoundClause | None) -> Head:
        """The verb that is meant after going to an object: ``to the red ball and back``."""
        lexicon = self.interpreter.lexicon
        meant = lexicon.verbs.after_going.get(" ".join(head))
        if chunks or meant is None or before is None or not before.binding.frame.roles:
            return head
        return lexicon.split(meant)

    def _verbless(self, chunks: Chunks) -> Head:
        """The verb of ``left``, ``two metres forward``, ``to the red ball``, ``home``."""
        sizes = [chunk.unit for chunk in chunks if isinstance(chunk, Amount)]
        ways = [chunk.name for chunk in chunks if isinstance(chunk, HeadingChunk)]
        kind = "duration" if sizes == ["s"] else "thing"
        if "m" in sizes or set(ways) & {"forward", "backward", "sideways"}:
            kind = "distance"
        elif "rad" in sizes or ways:
            kind = "angle"
        lexicon = self.interpreter.lexicon
        clear = ways or any(isinstance(chunk, Thing) for chunk in chunks)
        return lexicon.split(lexicon.verbs.verbless[kind]) if clear else ()

    def _not_understood(self, at: int) -> Answer:
        """The answer that names a clause and its words that were not read."""
        ends = (k for k in range(at + 1, len(self.tokens))
                if self.tokens[k].text in STOPS or self.grammar.at_boundary(self.tokens, k))  # fmt: skip
        end = next(ends, len(self.tokens))
        words = shortened(self.text.said(self.tokens[at:end]))
        if any(token.text == "or" for token in self.tokens[at:end]):
            return question(f"'{words}' leaves a choice. Which one shall I do?")
        unsupported = self.interpreter.lexicon.small.unsupported
        for token in self.tokens[at:end]:
            if token.text in unsupported:
                what = unsupported[token.text]
                beyond = f"I do not understand '{words}': '{token.text}' asks for {what}, which is beyond me."
                return unread(f"{beyond} {self._help()} I know: {things_known(self.interpreter.scene)}.")
        if not self._verbal(at) or self.grammar.furthest >= end:
            return cannot(self.interpreter.library, words)
        rest = shortened(self.text.said(self.tokens[self.grammar.furthest : end]))
        return unread(f"I do not understand '{words}': '{rest}' does not fit anything I can do. {self._help()}")

    def _help(self) -> str:
        return str(cannot(self.interpreter.library, "")).partition("'. ")[2]

    def _no_verb(self) -> Answer:
        """The question for a verb if there are only noun phrases; else a refusal."""
        if self.topics:
            return question(f"What shall I do with {self.topics[-1].words}? {self._help()}", "verb")
        return refusal(f"I did not hear anything to do. {self._help()} I know: {things_known(self.interpreter.scene)}.")


def _last_clause(clauses: list[BoundClause | int]) -> BoundClause | None:
    """The last of some clauses; None if it is a repetition, or there is none."""
    last = clauses[-1] if clauses else None
    return last if isinstance(last, BoundClause) else None


def _nouns(reading: BoundClause) -> list[Noun]:
    nouns = [chunk.noun for chunk in reading.clause.chunks if isinstance(chunk, Thing) and chunk.noun is not None]
    return [noun for noun in nouns if noun.role in ("thing", "list")]


def _clear(binding: Binding) -> bool:
    """Whether a binding is so good that no other verb is tried."""
    lacks = binding.missing or binding.misfit or binding.awkward or binding.unmet or binding.unlike
    return not (lacks or binding.frame.guessed)


def _own(binding: Binding) -> bool:
    """Whether a binding has a skill's own words, and no shorter verb can be better."""
    return binding.frame.own and bool(binding.liked or not binding.frame.head[1:])


def _nameless(chunk: Chunk) -> bool:
    """Whether a chunk is an unknown word; without a verb it rather is an unknown verb than a noun."""
    return isinstance(chunk, Thing) and chunk.noun is not None and chunk.noun.bare and not chunk.between


def _named(chunk: Chunk) -> bool:
    """Whether a chunk only names an object; an adverb of place (``home``) is a destination."""
    return isinstance(chunk, Thing) and not chunk.between and chunk.noun is not None and not chunk.noun.adverb


def _direct_object(chunks: Sequence[Chunk]) -> Thing | None:
    """The object without a preposition, behind a recipient if there is one; None where it is no known thing."""
    bare = [one for one in chunks if isinstance(one, Thing) and not one.between and one.noun is not None]
    known = [one for one in bare[:2] if one.noun is not None and one.noun.role in ("thing", "list")]
    return known[-1] if known else None


def carried_over(chunks: Chunks, before: Chunks) -> Chunks:
    """Completes the chunks of a clause without a verb from the clause before: ``…, then the blue box``.

    Args:
        chunks: The chunks of the clause.
        before: Those of the clause before.
    """
    lead = next((one.between for one in before if isinstance(one, Thing) and one.noun is not None), "")
    out = [_led(one, lead) if isinstance(one, Thing) else one for one in chunks]
    kinds = {type(chunk) for chunk in chunks}
    more = [one for one in before if isinstance(one, Choice | HeadingChunk) and type(one) not in kinds]
    return (*out, *(one for one in more if isinstance(one, Choice) or Amount in kinds))


def _led(thing: Thing, lead: str) -> Thing:
    """A noun phrase with a preposition where it has none; ``into the right one`` names nothing that is known."""
    noun = thing.noun
    if thing.between and noun is not None and noun.again and not noun.ids and not noun.other:
        return replace(thing, noun=replace(noun, role="unknown"))
    return replace(thing, between=thing.between or lead)


def corrected(chunks: Chunks, before: Chunks, people: frozenset[str]) -> Chunks | None:
    """Puts each chunk of a correction in place of the last one that it may correct; None if there is none.

    Args:
        chunks: The correction: ``no, the conference table``.
        before: Chunks of the clause before.
        people: Ids of people.
    """
    out = list(before)
    for new in chunks:
        found = [(k, one) for k, old in enumerate(out) if (one := _instead(new, old, people)) is not None]
        if found:
            out[found[-1][0]] = found[-1][1]
        else:
            return None
    return tuple(out)


def _instead(new: Chunk, old: Chunk, people: frozenset[str]) -> Chunk | None:
    """A chunk as it may be said instead of another one, or None."""
    if isinstance(new, Thing) and isinstance(old, Thing):
        somebody = {bool(one.noun and one.noun.ids and one.noun.ids <= people) for one in (new, old)}
        alike = not new.between or new.between == old.between or {new.between, old.between} <= WORDS.goals
        return replace(new, between=new.between or old.between) if alike and len(somebody) == 1 else None
    return new if type(new) is type(old) and getattr(new, "parameter", 0) == getattr(old, "parameter", 0) else None


def times_of(chunks: Chunks) -> int | None:
    """Returns the number of repetitions if a clause has nothing else, or None."""
    return chunks[0].count if len(chunks) == 1 and isinstance(chunks[0], Times) else None


def cannot(library: SkillLibrary, words: str) -> Answer:
    """Makes the refusal of words that request no skill."""
    return unread(f"I cannot do '{words}'. I can: {skills_known(library)}.")
