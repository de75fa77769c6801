"""Responses: what a robot measures of a run in simulation, by how the world was; what a real run tells is read off it.

The method is approximate Bayesian computation with a local linear adjustment (Beaumont, Zhang and Balding 2002): of the
worlds that were simulated, those whose measurements are most like the measured ones are kept, and what is left between
the measurements is taken out by a linear fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from skill_stack.connector.statistics.run import Run
from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.errors import ResourceNotFound
from skill_stack.core.resources import Resources

Array = np.ndarray
RESPONSES = "responses.json"
"""Name of the file in the folder of a robot's skills."""
NEWEST = 8
"""Runs of the skill that count: those of the present load and floor."""
LEAST = 3
"""Runs from which on they tell anything; of one, a single stumble would decide."""
KEPT = 60
"""Simulated worlds that are kept, of all."""
HELD = 0.9
"""Share of worlds whose quantities are to lie within their ranges."""
TAIL = 0.05
"""Quantile at which a range ends where nobody has counted how many worlds it holds."""
RIDGE = 1e-3
"""Share of the spread by which the fit is held back where measurements do not vary."""

Positive = Annotated[float, Field(gt=0, le=1e6)]


class WorldResponse(DataModel):
    """One run in one simulated world.

    Attributes:
        friction: Friction coefficient of the floor.
        added_mass: Payload, kg.
        latency: Latency of commands, s.
        noise: Factor on the sensors' declared noise.
        power: Mechanical work of the joints per second, W.
        roughness: See :data:`skill_stack.connector.statistics.run.MEASURES`.
        effort: The same.
        tracking: The same.
    """

    friction: Annotated[float, Field(gt=0, le=10)]
    added_mass: Annotated[float, Field(ge=-100, le=100)]
    latency: Annotated[float, Field(ge=0, le=1)]
    noise: Annotated[float, Field(ge=0, le=100)]
    power: Positive
    roughness: Positive
    effort: Positive
    tracking: Positive


WORLD = ("friction", "added_mass", "latency", "noise")
IDENTIFIED = ("friction", "added_mass", "latency")
"""What runs tell; noise of the sensors hardly shows in them, and stays as it is told."""
FELT = ("power", "roughness", "effort", "tracking")


Range = tuple[float, float]


class ResponseWorlds(DataModel):
    """The worlds that are simulated: wider than what is expected.

    Attributes:
        skill: The skill that runs.
        distance: Range of the way to its target, m.
        bearing: Largest bearing of the target, rad.
        friction: Range of the friction coefficient of the floor, drawn evenly on a logarithmic scale.
        added_mass: Range of the payload, kg.
        latency: Range of the latency of commands, s.
        noise: Range of the factor on the sensors' declared noise.
    """

    skill: str
    distance: Range
    bearing: Annotated[float, Field(ge=0, le=3.2)]
    friction: Range
    added_mass: Range
    latency: Range
    noise: Range

    def draw(self, rng: np.random.Generator) -> tuple[dict[str, float], tuple[float, float]]:
        """A world by names of :data:`WORLD`, and where the target is, m."""
        world = {name: float(rng.uniform(*getattr(self, name))) for name in WORLD[1:]}
        world["friction"] = float(np.exp(rng.uniform(*np.log(self.friction))))
        distance, bearing = rng.uniform(*self.distance), rng.uniform(-self.bearing, self.bearing)
        return world, (float(distance * np.cos(bearing)), float(distance * np.sin(bearing)))


class Responses(DataModel):
    """All runs that were simulated for one robot.

    Attributes:
        skill: The skill that ran.
        seeds: Seeds of the worlds.
        version: What they were simulated with.
        tails: Quantiles at which ranges end, by names of :data:`WORLD`; see :meth:`counted`.
        runs: The runs.
    """

    skill: str
    seeds: str = ""
    version: str = ""
    tails: dict[str, Annotated[float, Field(ge=0, le=0.5)]] = {}
    runs: Annotated[tuple[WorldResponse, ...], Field(min_length=1)]

    def worlds(self, felt: Array) -> dict[str, tuple[float, float]]:
        """Ranges of the worlds in which a robot would measure what it did.

        Args:
            felt: Measurements in the order of :data:`FELT`, shape (4,).

        Returns:
            By names of :data:`WORLD`, two quantiles.
        """
        worlds, drawn = self._alike(felt)
        out = {}
        for name, values, adjusted in zip(WORLD, worlds.T, drawn.T, strict=True):
            tail = self.tails.get(name, TAIL)
            ends = np.quantile(adjusted, (tail, 1.0 - tail))
            low, high = np.clip(np.exp(ends) if values.min() > 0 else ends, values.min(), values.max())
            out[name] = (float(low), float(high))
        return out

    def counted(self) -> Responses:
        """The same, whose ranges hold :data:`HELD` of the worlds that are left out one by one.

        What is kept of few worlds ends sooner than what they were drawn from does, by how much differs from robot to
        robot. So the place of every world among those that its own walk tells is counted (jackknife; Barber et al.
        2021, arXiv:1905.02928).
        """
        places = []
        for number, one in enumerate(self.runs):
            left = self.model_copy(update={"runs": self.runs[:number] + self.runs[number + 1 :]})
            worlds, drawn = left._alike(np.array([getattr(one, name) for name in FELT]))
            truth = np.array([getattr(one, name) for name in WORLD])
            logarithmic = worlds.min(axis=0) > 0
            below = (drawn <= np.where(logarithmic, np.log(np.maximum(truth, 1e-12)), truth)).mean(axis=0)
            places.append(np.minimum(below, 1.0 - below))
        tails = np.quantile(places, 1.0 - HELD, axis=0)
        return self.model_copy(update={"tails": {name: round(float(one), 4) for name, one in zip(WORLD, tails)}})

    def _alike(self, felt: Array) -> tuple[Array, Array]:
        """The worlds that are kept, and those adjusted to what was felt, stretched; shape (kept, quantities) each."""
        known = np.log([[getattr(one, name) for name in FELT] for one in self.runs])
        spread = np.maximum(known.std(axis=0), 1e-9)
        away = (known - np.log(felt)) / spread
        kept = np.argsort((away**2).sum(axis=1), kind="stable")[:KEPT]
        worlds = np.array([[getattr(one, name) for name in WORLD] for one in self.runs])[kept]
        return worlds, np.column_stack([_adjusted(away[kept], _stretched(values)) for values in worlds.T])


