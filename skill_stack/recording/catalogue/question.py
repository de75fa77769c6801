"""Questions about what a robot did: ``when did it last push the box?``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.recording.catalogue.catalogue import Catalogue, FoundWords
from skill_stack.recording.catalogue.time_words import TimeWords
from skill_stack.recording.reading.episode import ALWAYS, RecordedTask, Window

Bases = Callable[[str], Iterable[str]]
"""Possible base forms of an inflected word."""

LONG = 6
"""Letters for which one more typing error is forgiven, after the first."""
_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?")
_DONE = ("succeeded", "")
"""Outcomes of what was really done."""


class QuestionWords(DataModel):
    """``question_words.yaml``.

    Attributes:
        kinds: Phrases by kind of question.
        outcomes: Phrases by outcome.
        tried: Words that include what failed.
        fillers: Words that are not searched for.
        clause_breaks: Words between two orders of a sentence.
        days: Weekdays from Monday on.
        months: Months.
        units: Units of time, s.
    """

    kinds: dict[str, tuple[str, ...]]
    outcomes: dict[str, tuple[str, ...]]
    tried: tuple[str, ...]
    fillers: tuple[str, ...]
    clause_breaks: tuple[str, ...]
    days: tuple[str, ...]
    months: tuple[str, ...]
    units: dict[str, int]


def question_words() -> QuestionWords:
    """The words that come with the package."""
    return load_model(QuestionWords, Path(__file__).with_name("question_words.yaml"))


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """What a question asks for.

    Attributes:
        kind: One of the kinds in ``question_words.yaml``.
        words: Words that are searched for.
        outcome: Only with this outcome; empty for any.
        tried: Whether what failed counts too.
        robot: Only of this robot; empty for all.
        window: Only in this span, wall time, s.
    """

    kind: str
    words: tuple[str, ...]
    outcome: str
    tried: bool
    robot: str
    window: Window


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """An answer from recordings.

    Attributes:
        text: For people.
        question: As it was understood.
        episodes: What it rests on, the one that is named first.
        number: How many, or how many seconds; None for other questions.
        exact: Whether all words were found together.
    """

    text: str
    question: AskedQuestion
    episodes: tuple[RecordedTask, ...]
    number: float | None
    exact: bool


class QuestionReader:
    """Understands and answers questions."""

    def __init__(self, words: QuestionWords, bases: Bases) -> None:
        """Takes the words.

        Args:
            words: Words of questions.
            bases: Base forms of a word.
        """
        self._words, self._bases = words, bases
        self._times = TimeWords(words.days, words.months, words.units)

    def read(self, text: str, now: datetime, robots: Sequence[str] = ()) -> AskedQuestion:
        """What a question asks for.

        Args:
            text: The question.
            now: When it is asked.
            robots: Names of robots.
        """
        left = " ".join(text.lower().replace("?", " ").replace("’", "'").split())
        left, window = self._times.take(left, now)
        left, kind = _first(left, self._words.kinds, "which")
        left, outcome = _first(left, self._words.outcomes, "")
        left, tried = _first(left, {"tried": self._words.tried}, "")
        left, robot = _first(left, {name: (name.lower(), name.lower().replace("_", " ")) for name in robots}, "")
        drop = {*self._words.fillers, *(one for some in self._words.kinds.values() for one in some)}
        kept = tuple(word for word in _WORD.findall(left.replace("_", " ")) if word not in drop)
        return AskedQuestion(kind, kept, outcome, bool(tried), robot, window or ALWAYS)

    def find(self, catalogue: Catalogue, words: Iterable[str]) -> tuple[tuple[FoundWords, ...], bool]:
        """Places of words, and whether all of them are in each place."""
        terms = [self._forms(word, catalogue) for word in words]
        if together := catalogue.matches(terms, together=True):
            return together, True
        return catalogue.matches(terms, together=False), False

    def answer(self, catalogue: Catalogue, text: str, now: datetime) -> RecordedAnswer:
        """Answers a question.

        Args:
            catalogue: What was recorded.
            text: The question.
            now: When it is asked, in the zone of the person who asks.
        """
        asked = self.read(text, now, catalogue.robots())
        there = {one.id: one for one in catalogue.episodes(robot=asked.robot, window=asked.window)}
        if asked.words:
            places, exact = self.find(catalogue, asked.words)
        else:
            places, exact = tuple(_whole(one) for one in there.values()), True
        fitting = [one for one in places if one.episode in there and self._counts(one, asked)]
        if exact and any(one.place == "step" for one in fitting):  # what was done says more than what was asked for
            fitting = [one for one in fitting if one.place == "step"]
        elif not exact:
            best = max((one.score for one in fitting), default=0.0)
            fitting = [one for one in fitting if one.score >= best - 1e-6]
        return self._told(asked, sorted(fitting, key=lambda one: one.begin), there, exact, now)

    def _forms(self, word: str, catalogue: Catalogue) -> list[str]:
        """Forms under which a word is looked up; one that nobody knows becomes the nearest that is known."""
        forms = list(dict.fromkeys([word, *self._bases(word)]))
        if any(catalogue.knows(form) for form in forms):
            return forms
        near = process.extractOne(word, catalogue.vocabulary(), scorer=OSA.distance, score_cutoff=1 + len(word) // LONG)
        return [*forms, near[0]] if near else forms

    def _counts(self, one: FoundWords, asked: AskedQuestion) -> bool:
        if asked.outcome:
            return one.outcome == asked.outcome
        return asked.tried or asked.kind in ("why", "which") or one.outcome in _DONE

    def _told(
        self,
        asked: AskedQuestion,
        places: list[FoundWords],
        there: Mapping[str, RecordedTask],
        exact: bool,
        now: datetime,
    ) -> RecordedAnswer:
        order = places if asked.kind == "first" else places[::-1]
        episodes = tuple({one.episode: there[one.episode] for one in order}.values())
        if not episodes:
            number = 0.0 if asked.kind == "count" else None
            return RecordedAnswer("nothing like that is recorded", asked, (), number, exact)
        one, place, number = episodes[0], order[0], None
        text = f"{_when(place.begin, now)}: {one.instruction} ({one.outcome}) [{one.id}]"
        if asked.kind == "count":
            number = float(len(places))
            text = f"{len(places)} time{'s' * (len(places) != 1)}, the last on {text}"
        elif asked.kind == "seconds":
            number = place.end - place.begin
            text = f"{number:.1f} s on {text}"
        elif asked.kind == "why":
            one = next((e for e in episodes if _reasons(e)), one)
            text = f"{'; '.join(_reasons(one)) or 'no reason was recorded'}: {_when(one.begin, now)}: {one.instruction}"
            episodes = (one, *(other for other in episodes if other is not one))
        elif asked.kind == "which":
            text = "\n".join(f"{_when(e.begin, now)}: {e.instruction} ({e.outcome}) [{e.id}]" for e in episodes[:10])
        elif asked.kind == "whether":
            text = f"yes, {text}"
        return RecordedAnswer(text if exact else f"the nearest: {text}", asked, episodes, number, exact)


def _first(text: str, phrases: Mapping[str, Iterable[str]], default: str) -> tuple[str, str]:
    """The text without the first group's phrase that is in it, and the name of the group."""
    for name, group in phrases.items():
        for phrase in sorted(group, key=len, reverse=True):
            found = re.search(rf"\b{re.escape(phrase)}\b", text)
            if found:
                return f"{text[: found.start()]} {text[found.end() :]}", name
    return text, default


def _whole(one: RecordedTask) -> FoundWords:
    return FoundWords(one.id, "instruction", one.outcome, one.begin, one.end, 0.0)


def _reasons(one: RecordedTask) -> list[str]:
    told = [one.reason, *(step.reason for step in one.steps)]
    return [text for text in dict.fromkeys(told) if text]


def _when(time: float, now: datetime) -> str:
    return datetime.fromtimestamp(time, now.tzinfo).strftime("%Y-%m-%d %H:%M:%S")
