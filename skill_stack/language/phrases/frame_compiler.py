"""FrameCompiler: compiles phrases of skills to frames, and adds those of the lexicon's senses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import SLOT, GoalParameter, SkillSpec
from skill_stack.core.units import si
from skill_stack.language.grammar.quantity import QuantityParser
from skill_stack.language.phrases.frames import SAME_WORDS, Head, PhraseFrame, Role, angular, directional, velocities
from skill_stack.language.phrases.name_phrases import NamePhrases
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import SenseLine
from skill_stack.language.words.text import Token


def _merged(frames: list[PhraseFrame]) -> PhraseFrame:
    """The first frame with the prepositions of all: ``put … on`` and ``put … in``."""
    optional = {parameter.name for parameter in frames[0].skill.goal if parameter.default is not None}
    count = len(frames[0].roles)
    names = [role.parameter for role in frames[0].roles]
    fuller = [one for one in frames if [role.parameter for role in one.roles[:count]] == names
              and {role.parameter for role in one.roles[count:]} <= optional]  # fmt: skip
    first = max(fuller, key=lambda one: len(one.roles))
    every = (frozenset().union(*(one.roles[at].between for one in fuller if len(one.roles) > at))
             for at in range(1, len(first.roles)))  # fmt: skip
    roles = (replace(role, between=between) for role, between in zip(first.roles[1:], every))
    return replace(first, roles=(*first.roles[:1], *roles))


class FrameCompiler:
    """Compiles skills to frames."""

    def __init__(self, lexicon: Lexicon, quantities: QuantityParser) -> None:
        """Builds the tables.

        Args:
            lexicon: The lexicon.
            quantities: Parses amounts inside phrases (``wait a moment``).
        """
        self._lexicon = lexicon
        self._quantities = quantities
        self._declared: frozenset[str] = frozenset()
        self._names = lexicon.shared(NamePhrases)
        self._phrasal = frozenset(
            words for group in lexicon.verbs.same for verb in group if len(words := lexicon.split(verb)) > 1
        )
        self._same: dict[Head, list[list[Head]]] = {}
        for names in (list(map(lexicon.split, group)) for group in (*lexicon.verbs.same, *lexicon.verbs.exact)):
            for name in filter(None, dict.fromkeys(names)):
                self._same.setdefault(name, []).append(names)

    def library(self, specs: Iterable[SkillSpec]) -> list[PhraseFrame]:
        """Returns every frame of a library."""
        known = list(specs)
        self._declared = frozenset(sense for spec in known for sense in self._checked(spec))
        return [frame for spec in known for frame in self.frames(spec)]

    def frames(self, spec: SkillSpec) -> list[PhraseFrame]:
        """Returns every frame of a skill: its own first, then those of its senses."""
        phrases = spec.phrases or self._names.phrases_of(spec)
        said, named = self._own_ways(spec, phrases), self._own_ways(spec, [_with_name(spec)] if spec.phrases else ())
        own = [*said, *(frame for frame in named if frame not in said)]
        out = [*own, *(other for frame in said for other in self._variants(frame))]
        for sense, lines in self._lexicon.verbs.senses.items():
            declared = sense in spec.senses
            if sense in self._declared and not declared:
                continue  # if any skill declares a sense, only such skills have it
            linked = [frame for frame in own if any(self._on_line(frame, line, declared) for line in lines)]
            if linked:
                like = replace(_merged(linked), guessed=not declared)
                out += [frame for line in lines for frame in self._widened(sense, line, like)]
        return out

    def _checked(self, spec: SkillSpec) -> tuple[str, ...]:
        """The senses that a skill declares; raises a DataError where the lexicon has no such sense."""
        known = self._lexicon.verbs.senses
        wrong = next((sense for sense in spec.senses if sense not in known), None)
        if wrong is not None:
            raise DataError(f"skill {spec.name}: senses: there is no sense '{wrong}'; there are {', '.join(known)}")
        return spec.senses

    def _own_ways(self, spec: SkillSpec, phrases: Iterable[str]) -> list[PhraseFrame]:
        """The frames of phrases; where motion takes some time, also with room for a direction before that."""
        own = [frame for phrase in phrases if (frame := self._own(spec, phrase))]
        timed = velocities(spec, self._lexicon)
        lasting = [one for one in own if timed and not one.roles and one.head[1:] and one.head[-1] == "for"]
        return own + [replace(one, head=self._head(one.head[:-1]), amount=True) for one in lasting]

    def _own(self, spec: SkillSpec, phrase: str) -> PhraseFrame | None:
        """The frame of one phrase; None if it has no words or names an unknown parameter."""
        pieces = SLOT.split(phrase)
        literals, slots = [self._lexicon.split(piece) for piece in pieces[0::2]], pieces[1::2]
        parameters = {p.name: p for p in spec.goal}
        if not literals[0] or any(slot not in parameters for slot in slots):
            return None
        head, roles = self._roles(spec, literals, slots, parameters)
        tail = self._tail(pieces[-1], literals[-1], parameters[slots[-1]]) if slots else ()
        if roles and self._quantities.amount([Token(word, 0, 0) for word in tail], 0):
            tail = ()
        if not head and not tail:
            return None
        head = (*head, *tail)
        if roles:  # "move {block} away from {other}" is no motion of the robot
            return PhraseFrame(spec, head, tuple(roles), tail=tail)
        return PhraseFrame(spec, head, (), self._shape(spec, literals[0], slots), heading=self._implied(head))

    def _roles(
        self, spec: SkillSpec, literals: Sequence[Head], slots: Sequence[str], parameters: Mapping[str, GoalParameter]
    ) -> tuple[Head, list[Role]]:
        """The verb of a phrase, and its objects with their prepositions."""
        measures = any(parameter.type == "number" for parameter in parameters.values())
        head, roles = self._head(literals[0]) if measures else literals[0], list[Role]()
        ahead = self._lexicon.directed.longest([Token(word, 0, 0) for word in literals[0][len(head) :]], 0)
        opposites = self._lexicon.directions.opposites
        if ahead and not (directional(spec, opposites) or velocities(spec, self._lexicon) or angular(spec)):
            head = literals[0]  # "go straight" of a skill that only goes straight
        for index, slot in enumerate(slots):
            if parameters[slot].type != "object":
                continue
            words = literals[index]
            if index == 0:
                head, between = self._split_preposition(words)
            else:
                apart = words[:1] if len(words) > 1 and words[0] in self._lexicon.verbs.particles else ()
                head, between = (*head, *apart), " ".join(words[len(apart) :])  # "set {thing} down on {place}"
            roles.append(Role(slot, self._like(between)))
        return head, roles

    def _tail(self, written: str, words: Head, last: GoalParameter) -> Head:
        """The words after the last slot of a phrase, without a unit and a possessive ending."""
        if last.type == "number" and words:
            counted = [Token("2", 0, 0), *(Token(word, 0, 0) for word in words)]
            found = self._quantities.amount(counted, 0)
            if found and found[0][0] == len(counted):
                return ()  # "wait {seconds} seconds"
        return words[1:] if written.startswith("'s") and words[:1] == ("s",) else words

    def _head(self, words: Head) -> Head:
        """The verb of a phrase without a direction or amount at its end (``turn left``, ``wait a moment``)."""
        tokens = [Token(word, 0, 0) for word in words]
        for start in range(1, len(words)):
            direction = self._lexicon.directed.longest(tokens, start)
            amounts = self._quantities.amount(tokens, start)
            if (direction and direction[0] == len(words)) or (amounts and amounts[0][0] == len(words)):
                if " ".join(words) not in self._lexicon.directions.implied:
                    return words[:start]
        return words

    def _split_preposition(self, words: Head) -> tuple[Head, str]:
        if words in self._phrasal:
            return words, ""
        tokens = [Token(word, 0, 0) for word in words]
        for start in range(1, len(words)):
            found = self._lexicon.prepositions.longest(tokens, start)
            if found and found[0] == len(words):
                return words[:start], " ".join(words[start:])
        return words, ""

    def _like(self, between: str) -> frozenset[str]:
        """A preposition with its synonyms for giving, placing and taking."""
        groups = self._lexicon.verbs.prepositions
        if between in ("on", "onto", "in", "into", "inside", "on top of"):
            onto = WORDS.onto | {"over", "across"}  # "lay the coat over the chair"
            return WORDS.inside if between in WORDS.inside else onto
        near = self._lexicon.things.relations["near"]
        if between in near and between != "at":
            return frozenset(near) - {"at"}
        if between in ("from", "to"):
            return frozenset(groups[between])
        return frozenset({"with", "using"} if between in ("with", "using") else {between})

    def _implied(self, head: Head) -> str:
        return self._lexicon.directions.implied.get(" ".join(head), "")

    def _shape(self, spec: SkillSpec, words: Head, slots: list[str]) -> str:
        units = {si(parameter.unit) for parameter in spec.goal if parameter.type == "number"}
        directed = self._head(words) != words or bool(self._implied(words))
        directed = directed or any(slot in self._lexicon.directions.directions for slot in slots)
        if directional(spec, self._lexicon.directions.opposites):
            return "distance"
        if "rad" in units and (directed or slots):
            return "angle"
        return "duration" if units == {"s"} else "plain"

    def _on_line(self, frame: PhraseFrame, line: SenseLine, declared: bool) -> bool:
        """Whether a line of a sense describes a skill's own frame; any verb fits if the sense is declared."""
        if line.only_widens or not (declared or " ".join(frame.head) in line.verbs):
            return False
        if line.thing is None:
            return not frame.roles and frame.shape == line.shape and line.shape != "home"
        first = frame.roles[0] if frame.roles else None
        if line.second is not None and len(frame.roles) < 2:
            return False
        return first is not None and (declared or bool(first.between & set(self._lexicon.verbs.between(line.thing))))

    def _variants(self, frame: PhraseFrame) -> Iterator[PhraseFrame]:
        """Variants with a synonymous verb or another article."""
        heads, exact = self._other_verbs(frame)
        switching = {(verb,) for verb in self._lexicon.skill_names.switching_verbs}
        if frame.head in switching and any({"on", "off"} <= set(one.choices) for one in frame.skill.goal):
            heads |= switching
        heads = heads.union(*map(self._other_articles, heads))
        if not frame.roles:  # "turn the volume up" as "turn up the volume"
            apart = [one for one in heads if len(one) > 2 and one[1] in self._lexicon.verbs.particles]
            heads |= {(one[0], *one[2:], one[1]) for one in apart}
        small = self._lexicon.small.articles
        if frame.head[1:] == ("for",) and len(frame.roles) == 2:  # also "search the hall for it"
            what, where = frame.roles
            roles = replace(where, between=where.between | {""}), replace(what, between=frozenset({"for"}))
            yield replace(frame, head=frame.head[:1], roles=roles, sense=SAME_WORDS)
        for head in sorted(heads - {frame.head}):
            heading = frame.heading or self._implied(head)
            guessed = frame.guessed or all(set(head) - set(one) - small for one in exact)
            yield replace(frame, head=head, sense=SAME_WORDS, heading=heading, guessed=guessed)

    def _other_verbs(self, frame: PhraseFrame) -> tuple[set[Head], set[Head]]:
        """The verb with its synonyms, and those of them that are exact."""
        known = self._lexicon.verbs
        heads, exact = {frame.head}, {frame.head}
        if len(frame.head) == 1 and frame.shape in ("distance", "angle"):
            return heads, exact  # such a verb has a sense
        for end in range(1, len(frame.head) + 1):
            verb = frame.head[:end]
            for other in (other for names in self._same.get(verb, ()) for other in names):
                heads.add(head := other + frame.head[end:])
                exact |= {head} if known.exactly(" ".join(verb), " ".join(other)) else set()
        return heads, exact

    def _other_articles(self, head: Head) -> set[Head]:
        at = [at for at, word in enumerate(head) if at and word in self._lexicon.small.articles]
        return {(*head[:one], *other, *head[one + 1 :]) for one in at for other in ((), ("the",), ("your",))}

    def _widened(self, sense: str, line: SenseLine, like: PhraseFrame) -> Iterator[PhraseFrame]:
        """The frames of a line for the skill of a frame with its sense."""
        if line.shape == "home" and not like.roles:
            return
        roles: tuple[Role, ...] = ()
        if line.thing is not None:
            if not like.roles:
                return
            first = Role(like.roles[0].parameter, frozenset(self._lexicon.verbs.between(line.thing)))
            others = tuple(replace(role, between=role.between | set(line.to)) for role in like.roles[1:])
            roles = (first, *others)
        shape = line.shape or "plain"
        for verb in line.verbs:
            head = self._lexicon.split(verb)
            target = roles or (like.roles if shape == "home" else ())
            heading = self._implied(head)
            exact = shape == like.shape and self._lexicon.verbs.exactly(" ".join(like.head), verb)
            yield PhraseFrame(
                like.skill, head, target, shape, sense, heading, line.amount,
                guessed=like.guessed and not exact,
            )  # fmt: skip


def _with_name(spec: SkillSpec) -> str:
    """The name of a skill as a phrase, with its first object."""
    things = [f"{{{p.name}}}" for p in spec.goal if p.type == "object"]
    return " ".join([spec.name.replace("_", " "), *things[:1]])


def choice_words(phrase: str, split: Callable[[str], Head]) -> Iterator[tuple[str, Head]]:
    """Yields the words right before each slot of a phrase except the first, by slot: ``are wearing {clothes}``.

    Args:
        phrase: A phrase of a skill.
        split: Splits text into words.
    """
    pieces = SLOT.split(phrase)
    for at in range(3, len(pieces), 2):
        words = split(pieces[at - 1])
        if words:
            yield pieces[at], words
