"""Hints: needs that are told by words anywhere in a remark (``I have tears in my eyes from the onions``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skill_stack.core.scene import SceneGraph
from skill_stack.planner.knowledge import Hint, Knowledge, called
from skill_stack.planner.language.finite import Finite
from skill_stack.planner.language.lexicon import Lexicon
from skill_stack.planner.language.scene_words import SceneWords
from skill_stack.planner.language.text import STOPS, Token
from skill_stack.planner.serving import Serving
from skill_stack.planner.speakers import SAME, where_of

MOST_REQUESTS = 16
"""Requests that are tried for one remark; keeps the answer short of a second."""

SHORTEST_CLAUSE = 4
"""Words that a clause has that tells something without a verb of its own has fewer of: ``brr``, ``so cold in here``."""

MOST_TOGETHER = 4
"""Things of one plural that are asked for together."""

SPEAKER = frozenset("i my we our".split())
"""Words with which a remark of the speaker begins."""

DENYING = frozenset("not no nobody never neither nothing without none hardly barely".split())
"""Words by which something is denied; a hint counts then only where it names one of them."""

CLAUSE_LINKS = frozenset("and but so because since as while".split())
"""Words with which a clause begins that stands beside another one."""

STATED = frozenset("is are was were looks look has have got gets seems feels needs smells".split())
"""Verbs after which something is said of what stands before them."""

WHERE = frozenset("on over across onto".split())
"""Words after which that is named which something lies on."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A thing that is spoken of.

    Attributes:
        ids: What it can be.
        several: Whether it is said in the plural.
        rank: How likely what is said is said of it; the lowest is the likeliest.
        at: Where it is named.
    """

    ids: frozenset[str]
    several: bool
    rank: int
    at: int


class Hints:
    """Hears needs that are told by a few words of a remark."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Prepares the words of every hint.

        Args:
            knowledge: Hints and what serves them.
            lexicon: The language.
        """
        self._knowledge, self._lexicon = knowledge, lexicon
        self._serving = Serving(knowledge, lexicon)
        bars = "|".join(" ".join(map(re.escape, lexicon.split(one))) for one in knowledge.barred) or "(?!)"
        self._barred = re.compile(f" (?:{bars})(?= )")
        self._ways = [(hint, _groups(way, lexicon)) for hint in knowledge.hints for way in hint.hear]

    def requests(self, tokens: Sequence[Token], words: SceneWords) -> list[str]:
        """What a remark asks for, in words, the best first; nothing when no need is told.

        Args:
            tokens: What was said.
            words: Names of the scene.
        """
        said = [SAME.get(t.text, t.text) for t in tokens if t.text not in STOPS and t.text != ","]
        if self._barred.search(f" {' '.join(said)} ") or set(said[:3]) & self._knowledge.strangers:
            return []
        if any(f" {one} " in f" {' '.join(said)} " for one in self._knowledge.implied.quiet.anywhere):
            return []
        things = list(self._things(tokens, words))
        person = next((one for one in things if one.ids <= words.people and len(one.ids) == 1), None)
        told = [clause for clause in _clauses(tokens) if self._of_now(clause, words)]
        mine = bool(person) or any(clause[0].text in SPEAKER for clause in told)
        text = f" {' '.join(SAME.get(t.text, t.text) for clause in told for t in clause)} "
        text = text.replace(" can not stop ", " keep ").replace(" can not help ", " keep ")
        heard = [(len(way), -number, hint) for number, (hint, way) in enumerate(self._ways) if _heard(way, text)]
        speaker = next(iter(person.ids)).replace("_", " ") if person else "me"
        out: list[str] = []
        for *_, hint in sorted(heard, key=lambda one: one[:2], reverse=True):
            if mine or hint.of != "me":
                out += self._asked(hint, speaker, said, things, words)
        return list(dict.fromkeys(out))[:MOST_REQUESTS]

    def _of_now(self, clause: Sequence[Token], words: SceneWords) -> bool:
        """Whether a clause tells of this moment by its verb: ``I am cold``, ``it smells``, not ``I take it black``."""
        verb = Finite(self._lexicon, words).position(clause, imperative=False)
        if verb is None:
            return len(clause) < SHORTEST_CLAUSE or (clause[0].text in SPEAKER and self._now(clause, 1))
        return self._now(clause, verb)

    def _now(self, clause: Sequence[Token], at: int) -> bool:
        """Whether the verb at a position, behind adverbs, is one by which something is told of this moment."""
        while at < len(clause) - 1 and clause[at].text in self._lexicon.english.adverbs:
            at += 1
        return at < len(clause) and clause[at].text in self._knowledge.now

    def _asked(
        self, hint: Hint, speaker: str, said: Sequence[str], things: Sequence[Spoken], words: SceneWords
    ) -> Iterator[str]:
        """Requests of one hint."""
        if not any("{x}" in one for one in (*hint.hear, *hint.ask)):
            yield from self._serving.worded(hint, {}, speaker, said, words.scene)
            return
        fitting = [one for one in things if self._fits(hint, one, words.scene)]
        for spoken in sorted(fitting, key=lambda one: (one.rank, one.at)):
            ids = _sorted_by_place(spoken.ids, said, words.scene)
            names = [name.replace("_", " ") for name in ids]
            together = spoken.several and 1 < len(names) <= MOST_TOGETHER
            for name in [", ".join(names[:-1]) + " and " + names[-1]] if together else names[:2]:
                yield from self._serving.worded(hint, {"x": name}, speaker, said, words.scene)

    def _fits(self, hint: Hint, spoken: Spoken, scene: SceneGraph) -> bool:
        """Whether a thing may be what a hint speaks of."""
        wanted = set(hint.things)
        uses = {name: set(kinds) for name, kinds in self._knowledge.uses if name in wanted}
        for name in spoken.ids:
            thing = scene.objects[name]
            known = called(thing) | set(self._knowledge.groups(thing))
            if not wanted and thing.kind not in ("place", "person"):
                return True
            if wanted & known or any(kinds & known for kinds in uses.values()):
                return True
        return False

    def _things(self, tokens: Sequence[Token], words: SceneWords) -> Iterator[Spoken]:
        """Things that are spoken of, with how likely what is said is said of each."""
        at = 0
        while at < len(tokens):
            found = words.nouns.longest(tokens, at)
            if found is None:
                at += 1
                continue
            end, ids = found
            phrase = tuple(token.text for token in tokens[at:end])
            before = {token.text for token in tokens[max(0, at - 3) : at]}
            after = tokens[end].text if end < len(tokens) else ""
            rank = 0 if after in STATED else 1 if before & WHERE else 2
            yield Spoken(ids, phrase in words.plurals, rank, at)
            at = end


def _sorted_by_place(ids: frozenset[str], said: Sequence[str], scene: SceneGraph) -> list[str]:
    """Things, those at the place that is named first, else the nearest to the robot."""
    where, pose = where_of(said, scene), scene.robot
    near = where.position[:2] if where is not None else ((pose.x, pose.y) if pose is not None else (0.0, 0.0))

    def away(name: str) -> float:
        x, y = scene.objects[name].position[:2]
        return float((x - near[0]) ** 2 + (y - near[1]) ** 2)

    return sorted(ids, key=lambda name: (away(name), name))


def _clauses(tokens: Sequence[Token]) -> list[list[Token]]:
    """What stands between marks and links."""
    out: list[list[Token]] = [[]]
    for token in tokens:
        if token.text in STOPS or token.text == "," or token.text in CLAUSE_LINKS:
            out.append([])
        else:
            out[-1].append(token)
    return [clause for clause in out if clause]


Groups = tuple[tuple[bool, re.Pattern[str]], ...]


def _groups(text: str, lexicon: Lexicon) -> Groups:
    """``cold|freez* + !not`` as patterns, each with whether it must be heard."""
    out = []
    for group in text.split("+"):
        group = group.strip()
        wanted = not group.startswith("!")
        if group == "{x}":
            continue
        ways = [" ".join(lexicon.split(one.strip(" !*"))) + ("*" if one.strip().endswith("*") else "")
                for one in group.lstrip("! ").split("|")]  # fmt: skip
        pattern = "|".join(re.escape(way).replace(r"\*", r"[a-z]*") for way in ways if way.strip("*"))
        out.append((wanted, re.compile(f" (?:{pattern})(?= )")))
    return tuple(out)


def _heard(groups: Groups, text: str) -> bool:
    """Whether every group that must be heard is, none that must not, and what is denied is denied by the hint too."""
    found = [(wanted, pattern.search(text)) for wanted, pattern in groups]
    if not all((one is not None) == wanted for wanted, one in found):
        return False
    denied = DENYING & set(text.split())
    return not denied or any(one is not None and denied & set(one[0].split()) for _, one in found)
