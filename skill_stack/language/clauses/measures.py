"""Measures: puts amounts and directions of a clause into number parameters."""

from __future__ import annotations

import math

from skill_stack.core.skills.skill import GoalParameter
from skill_stack.core.steps import endless
from skill_stack.core.units import SCALES
from skill_stack.language.clauses.binding import Binding
from skill_stack.language.grammar.chunks import Amount
from skill_stack.language.phrases.frames import PhraseFrame, angular, directional, numeric, velocities
from skill_stack.language.readings import TakenAs
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon

IN_PLACE = "in place"
"""Direction of a motion that goes nowhere."""


class Measures:
    """Puts amounts and directions into a binding."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._sizes = lexicon.quantities

    def fit(self, binding: Binding, amounts: list[Amount], headings: list[str]) -> bool:
        """Puts amounts and directions into number parameters; False if they do not fit."""
        skill = binding.frame.skill
        sides = directional(skill, self._lexicon.directions.opposites)
        if IN_PLACE in headings and (sides or velocities(skill, self._lexicon)):
            return False
        return self._fitted(binding, amounts, [one for one in headings if one != IN_PLACE], sides)

    def _fitted(
        self, binding: Binding, amounts: list[Amount], headings: list[str], sides: dict[str, tuple[str, int]]
    ) -> bool:
        frame, left = binding.frame, list(amounts)
        if any(amount.words == "to" for amount in amounts) and not _set_to(frame):
            return False
        if frame.shape == "home":
            return not headings and not left
        if frame.shape == "distance" and sides:
            return self._distance(binding, left, headings, sides) and self._spare(binding, left)
        if frame.shape == "angle":
            return self._angle(binding, left, headings) and self._spare(binding, left)
        forward = not headings or (set(headings) <= {"forward"} and bool(frame.roles))
        return self._spare(binding, left) and (forward or self._velocity(binding, headings))

    def _distance(
        self, binding: Binding, amounts: list[Amount], headings: list[str], sides: dict[str, tuple[str, int]]
    ) -> bool:
        if "sideways" in headings:
            binding.missing.append("side")
            headings = [h for h in headings if h != "sideways"]
        fitting = [a for a in amounts if a.unit in ("m", "")]
        if not set(headings) <= sides.keys() or len(headings) > 1 or len(fitting) > 1:
            return False
        if binding.of("apart"):
            if set(headings) - {"backward"}:
                return False
            headings = ["backward"]
        if not fitting and _usual_way(binding, sides, headings):
            return True
        if not headings and not fitting:
            if not binding.missing:
                binding.missing.append("direction")
            return True
        parameter, sign = sides[headings[0]] if headings else sides["forward"]
        binding.values[parameter] = sign * self._size(binding, _taken(amounts, fitting), "m")
        return True

    def _angle(self, binding: Binding, amounts: list[Amount], headings: list[str]) -> bool:
        found = angular(binding.frame.skill)
        data = self._lexicon.directions
        fitting = [a for a in amounts if a.unit in ("rad", "")]
        if found is None or not set(headings) <= data.turns.keys():
            return False
        if len(fitting) > 1 or len(set(headings) - {"around"}) > 1:
            return False
        parameter, unit = found
        whole = self._sizes.turn_by_head.get(" ".join(binding.frame.head))
        if not headings and not fitting and whole is None:
            binding.missing.append(parameter.name)
            return True
        sign = math.prod(data.turns[heading] for heading in headings)
        usual = whole or max([data.turn_size.get(heading, 0.0) for heading in headings], default=0.0)
        size = self._size(binding, _taken(amounts, fitting), "rad", usual)
        if not headings and size > 0:
            binding.notes.append("no side was named, so to the left")
        binding.values[parameter.name] = sign * (size if unit == 1.0 else round(size / unit, 6))
        return True

    def _velocity(self, binding: Binding, headings: list[str]) -> bool:
        """Turns the speed of a motion of some duration, the skill's own where none was said, into a direction."""
        spec = binding.frame.skill
        sides, speed, length = velocities(spec, self._lexicon), numeric(spec, "m/s"), numeric(spec, "s")
        if len(headings) != 1 or headings[0] not in sides or speed is None or length is None:
            return False
        stated = binding.values.pop(speed.name, None)
        size = speed.default if stated is None else stated
        if not isinstance(size, int | float):
            return False
        name, sign = sides[headings[0]]
        binding.values |= {speed.name: 0.0, name: sign * abs(size)}
        binding.usual |= {name} if stated is None else set()
        return True

    def _size(self, binding: Binding, amount: Amount | None, unit: str, usual: float = 0.0) -> float:
        """The size of an amount in a unit; vague, bare and missing ones are assumed, with a note."""
        head = " ".join(binding.frame.head)
        if amount is None:
            size = usual or (self._sizes.default_by_head.get(head) if unit == "m" else None)
            binding.assumed += 0 if size else 1
            return size or self._sizes.default_size[unit]
        if amount.vague:
            return amount.value * self._sizes.vague_size[unit]
        if amount.unit:
            return amount.value
        if unit == "rad" and 0 < abs(amount.value) < 1:
            return amount.value * 2 * math.pi  # "turn left by a quarter"
        bare = {"m": ("metres", 1.0), "rad": ("degrees", math.pi / 180), "s": ("seconds", 1.0)}[unit]
        binding.notes.append(f"I read {amount.value:g} as {amount.value:g} {bare[0]}")
        return amount.value * bare[1]

    def _spare(self, binding: Binding, amounts: list[Amount]) -> bool:
        """Uses the remaining amounts as parameters of their unit, as part of the way, or as a stay afterwards."""
        return all(self._scaled(binding, amount) or self._used(binding, amount) for amount in amounts)

    def _used(self, binding: Binding, amount: Amount) -> bool:
        frame = binding.frame
        unit = amount.unit or self._only_unit(binding)
        parameter = numeric(frame.skill, unit) if unit else None
        bare = not amount.unit and not amount.vague
        if parameter is not None and parameter.default is not None and bare and frame.roles:
            return False
        if unit == "m" and frame.sense == "approach" and binding.advance is None:
            binding.advance = self._size(binding, amount, "m")  # "two metres towards the ball"
            return True
        return self._as_value(binding, amount, parameter, unit) or self._as_stay(binding, amount, parameter)

    def _as_value(self, binding: Binding, amount: Amount, parameter: GoalParameter | None, unit: str) -> bool:
        if parameter is None or parameter.name in binding.values:
            return False
        if parameter.name in self._lexicon.directions.opposites and binding.frame.shape != "distance":
            return False
        sized = unit in ("m", "rad", "s")
        binding.values[parameter.name] = self._size(binding, amount, unit) if sized else amount.value
        return True

    def _as_stay(self, binding: Binding, amount: Amount, parameter: GoalParameter | None) -> bool:
        """Uses a time as a stay afterwards; a vague amount without a parameter is noted only."""
        frame = binding.frame
        if amount.vague and frame.roles and parameter is None:
            binding.notes.append(TakenAs("how much is left to me"))
            return True
        # With a distance or an angle a time is the duration of the motion.
        stays = not endless(frame.skill) and frame.shape not in ("distance", "angle")
        if amount.unit != "s" or binding.hold is not None or not stays:
            return False
        binding.hold = amount.value
        return True

    def _scaled(self, binding: Binding, amount: Amount) -> bool:
        """Uses an amount for a parameter in another unit of the same quantity: ``two minutes`` in ``min``."""
        if numeric(binding.frame.skill, amount.unit) is not None:
            return False
        for parameter in binding.frame.skill.goal:
            unit, factor = SCALES.get(parameter.unit, ("", 1.0))
            warm = set(parameter.name.split("_")) & WORDS.warmth or parameter.unit.casefold() in WORDS.celsius
            if parameter.type == "number" and amount.unit == "rad" and warm:
                binding.values.setdefault(parameter.name, round(math.degrees(amount.value), 9))
                return True
            if unit and unit == amount.unit and parameter.name not in binding.values:
                binding.values[parameter.name] = round(amount.value / factor, 9)
                return True
        return False

    def _only_unit(self, binding: Binding) -> str:
        """Unit of a bare or vague amount: m for an approach, else that of the skill's only number."""
        numbers = [p for p in binding.frame.skill.goal if p.type == "number"]
        if binding.frame.roles and binding.frame.sense == "approach":
            return "m"
        return numbers[0].unit if len(numbers) == 1 else ""


def _taken(amounts: list[Amount], fitting: list[Amount]) -> Amount | None:
    """The only amount that fits, which is removed from the amounts; None if there is none."""
    for amount in fitting:
        amounts.remove(amount)
    return fitting[0] if fitting else None


def _usual_way(binding: Binding, sides: dict[str, tuple[str, int]], headings: list[str]) -> bool:
    """Whether a skill moves in one direction, that of its verb, by a default distance: ``hop``, ``climb down``."""
    ways = {name for name, _ in sides.values()}
    usual = headings in ([], [binding.frame.heading]) and len(ways) == 1 and binding.frame.own
    return usual and binding.frame.skill.parameter(*ways).default is not None


def _set_to(frame: PhraseFrame) -> bool:
    """Whether a phrase of a skill sets a number: `` to {number}``."""
    numbers = [parameter.name for parameter in frame.skill.goal if parameter.type == "number"]
    return any(f" to {{{name}}}" in phrase for name in numbers for phrase in frame.skill.phrases)
