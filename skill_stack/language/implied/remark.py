"""Remark: one thing that was said, with what it speaks of, who needs something, and whether it asks for anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.implied.forms import Forms
from skill_stack.language.implied.hearing import Hearing, Mention
from skill_stack.language.implied.ontology import Ontology
from skill_stack.language.implied.surroundings import Surroundings
from skill_stack.language.words.text import STOPS, Token

LINKS = frozenset(
    "and but so because since as while or although though where when which who after before until".split()
)
"""Words with which a clause begins that stands beside another one."""

OWN_TENSE = frozenset("and but because where when which who".split())
"""Words with which a clause begins whose time is its own: ``her hand bleeds where the needle was``."""

WHERE = frozenset("on over across onto in at into inside by near from under behind beside off to".split())
"""Words before what is named only to say where something is."""

MOST_MEANT = 6
"""Things that one name may mean."""

OWN = frozenset("i me my mine we us our myself".split())
"""Words of the one who speaks."""

KIN = frozenset("my our his her their your".split())
"""Words before people who are told of."""

NO_NAMES = frozenset("can will may must might back left right light cold water place thing one start".split())
"""Words that are seldom names where they stand alone: *can* is no tin."""

HERE = frozenset(
    "the this these those here there my our his her their your it i we he she they me us someone somebody everyone "
    "everybody nobody just has have all not no outside still now again left lying standing yet".split()
)
"""Words of what is here and now."""

SHORTEST = 3
"""Words of which a remark on a whole kind has more."""

ANIMALS = frozenset(
    "dog cat pet horse cow sheep goat pig rabbit hamster bird parrot hen chicken pony donkey calf puppy kitten animal "
    "tortoise guinea_pig".split()
)
"""Kinds of animals that may need something."""

PARTICIPLES = frozenset(
    "has have is are am be been being get gets got a an the this that these those my his her its our your their no "
    "some two three of in on with to can could should must".split()
)
"""Words after which a form of the past tells how a thing is: ``the closed gate``, ``a used syringe``."""

LACKING = frozenset("nothing without lacks lack needs missing".split())
"""Words for what somebody lacks who is named before them: ``the seam has split and Ana has nothing to sew it with``."""

DATES = frozenset("yesterday week month year night monday tuesday wednesday thursday friday saturday sunday".split())
"""Words that tell from when something is, before what it is."""

SELVES = frozenset("himself herself themselves myself itself".split())
"""Words for the one who has done something alone."""

UNABLE = frozenset("not hardly barely nothing without wants would needs unable".split())
"""Words of those who have not."""

BETWEEN = frozenset("still just freshly badly half newly all completely not already old".split())
"""Words that may stand between: ``is still closed``."""

HOLDING = frozenset("think believe guess suppose see hear know notice reckon fear hope afraid worried sure".split())
"""Verbs after ``I`` by which something is only thought or seen of somebody else."""


@dataclass(slots=True)
class Remark:
    """One remark.

    Attributes:
        tokens: What was said, in tokens with their marks.
        words: Names of the scene.
        around: What is known of the scene.
        ontology: What is known of implied goals.
        forms: Forms of words.
    """

    tokens: Sequence[Token]
    words: SceneWords
    around: Surroundings
    ontology: Ontology
    forms: Forms
    said: list[str] = field(init=False)
    ends: list[int] = field(init=False)
    breaks: list[int] = field(init=False)
    people: list[tuple[int, str]] = field(init=False)
    owners: set[int] = field(init=False)
    mentions: list[Mention] = field(init=False)

    def __post_init__(self) -> None:
        """Finds what is spoken of."""
        bare: list[Token] = []
        self.ends, self.breaks = [], []
        for token in self.tokens:
            if token.text in STOPS or token.text == ",":
                self.ends.append(len(bare))
                self.breaks.append(len(bare))
                continue
            if token.text in LINKS:
                self.ends.append(len(bare))
            if token.text in OWN_TENSE:
                self.breaks.append(len(bare))
            bare.append(token)
        self.said = ["_" if self._dated(bare, at) else token.text for at, token in enumerate(bare)]
        self.people, self.mentions, self.owners = [], [], set()
        self._name(bare)

    def hearing(self, worth: Mapping[tuple[str, ...], float] | None = None) -> Hearing:
        """The remark, ready to be searched.

        Args:
            worth: How much words and phrases tell.
        """
        return Hearing(self.said, self.forms, self.mentions, self.ends, worth)

    def _name(self, bare: Sequence[Token]) -> None:
        """Finds the people and things that are named."""
        at = 0
        while at < len(bare):
            found = self.words.nouns.longest(bare, at)
            if found is None:
                if bare[at].text in OWN:
                    self.people.append((at, self.around.speaker))
                at += 1
                continue
            end, ids = found
            length = end - at
            if length == 1 and bare[at].text in NO_NAMES:
                at += 1
                continue
            people = sorted(ids & self.words.people)
            if people and len(ids) == 1:
                self.people.append((at, people[0]))
                self.owners |= {at} if bare[end - 1].owner else set()
                self.said[at : at + length] = ["_"] * length  # "Miss Finch" misses nothing
            elif not people and len(ids) <= MOST_MEANT:
                self.mentions.append(self._mention(bare, at, length, ids))
            at += length

    @staticmethod
    def _dated(bare: Sequence[Token], at: int) -> bool:
        """Whether a word tells only from when something is: ``yesterday's sums``, ``last week's notes``."""
        own = [one.text for one in bare[at : at + 2] if one.owner]
        return bool(DATES & set(own)) and (bare[at].owner or bare[at].text == "last")

    def _mention(self, bare: Sequence[Token], at: int, length: int, ids: frozenset[str]) -> Mention:
        """A thing that is named."""
        said = " ".join(token.text for token in bare[at : at + length])
        ranked = sorted(ids, key=lambda name: (said not in self.around.names(name), name))
        known = tuple((name, self._functions(name)) for name in ranked)
        where = bool(WHERE & {token.text for token in bare[max(0, at - 3) : at]})
        return Mention(at, length, known, where)

    def _functions(self, name: str) -> frozenset[str]:
        """Functions that a thing serves."""
        return frozenset(one for one in self.ontology.functions if self.around.rank(name, one) is not None)

    @property
    def room(self) -> str:
        """The room that is named, or an empty string."""
        known = self.around.scene.objects
        single = [one for one in self.mentions if len(one.names) == 1]
        rooms = [one for one in single if known[one.names[0][0]].kind == "place" and one.names[0][0] != "start"]
        best = min(rooms, key=lambda one: not one.where, default=None)
        return best.names[0][0] if best else ""

    def beneficiary(self) -> tuple[str, bool]:
        """Who needs something, and whether it is somebody who is here."""
        held = any(word in HOLDING for word in self.said[:4])
        others = [(at, name) for at, name in self.people if not (held and at < 2 and self.said[at] in OWN)]
        if others:
            lack = next((at for at, word in enumerate(self.said) if word in LACKING), 0)
            begin = max((end for end in self.ends if end <= lack), default=0)
            own = [name for at, name in others if begin <= at < lack and at not in self.owners]
            return own[-1] if own else others[0][1], True
        living = next((one for one in self.mentions if not one.where and self._lives(one)), None)
        if living is not None and not self.people:
            return living.names[0][0], True
        return self.around.speaker, bool(self.people)

    def _lives(self, mention: Mention) -> bool:
        """Whether an animal is spoken of."""
        return all(self.around.scene.objects[name].kind in ANIMALS for name, _ in mention.names)

    def absent(self) -> bool:
        """Whether the remark begins with somebody who is elsewhere: ``my aunt is thirsty``."""
        begin = self.said[:3]
        kin = set(self.ontology.quiet.absent)
        for at, word in enumerate(begin[:-1]):
            if word in KIN and any(one in kin for one in self.said[at + 1 : at + 3]):
                return not any(place <= at + 2 and place >= at + 1 for place, _ in self.people)
        return False

    def quiet(self) -> bool:
        """Whether the remark asks for nothing by words of time, doubt, habit, hearsay or of trouble that is over."""
        text = f" {' '.join(self.said)} ".replace(" will not ", " refuses ")
        text = text.replace(" nobody has told ", " ").replace(" no one has told ", " ")
        text = text.replace(" since yesterday ", " ").replace(" since last night ", " ")
        if any(f" {one} " in text for one in self.ontology.quiet.anywhere) or self._in_general():
            return True
        if self._by_own_hand():
            return True
        parted = any(end < len(self.said) for end in self.breaks)
        if not parted and any(f" {one} " in text for one in self.ontology.quiet.alone):
            return True
        return any(text.startswith(f" {one} ") for one in self.ontology.quiet.begins)

    def _by_own_hand(self) -> bool:
        """Whether somebody has done something without help: ``Paula mended the coat herself``."""
        if len(self.said) < SHORTEST or self.said[-1] not in SELVES or UNABLE & set(self.said):
            return False
        return bool({"the", "a", "his", "her", "my", "their"} & set(self.said[-4:-1]))

    def _in_general(self) -> bool:
        """Whether something is said of a whole kind, nothing and nobody here: ``candles burn faster in a draught``."""
        first = self.said[0]
        copula = self.said[1:2] == ["is"] or self.said[2:3] in (["is"], ["are"])
        whole = copula or first.endswith("s") or first in ("a", "an")
        here = HERE & set(self.said) or self.people or any(word.endswith("ing") for word in self.said[1:6])
        here = here or any(one.at < 2 and one.length > 1 and len(one.names) == 1 for one in self.mentions)
        return whole and not here and not self.room and len(self.said) > SHORTEST

    def past(self, told: Sequence[int]) -> bool:
        """Whether the words that tell something stand in a clause of the past.

        Args:
            told: Their positions.
        """
        past = frozenset(self.ontology.quiet.past)
        for begin, end in self._clauses():
            words = [word for word in self.said[begin:end] if word not in BETWEEN]
            gone = (one for one, before in zip(words, ["", *words], strict=False) if before not in PARTICIPLES)
            if any(begin <= at < end for at in told) and past & set(gone):
                return True
        return False

    def _clauses(self) -> Iterator[tuple[int, int]]:
        """Where clauses of one time begin and end."""
        marks = [0, *self.breaks, len(self.said)]
        yield from zip(marks, marks[1:], strict=False)
