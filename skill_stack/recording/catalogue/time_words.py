"""Time words: the span of days that a question names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from skill_stack.recording.reading.episode import Window

DAY = timedelta(days=1)


class TimeWords:
    """Finds spans of time in words."""

    def __init__(self, days: Sequence[str], months: Sequence[str], units: dict[str, int]) -> None:
        """Takes the words.

        Args:
            days: Names of weekdays from Monday on.
            months: Names of months.
            units: Length of each unit, s.
        """
        self._days, self._months, self._units = list(days), list(months), dict(units)
        unit, month, day = "|".join(units), "|".join(months), "|".join(days)
        self._patterns = {
            "iso": re.compile(r"\b(?:on |since )?(\d{4}-\d{2}-\d{2})\b"),
            "date": re.compile(
                rf"\b(?:on |the )*(?:(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({month})|({month}) (\d{{1,2}}))\b"
            ),
            "ago": re.compile(rf"\b(\d+) ({unit})s? ago\b"),
            "past": re.compile(rf"\b(?:in |within |during )?(?:the )?(?:last|past) (\d+) ({unit})s?\b"),
            "span": re.compile(r"\b(today|yesterday|(?:this|last) week|(?:this|last) month)\b"),
            "weekday": re.compile(rf"\b(?:on |last )*({day})\b"),
        }

    def take(self, text: str, now: datetime) -> tuple[str, Window | None]:
        """The text without its time, and the span that it names.

        Args:
            text: Lower-case words.
            now: When it was asked, in the zone of the person who asks.
        """
        for name, pattern in self._patterns.items():
            if (found := pattern.search(text)) and (span := self._span(name, found, now)) is not None:
                return (text[: found.start()] + " " + text[found.end() :]).strip(), span
        return text, None

    def _span(self, name: str, found: re.Match[str], now: datetime) -> Window | None:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if name == "iso":
            return _day(datetime.fromisoformat(found[1]).replace(tzinfo=now.tzinfo))
        if name == "date":
            return self._date(int(found[1] or found[4]), self._months.index(found[2] or found[3]) + 1, midnight)
        if name in ("ago", "past"):
            length = timedelta(seconds=int(found[1]) * self._units[found[2]])
            begin = now - length
            if name == "past":
                return begin.timestamp(), now.timestamp() + 1.0
            return _day(midnight - length) if length >= DAY else (begin.timestamp() - 300, begin.timestamp() + 300)
        if name == "weekday":
            back = (now.weekday() - self._days.index(found[1])) % 7
            return _day(midnight - (back or 7) * DAY)
        week, month = midnight - now.weekday() * DAY, midnight.replace(day=1)
        spans = {
            "today": (midnight, midnight + DAY), "yesterday": (midnight - DAY, midnight),
            "this week": (week, week + 7 * DAY), "last week": (week - 7 * DAY, week),
            "this month": (month, midnight + DAY), "last month": ((month - DAY).replace(day=1), month),
        }  # fmt: skip
        begin, end = spans[found[1]]
        return begin.timestamp(), end.timestamp()

    def _date(self, day: int, month: int, midnight: datetime) -> Window | None:
        """The newest such day that is not in the future; None for one that no calendar has."""
        try:
            found = midnight.replace(month=month, day=day)
            return _day(found if found <= midnight else found.replace(year=found.year - 1))
        except ValueError:
            return None


def _day(midnight: datetime) -> Window:
    return midnight.timestamp(), (midnight + DAY).timestamp()