def _stretched(values: Array) -> Array:
    """Logarithms of what is positive, so that no adjustment makes it negative."""
    return np.asarray(np.log(values) if values.min() > 0 else values)


def _adjusted(away: Array, values: Array) -> Array:
    """Values with what the measurements' differences explain taken out; weighted by how like they are.

    Args:
        away: Differences of the measurements, shape (worlds, measurements).
        values: One quantity of the worlds, shape (worlds,).
    """
    distance = np.sqrt((away**2).sum(axis=1))
    weight = 1.0 - (distance / (1.001 * distance.max() + 1e-12)) ** 2  # Epanechnikov
    slopes = np.column_stack([np.ones(len(away)), away])
    held = RIDGE * np.diag((weight[:, None] * slopes**2).sum(axis=0))
    fit = np.linalg.solve((weight[:, None] * slopes).T @ slopes + held, (weight[:, None] * slopes).T @ values)
    return np.asarray(values - away @ fit[1:])


def felt_of(measured: Mapping[str, float], seconds: float) -> Array | None:
    """The measurements of a run in the order of :data:`FELT`; None where one of them is missing.

    Args:
        measured: By the names of :data:`skill_stack.connector.statistics.run.MEASURES`.
        seconds: Duration of the run, s.
    """
    values = {**measured, "power": measured.get("energy", 0.0) / max(seconds, 1e-9)}
    felt = np.array([values.get(name, 0.0) for name in FELT])
    return felt if bool((felt > 0).all()) and bool(np.isfinite(felt).all()) else None


def identified(responses: Responses | None, runs: Iterable[Run]) -> dict[str, tuple[float, float]]:
    """Ranges of what runs tell about the world; nothing where they are too few.

    Args:
        responses: What was simulated; None where nothing was.
        runs: Runs of the robot, oldest first.
    """
    if responses is None:
        return {}
    mine = [run for run in runs if run.used == responses.skill and run.outcome != "interrupted"]
    felt = [one for run in mine if (one := felt_of(run.measured, run.seconds)) is not None][-NEWEST:]
    if len(felt) < LEAST:
        return {}
    found = responses.worlds(np.median(felt, axis=0))
    return {name: found[name] for name in IDENTIFIED}


def load_responses(resources: Resources, robot: str) -> Responses | None:
    """What was simulated for a robot; None where nothing was.

    Raises:
        DataError: The file is wrong.
    """
    try:
        path = resources.find(f"models/{robot}/{RESPONSES}", "responses")
    except ResourceNotFound:
        return None
    return load_model(Responses, path)


def spread_of(shifts: Sequence[tuple[float, float, float]]) -> tuple[float, float] | None:
    """Standard deviations of seen positions, by how sure the looks were.

    Args:
        shifts: For each thing that was seen twice and does not move: squared shift along one axis, m², and for both
            looks ``1 - confidence``.

    Returns:
        Deviation at full confidence, and what a confidence of 0 adds, m; None where they are too few to tell.
    """
    from scipy.optimize import nnls  # on demand: most plans are never rehearsed

    if len(shifts) < LEAST_SHIFTS:
        return None
    squares = np.array([square for square, _, _ in shifts])
    sides = np.array([[2.0, first**2 + second**2] for _, first, second in shifts])
    if sides[:, 1].max() < 1e-4:
        return None  # every look was sure: what doubt adds shows nowhere
    (sure, unsure), _ = nnls(sides, squares)
    return float(np.sqrt(sure)), float(np.sqrt(unsure))


LEAST_SHIFTS = 30
"""Seen shifts from which on their spread is known within a fifth."""
