"""Amounts in words and digits: ``two and a half metres``, ``90°``, ``half a minute``, ``a bit``, ``three times``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import takewhile

from skill_stack.language.grammar.chunks import Amount, Times
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import Words
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import Token

Found = tuple[int, float]


class QuantityParser:
    """Parses amounts and repetitions."""

    def __init__(self, lexicon: Lexicon, units: Iterable[str] = ()) -> None:
        """Builds the tables.

        Args:
            lexicon: The lexicon.
            units: Further units by symbol, e.g. those of a library.
        """
        data, split = lexicon.quantities, lexicon.split
        self._data = data
        self._loose = PhraseTable((split(phrase), value) for phrase, value in data.loose_numbers.items())
        self._and_fraction = PhraseTable((split(phrase), value) for phrase, value in data.and_fractions.items())
        self._units = PhraseTable(_factors(lexicon, data.units))
        for unit in sorted(set(units) - set(data.units)):
            self._units.add(split(unit), (unit, 1.0))
        self._named = PhraseTable(_factors(lexicon, data.named))
        self._vague = PhraseTable((split(phrase), value) for phrase, value in data.vague.items())
        self._before = lexicon.table(data.amount_before)
        self._after = lexicon.table(data.amount_after)
        self._repeats = PhraseTable((split(phrase), int(count)) for phrase, count in data.repeats.items())

    def amount(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Amount]]:
        """Returns the amounts at a position, longest first."""
        found: list[tuple[int, Amount]] = []
        starts = [at, *(end for end, _ in self._before.match(tokens, at))]
        for start in starts:
            for end, amount in self._plain(tokens, start):
                if start == at + 1 and tokens[at].text == "to" and not amount.unit:
                    amount = replace(amount, words="to")  # "set it to 20", but "count to ten"
                tail = self._after.longest(tokens, end)
                found.append((tail[0] if tail else end, amount))
        return sorted(found, key=lambda pair: -pair[0])

    def times(self, tokens: Sequence[Token], at: int) -> tuple[int, Times] | None:
        """Returns the repetition at a position: ``twice``, ``three times``; None if there is none."""
        found = self._repeats.longest(tokens, at)
        number = self.number(tokens, at)
        if number and number[0] < len(tokens) and tokens[number[0]].text in self._data.repeat_nouns:
            if number[1] == int(number[1]):
                return number[0] + 1, Times(int(number[1]))
        return (found[0], Times(int(found[1]))) if found else None

    def _plain(self, tokens: Sequence[Token], at: int) -> list[tuple[int, Amount]]:
        """Amounts without words such as ``about`` around them."""
        found = [(end, Amount(factor, unit)) for end, (unit, factor) in self._named.match(tokens, at)]
        found += [(end, Amount(size, "", vague=True)) for end, size in self._vague.match(tokens, at)]
        number = self.number(tokens, at)
        if number is None:
            return found
        end, value = number
        unit_at = end + 1 if end < len(tokens) and tokens[end].text == "of" else end
        units = list(self._units.match(tokens, unit_at))
        for unit_end, (unit, factor) in units:
            more = self._and_fraction.longest(tokens, unit_end)
            total, unit_end = (value + more[1], more[0]) if more else (value, unit_end)
            found.append(self._smaller_part(tokens, unit_end, Amount(total * factor, unit), factor))
        if not units:
            found.append((end, Amount(value, "")))
        return found

    def _smaller_part(self, tokens: Sequence[Token], at: int, amount: Amount, factor: float) -> tuple[int, Amount]:
        """Adds a following amount in a smaller unit: ``one minute thirty seconds``."""
        start = at + 1 if at < len(tokens) and tokens[at].text == "and" else at
        number = self.number(tokens, start)
        if number is not None:
            for end, (unit, smaller) in self._units.match(tokens, number[0]):
                if unit == amount.unit and smaller < factor:
                    return end, Amount(amount.value + number[1] * smaller, unit)
        return at, amount

    def number(self, tokens: Sequence[Token], at: int) -> Found | None:
        """Returns end and value of a number in digits or words; ``a`` and ``an`` are 1 before a unit."""
        sign = -1.0 if at < len(tokens) and tokens[at].text in ("minus", "negative") else 1.0
        at += 1 if sign < 0 else 0
        if at >= len(tokens):
            return None
        found = self._digits(tokens, at) or self._from_words(tokens, at)
        loose = self._loose.longest(tokens, at)
        if loose and (found is None or loose[0] > found[0]):
            found = loose
        if found is None and tokens[at].text in ("a", "an"):
            found = (at + 1, 1.0) if self._units.longest(tokens, at + 1) else None
        if found is None:
            return None
        more = self._and_fraction.longest(tokens, found[0])
        return (more[0], sign * (found[1] + more[1])) if more else (found[0], sign * found[1])

    def _digits(self, tokens: Sequence[Token], at: int) -> Found | None:
        """A number in digits, with a fraction: ``2.5``, ``1/2``."""
        value = tokens[at].number
        if value is None:
            return None
        texts = [token.text for token in tokens[at : at + 4]]
        if texts[1:2] == ["/"] and len(texts) > 2 and (below := tokens[at + 2].number):
            return at + 3, value / below
        if len(texts) >= 2 and texts[1] in self._data.scales:
            return at + 2, value * self._data.scales[texts[1]]
        return at + 1, value

    def _from_words(self, tokens: Sequence[Token], at: int) -> Found | None:
        """A number in words: ``two hundred and fifty``, ``one point five``, ``three quarters of a``."""
        end, value = self._whole(tokens, at)
        if end == at:
            return self._fraction(tokens, at, 1.0)
        if end + 1 < len(tokens) and tokens[end].text == "point" and tokens[end + 1].text in self._data.numbers:
            return self._decimals(tokens, end + 1, value)
        return self._fraction(tokens, end, value) or (end, value)

    def _whole(self, tokens: Sequence[Token], at: int) -> Found:
        """End and value of a whole number in words: ``a thousand``, ``two hundred and fifty``."""
        numbers, scales = self._data.numbers, self._data.scales
        total, current, end = 0.0, 0.0, at
        while end < len(tokens):
            word, after = tokens[end].text, tokens[end + 1].text if end + 1 < len(tokens) else ""
            if word in numbers:
                current += numbers[word]
            elif word in scales and end > at:
                current = (current or 1.0) * scales[word]
                if scales[word] >= 1000:
                    total, current = total + current, 0.0
            elif word == "a" and end == at and after in scales:
                current = 1.0
            elif word != "and" or current < 100 or after not in numbers:
                break
            end += 1
        return end, total + current

    def _fraction(self, tokens: Sequence[Token], at: int, count: float) -> Found | None:
        """``half``, or ``quarters of a`` after a count."""
        if at >= len(tokens) or tokens[at].text not in self._data.fractions:
            return None
        end = at + 1
        for word in ("of", "a", "an"):
            if end < len(tokens) and tokens[end].text == word:
                end += 1
        return end, count * self._data.fractions[tokens[at].text]

    def _decimals(self, tokens: Sequence[Token], at: int, whole: float) -> Found:
        """The digits after ``point``."""
        values = (self._data.numbers.get(token.text, 10) for token in tokens[at:])
        digits = [str(int(value)) for value in takewhile(lambda value: value < 10, values)]
        return at + len(digits), whole + float(f"0.{''.join(digits) or 0}")


def _factors(
    lexicon: Lexicon, units: dict[str, dict[float, Words]]
) -> list[tuple[tuple[str, ...], tuple[str, float]]]:
    return [
        (lexicon.split(word), (unit, factor))
        for unit, factors in units.items()
        for factor, words in factors.items()
        for word in words
    ]
