"""Two ways to fill an archive, with the same count of steps, and the folder that either goes on from."""

from __future__ import annotations

import hashlib
import os
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.adapters.adapted_layers import Layers
from skill_stack.training.archive.cells import DUTIES, REARS, Archive, Elite
from skill_stack.training.archive.deltas import Delta, LayerDelta, Mutation, merged, mutated
from skill_stack.training.archive.fine_tuning import fine_tuned
from skill_stack.training.archive.trial import GaitTrial, MeasuredWalk
from skill_stack.training.tasks.task import TrainingTask

Array = np.ndarray
Report = Callable[[str], None]

STATE = "archive.npz"
"""Name of the file with elites and progress."""
COMMANDS = np.linspace(0.15, 1.0, 6)
"""Commanded speeds of an adapter that is tried at all of them, m/s; none is above the range of the walk."""
HOW = Mutation()
"""How far children are from their parents."""
MERGED, ANY_SPEED, SPREAD = 0.5, 0.3, 0.15
"""Share of children with two parents; share with any command, and how far that of the others is from the parent's."""
UPDATES, EVERY = 15, 5
"""Updates of a fine-tune, and after how many of them its adapter is tried."""


@dataclass(frozen=True, slots=True)
class Given:
    """What both ways have.

    Attributes:
        robot: The robot.
        task: Task of the adapters.
        base: Layers of the base.
        first: Adapters that are there before, that which changes nothing first.
        bounds: Largest singular value of each layer, shape (layers,).
        seed: Seed of everything random.
        adapters: How many are tried at a time.
        each: Robots of each.
    """

    robot: RobotSpec
    task: TrainingTask
    base: Layers
    first: Sequence[Delta]
    bounds: Array
    seed: int
    adapters: int = 48
    each: int = 2

    @property
    def largest_sum(self) -> float:
        """Largest sum of coefficients."""
        assert self.task.adapters is not None
        return self.task.adapters.largest_sum

    def trial(self, seed: int, adapters: int = 0, each: int = 0) -> GaitTrial:
        """Worlds to try adapters in; 0 for as many of them, and of robots, as are tried at a time."""
        many, robots = adapters or self.adapters, each or self.each
        return GaitTrial(self.robot, self.task, self.base, many, robots, seed)


@dataclass(slots=True)
class Filling:
    """How far a way is.

    Attributes:
        archive: Its elites.
        rounds: Generations or fine-tunes that are done.
        steps: Control ticks of all robots.
        cpu: CPU time, s.
        curve: Steps and filled cells after each round.
        base: Hash of the base that the adapters are for.
    """

    archive: Archive = field(default_factory=Archive)
    rounds: int = 0
    steps: int = 0
    cpu: float = 0.0
    curve: list[tuple[int, int]] = field(default_factory=list)
    base: str = ""

    def tried(self, trial: GaitTrial, deltas: Sequence[Delta], commands: Sequence[float]) -> int:
        """Tries adapters with a command each and keeps the elites; how many cells are new."""
        new, before = 0, trial.steps
        for begin in range(0, len(deltas), trial.adapters):
            some = slice(begin, begin + trial.adapters)
            walks = trial.tried(deltas[some], commands[some])
            new += sum(self.archive.add(Elite(*one)) for one in zip(deltas[some], commands[some], walks))
        self.steps += trial.steps - before
        return new

    def end_round(self, folder: Path, cpu: float) -> None:
        """Counts a round that began at a CPU time, s, and saves."""
        self.rounds += 1
        self.cpu += time.process_time() - cpu
        self.curve.append((self.steps, len(self.archive.elites)))
        save(folder, self)


def at_all_speeds(deltas: Sequence[Delta]) -> tuple[list[Delta], list[float]]:
    """Each adapter with each of :data:`COMMANDS`."""
    return [one for one in deltas for _ in COMMANDS], [*COMMANDS.tolist()] * len(deltas)


def evolve(given: Given, folder: Path, steps: int, report: Report) -> Filling:
    """MAP-Elites: children of elites by merging and mutation, until the steps are spent; goes on from the folder."""
    filling = load(folder, weights_hash(given.base))
    trial = given.trial(1000 * given.seed + filling.rounds)
    while filling.steps < steps:
        cpu, rng = time.process_time(), np.random.default_rng((given.seed, filling.rounds))
        children = at_all_speeds(given.first) if not filling.rounds else _children(given, filling.archive, rng)
        new = filling.tried(trial, *children)
        filling.end_round(folder, cpu)
        report(
            f"generation {filling.rounds:3d}  {filling.steps:7d} of {steps} steps  {new:2d} new cells of "
            f"{len(filling.archive.elites)}"
        )
    return filling


def _children(given: Given, archive: Archive, rng: np.random.Generator) -> tuple[list[Delta], list[float]]:
    """Adapters of a generation, and their commands."""
    elites = [archive.elites[cell] for cell in sorted(archive.elites)]
    if not elites:
        raise DataError("none of the adapters that are there walks: there is nothing to merge")
    deltas, commands = [], []
    for _ in range(given.adapters):
        one, other = (elites[place] for place in rng.integers(0, len(elites), 2))
        if rng.random() < MERGED:
            delta = merged([one.delta, other.delta], rng.uniform(0.0, 1.0, 2).tolist(), given.largest_sum)
        else:
            delta = one.delta
        deltas.append(mutated(delta, given.bounds, HOW, rng))
        any_speed = rng.random() < ANY_SPEED
        command = rng.uniform(COMMANDS[0], COMMANDS[-1]) if any_speed else one.command + SPREAD * rng.standard_normal()
        commands.append(float(np.clip(command, COMMANDS[0], COMMANDS[-1])))
    return deltas, commands


