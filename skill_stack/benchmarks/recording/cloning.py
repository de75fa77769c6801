"""Cloning on simulated recordings: what is left after the checks, against all of it, spoilt episodes among it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial import KDTree
from scipy.special import softmax
from scipy.stats import t as student

from skill_stack.benchmarks.recording.simulated_runs import WORDS, spoilt_runs
from skill_stack.benchmarks.report import Row
from skill_stack.core.errors import DataError
from skill_stack.recording.datasets.frames import frames_of
from skill_stack.recording.reading.episode import RecordedTask, episodes_of
from skill_stack.recording.recording import Recording
from skill_stack.recording.review.spoilt import checked, limits
from skill_stack.recording.review.verdicts import fit_to_learn_from

Array = np.ndarray
SEED = 71
"""First seed; nothing was chosen by these."""
RUNS, TEST_RUNS, SPOILT = 20, 5, 20
"""Runs of ten episodes to learn from and to be measured on, and how many of those to learn from are spoilt."""
A_SEED = 60.0
"""Time of one seed, s, about."""
FAR = 400
"""Seeds between those to learn from and those to be measured on."""
RATE, HIDDEN, RIDGE = 25.0, 1000, 1e-3
"""Frames per second, random features of the clone in closed form, and its regularisation."""
NEIGHBOURS = 4
"""Examples that the other clone asks: of 1, 4 and 16 the one with the least error of a clone of sound episodes, seeds 2
and 12."""
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Examples:
    """Frames of episodes.

    Attributes:
        seen: State of the robot and what it was asked, shape (frames, n).
        done: Joint targets, rad, shape (frames, joints).
    """

    seen: Array
    done: Array


class RidgeClone:
    """A clone in closed form, so that nothing but its examples differs between two of them.

    Linear regression with regularisation on what is seen and on random features of it.
    """

    def __init__(self, examples: Examples, seed: int) -> None:
        """Fits.

        Args:
            examples: What is cloned.
            seed: Of the random features.
        """
        rng = np.random.default_rng((seed, 8))
        self._mean, self._spread = examples.seen.mean(0), examples.seen.std(0) + 1e-3
        size = examples.seen.shape[1]
        self._mix = rng.standard_normal((size, HIDDEN)) / np.sqrt(size)
        self._shift = rng.uniform(-1.0, 1.0, HIDDEN)
        rows = self._features(examples.seen)
        square = rows.T @ rows + RIDGE * len(rows) * np.eye(rows.shape[1])
        self._weights = np.linalg.solve(square, rows.T @ examples.done)

    def error(self, examples: Examples) -> float:
        """Root mean square of the error, rad."""
        return _rms(self._features(examples.seen) @ self._weights - examples.done)

    def _features(self, seen: Array) -> Array:
        scaled = np.clip((seen - self._mean) / self._spread, -10.0, 10.0)
        return np.concatenate([np.tanh(scaled @ self._mix + self._shift), scaled, np.ones((len(seen), 1))], axis=1)


class NeighbourClone:
    """A clone that does what was done in the nearest examples, weighted by how near they are.

    Locally weighted behaviour cloning as in Pari et al., The Surprising Effectiveness of Representation Learning for
    Visual Imitation, RSS 2022, on the state and the words instead of on pictures.
    """

    def __init__(self, examples: Examples, neighbours: int = NEIGHBOURS) -> None:
        """Keeps the examples; ``neighbours`` is how many are asked."""
        self._mean, self._spread = examples.seen.mean(0), examples.seen.std(0) + 1e-3
        self._tree = KDTree(self._scaled(examples.seen))
        self._done, self._neighbours = examples.done, neighbours

    def error(self, examples: Examples) -> float:
        """Root mean square of the error, rad."""
        far, which = self._tree.query(self._scaled(examples.seen), list(range(1, self._neighbours + 1)))
        weights = softmax(-far, axis=1)
        return _rms(np.einsum("fn,fnj->fj", weights, self._done[which]) - examples.done)

    def _scaled(self, seen: Array) -> Array:
        return np.clip((seen - self._mean) / self._spread, -10.0, 10.0)


CLONES: dict[str, Callable[[Examples, int], RidgeClone | NeighbourClone]] = {
    "ridge": RidgeClone, "nearest": lambda examples, _: NeighbourClone(examples)
}  # fmt: skip
"""Kinds of clones, from examples and a seed."""
SETS = ("all", "left", "sound", "fewer")
"""Sets of episodes: all, what the checks leave, the really sound ones, and as many as are left, drawn by chance."""


def _rms(errors: Array) -> float:
    return float(np.sqrt(np.mean(errors**2)))


def measure(seconds: float) -> list[Row]:
    """One set of recordings for each minute; two at least, which are smaller in less time.

    Args:
        seconds: How long, s.
    """
    found: list[dict[tuple[str, str], float]] = []
    runs = min(max(round(RUNS * seconds / (2 * A_SEED)), 2), RUNS)
    for seed in range(SEED, SEED + max(round(seconds / A_SEED), 2)):
        with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as folder:
            found.append(compare(Path(folder), seed, runs, -(-runs * TEST_RUNS // RUNS)))
        print(f"  seed {seed}: {found[-1]}", file=sys.stderr, flush=True)
    note = f"seeds {SEED} to {SEED + len(found) - 1}"
    errors = [
        Row(f"error of a {kind} clone, {name}", 1e3 * float(np.mean([one[kind, name] for one in found])), "mrad",
            note=note)
        for kind in CLONES for name in SETS
    ]  # fmt: skip
    worse = {"all": "more error on all than on what is left", "fewer": "more error on as many by chance"}
    gains = [_gain(f"{kind}: {text}", kind, name, found, note) for kind in CLONES for name, text in worse.items()]
    return [*gains, *errors]


def _gain(name: str, kind: str, worse: str, found: list[dict[tuple[str, str], float]], note: str) -> Row:
    """By how many per cent an error is larger than that on what is left, with its interval over the seeds."""
    ratios = np.array([one[kind, worse] / one[kind, "left"] for one in found])
    gains = 100.0 * (ratios - 1.0)
    half = student.ppf(0.5 + CONFIDENCE / 2, len(gains) - 1) * gains.std(ddof=1) / np.sqrt(len(gains))
    spread = (float(gains.mean() - half), float(gains.mean() + half))
    note = f"{note}, paired; spread: {CONFIDENCE:.0%} interval"
    return Row(name, float(gains.mean()), "%", 0.0, "higher", spread, note)


def compare(folder: Path, seed: int, runs: int = RUNS, test_runs: int = TEST_RUNS) -> dict[tuple[str, str], float]:
    """Errors on sound episodes in other worlds, of clones of one set of recordings.

    Args:
        folder: An empty one.
        seed: Of worlds, faults and clones.
        runs: Runs to learn from.
        test_runs: Runs to be measured on.

    Returns:
        Error, rad, of each kind of clone on each set of episodes, by both names.
    """
    there: dict[str, Examples] = {}
    spoilt: set[str] = set()
    ends: dict[str, RecordedTask] = {}

    def episodes() -> Iterator[tuple[Recording, RecordedTask]]:
        for made in spoilt_runs(folder / "learn", seed, runs, round(SPOILT * runs / RUNS)):
            spoilt.update(made.spoilt)
            for run, one in _episodes(made.path):
                ends[one.id] = one
                if (found := examples_of(run, one)) is not None:
                    there[one.id] = found
                yield run, one

    found = checked(episodes(), limits())
    left = [name for name in there if fit_to_learn_from(ends[name], (), found[name])]
    test = [
        some
        for made in spoilt_runs(folder / "test", seed + FAR, test_runs, 0)
        for run, one in _episodes(made.path)
        if (some := examples_of(run, one)) is not None
    ]
    rng = np.random.default_rng((seed, 9))
    chosen = {
        "all": list(there), "left": left, "sound": [name for name in there if name not in spoilt],
        "fewer": rng.permutation(list(there))[: len(left)].tolist(),
    }  # fmt: skip
    judged = joined(test)
    sets = {name: joined([there[one] for one in names]) for name, names in chosen.items()}
    return {
        (kind, name): make(some, seed).error(judged) for kind, make in CLONES.items() for name, some in sets.items()
    }


def _episodes(path: Path) -> Iterator[tuple[Recording, RecordedTask]]:
    with Recording(path) as run:
        yield from ((run, one) for one in episodes_of(run))


def examples_of(run: Recording, one: RecordedTask) -> Examples | None:
    """State and words as what is seen, joint targets as what is done; None of an episode without frames."""
    try:
        frames = frames_of(run, one, RATE)
    except DataError:
        return None
    asked = np.tile([float(words == one.instruction) for words in WORDS], (len(frames.times), 1))
    return Examples(np.concatenate([frames.state, asked], axis=1), frames.action)


def joined(some: list[Examples]) -> Examples:
    """Several as one."""
    return Examples(np.concatenate([one.seen for one in some]), np.concatenate([one.done for one in some]))