def tune(given: Given, folder: Path, steps: int, report: Report) -> Filling:
    """Fine-tunes for one gait after the other, near ones first, until the steps are spent; goes on from the folder.

    Adapters are tried on the way of a fine-tune too, each at all speeds.
    """
    filling = load(folder, weights_hash(given.base))
    gaits = gaits_in_order(given.task, given.seed)
    trial = given.trial(1000 * given.seed + filling.rounds, len(COMMANDS))
    while filling.steps < steps:
        cpu = time.process_time()
        if not filling.rounds:
            new, name = filling.tried(trial, *at_all_speeds(given.first)), "adapters that are there"
        else:
            gait = gaits[(filling.rounds - 1) % len(gaits)]
            new, name = 0, f"duty {gait[0]:.3f}, rear feet {gait[1]:.3f}"
            seed = 1000 * given.seed + filling.rounds
            for delta, ticks in fine_tuned(
                given.robot, given.task, given.base, gait, given.bounds, seed, UPDATES, EVERY, report
            ):
                filling.steps += ticks
                new += filling.tried(trial, *at_all_speeds([delta]))
                if filling.steps >= steps:
                    break
        filling.end_round(folder, cpu)
        report(f"{name}: {filling.steps} of {steps} steps  {new} new cells of {len(filling.archive.elites)}")
    return filling


def gaits_in_order(task: TrainingTask, seed: int) -> list[tuple[float, float]]:
    """Duty factor and phase of the rear feet in the middle of each gait's cells; that of the task is left out.

    Args:
        task: The task; gaits near to its own come first.
        seed: Seed of the order of those that are as near.
    """
    own = np.array([task.gait.stance, (task.gait.offsets["FL"] - task.gait.offsets["RL"]) % 1.0])
    cell = np.array([DUTIES[1] - DUTIES[0], 1.0 / REARS])
    gaits = np.array([(duty, rear / REARS) for duty in (DUTIES[1:] + DUTIES[:-1]) / 2 for rear in range(REARS)])
    off = gaits - own
    off[:, 1] = (off[:, 1] + 0.5) % 1.0 - 0.5  # phases are on a circle
    away = np.linalg.norm(off / cell, axis=1)
    order = np.argsort(away + 0.5 * np.random.default_rng(seed).random(len(gaits)))
    return [(float(duty), float(rear)) for duty, rear in gaits[order[1:]]]


def confirmed(given: Given, archive: Archive, seed: int, each: int) -> Archive:
    """The archive that its elites fill when they are tried again, in other worlds with more robots.

    The first measurement of an elite is the best of many, so that some of it is luck.
    """
    again = Filling()
    elites = [archive.elites[cell] for cell in sorted(archive.elites)]
    if elites:
        again.tried(given.trial(seed, each=each), [one.delta for one in elites], [one.command for one in elites])
    return again.archive


def save(folder: Path, filling: Filling) -> None:
    """Writes the state of a way; the file appears complete or not at all."""
    elites = list(filling.archive.elites.values())
    values: dict[str, Array] = {
        "so_far": np.array([filling.rounds, filling.steps, filling.cpu]),
        "curve": np.array(filling.curve),
        "base": np.array(filling.base),
        "commands": np.array([one.command for one in elites]),
        "gaits": np.array([one.walk.gait for one in elites]),
        "velocities": np.array([one.walk.velocity for one in elites]),
    }
    for number in range(len(elites[0].delta) if elites else 0):
        for name in ("left", "strengths", "right"):
            values[f"{name}{number}"] = np.stack([getattr(one.delta[number], name) for one in elites])
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / "partial.npz"
    np.savez_compressed(partial, **values)  # type: ignore[arg-type]
    os.replace(partial, folder / STATE)


def weights_hash(base: Layers) -> str:
    """A hash of all weights and biases."""
    return hashlib.sha256(b"".join(part.numpy().tobytes() for layer in base for part in layer)).hexdigest()


def load(folder: Path, base: str) -> Filling:
    """Reads the state of a way; an empty one where there is none.

    Args:
        folder: Where it is.
        base: Hash of the base of its adapters.

    Raises:
        DataError: The file is not one, or its adapters are for another base.
    """
    path = folder / STATE
    if not path.is_file():
        return Filling(base=base)
    try:
        with np.load(path, allow_pickle=False) as held:
            values = {name: held[name] for name in held.files}
        rounds, steps, cpu = values["so_far"].tolist()
        curve = [(int(one), int(other)) for one, other in values["curve"]]
        filling = Filling(Archive(), int(rounds), int(steps), float(cpu), curve, str(values["base"]))
        layers = sum(name.startswith("strengths") for name in values)
        for place, command in enumerate(values["commands"].tolist()):
            delta = tuple(
                LayerDelta(*(values[f"{name}{number}"][place] for name in ("left", "strengths", "right")))
                for number in range(layers)
            )
            walk = MeasuredWalk(True, values["gaits"][place], values["velocities"][place])
            filling.archive.add(Elite(delta, command, walk))
    except (OSError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: is not the state of an archive: {error}; begin in another folder") from error
    if filling.base != base:
        raise DataError(f"{path}: its adapters are for another base; begin in another folder")
    return filling
