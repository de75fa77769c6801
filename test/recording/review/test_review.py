"""Spoilt episodes are found and others are not; verdicts are kept, compared, and decide what is asked about."""

import math

import numpy as np
import pytest

from skill_stack.benchmarks.recording.made_episodes import MadeStep, MadeTask, joints, write_tasks
from skill_stack.benchmarks.recording.simulated_runs import SPOILS, SimulatedTask, spoil, write
from skill_stack.core.errors import UnknownName
from skill_stack.recording.catalogue.catalogue import Catalogue
from skill_stack.recording.format import EventKind
from skill_stack.recording.made_run import START, MadeRun, tick
from skill_stack.recording.reading.episode import episodes_of
from skill_stack.recording.recording import Recording
from skill_stack.recording.review.spoilt import SpoiltFinding, checked, evidence, limits
from skill_stack.recording.review.verdicts import (
    ReviewVerdict,
    agreements,
    doubt,
    fit_to_learn_from,
    give,
    kappa,
    verdicts,
)

RATE, TASKS, SECONDS = 50.0, 10, 3.0
NAMES = tuple(f"joint_{number}" for number in range(12))


def rows_and_tasks(seed=1):
    """A run like those that the simulator gives: ten tasks of the same words."""
    rng = np.random.default_rng(seed)
    q = joints(RATE, TASKS * SECONDS + 1.0, 12, rng)
    speed = np.gradient(q, 1.0 / RATE, axis=0)
    noise = rng.standard_normal((len(q), 6))
    rows = [
        tick(START + n / RATE, n, q[n], q[n] + 0.02, velocity=speed[n].tolist(), torque=(0.1 * speed[n]).tolist(),
             imu_angular_velocity=(0.1 * noise[n, :3]).tolist(), imu_linear_acceleration=noise[n, 3:].tolist(),
             base_position=[0.5 * n / RATE, 0.0, 0.3], base_velocity=[0.5, 0.0, 0.0])
        for n in range(len(q))
    ]  # fmt: skip
    step = {"skill": "walk", "outcome": "succeeded", "text": "", "seconds": SECONDS - 0.2}
    tasks = [
        SimulatedTask("walk on", n * SECONDS, (n + 1) * SECONDS - 0.1, [step], "succeeded", "") for n in range(TASKS)
    ]
    return rows, tasks


def checks(path):
    with Recording(path) as run:
        found = checked(((run, one) for one in episodes_of(run)), limits())
    return {name.rsplit("/", 1)[-1]: some for name, some in found.items()}


@pytest.mark.parametrize("kind", SPOILS)
def test_each_kind_of_spoilt_episode_is_found_and_no_other(tmp_path, kind):
    rows, tasks = rows_and_tasks()
    spoil(kind, rows, tasks[4], np.random.default_rng(2))
    found = checks(write(tmp_path, "20251009-100000_go2", rows, tasks, NAMES, 1))
    assert [name for name, some in found.items() if some] == ["t4"], found
    assert kind in {one.check for one in found["t4"]} or kind == "frozen_sensor"


def test_clean_episodes_are_clean(tmp_path):
    rows, tasks = rows_and_tasks(7)
    found = checks(write(tmp_path, "20251009-100000_go2", rows, tasks, NAMES, 1))
    assert len(found) == TASKS and not any(found.values())


@pytest.fixture
def catalogue(tmp_path):
    run = MadeRun(tmp_path, "20251009-085320_go2")
    list(
        write_tasks(run, [MadeTask(f"t{n}", "push the box", (MadeStep("push", {"target": "box"}),)) for n in range(4)])
    )
    run.event(START + 3.0, EventKind.VERDICT.value, "t0", "seen", verdict="good", by="judge")
    run.end()
    found = Catalogue(tmp_path)
    found.refresh()
    yield found
    found.close()


def test_verdicts_outlive_the_index_and_are_compared(catalogue):
    names = [one.id for one in catalogue.episodes()]
    for name, first, second in zip(names, ("good", "bad", "good", "bad"), ("good", "bad", "bad", "bad")):
        give(catalogue, ReviewVerdict(name, "Ada", first, "", START))
        give(catalogue, ReviewVerdict(name, "Bob", second, "", START))
    give(catalogue, ReviewVerdict(names[0], "Ada", "good", "once more", START))
    found = verdicts(catalogue)
    assert {one.by for one in found[names[0]]} == {"judge", "Ada", "Bob"} and len(found[names[0]]) == 3
    pairs = {(first, second): (count, value) for first, second, count, value in agreements(found)}
    assert pairs["Ada", "Bob"] == (4, pytest.approx(0.5))  # agree in 3 of 4, by chance in 1/2
    with pytest.raises(UnknownName, match="bad, good, unclear"):
        give(catalogue, ReviewVerdict(names[0], "Ada", "fine", "", START))
    order = sorted(catalogue.episodes(), key=lambda one: -doubt(one, found[one.id], ()))
    assert order[0].id == names[2]  # they disagree
    assert doubt(catalogue.episode(names[0]), found[names[0]], ()) == 0.0


def test_kappa():
    assert kappa([("good", "good"), ("bad", "bad")]) == 1.0
    assert kappa([("good", "bad"), ("bad", "good")]) == -1.0
    assert kappa([("good", "good")]) == 1.0
    assert math.isnan(kappa([]))


def test_a_person_has_the_last_word_on_what_is_learnt_from(catalogue):
    one = catalogue.episodes()[1]
    spoilt = [SpoiltFinding("slip", "", 0.0)]
    told = (("Ada", "good"), ("truth", "bad"), ("judge", "bad"))
    said = {who: ReviewVerdict(one.id, who, what, "", 0.0) for who, what in told}
    assert fit_to_learn_from(one, (), ())
    assert not fit_to_learn_from(one, (), spoilt)
    assert not fit_to_learn_from(one, (said["judge"],), ())
    assert fit_to_learn_from(one, (said["truth"],), ())  # a robot that learns does not have it
    assert fit_to_learn_from(one, (said["judge"], said["Ada"]), spoilt)


def test_a_person_and_a_machine_that_disagree_are_asked_about_first(catalogue):
    one = catalogue.episodes()[1]

    def doubted(**said: str) -> float:
        return doubt(one, [ReviewVerdict(one.id, who, what, "", 0.0) for who, what in said.items()], ())

    order = [doubted(Ada="bad", judge="good"), doubted(judge="bad", truth="good"), doubted(truth="bad"),
             doubted(judge="unclear"), doubted(truth="good"), doubted(Ada="good", truth="good")]  # fmt: skip
    assert order == sorted(order, reverse=True) and order[0] > order[1] > order[2] > order[3] > order[4]
    assert order[5] == 0.0 and doubted(truth="unclear") == doubted(truth="good")


def test_an_episode_without_ticks_is_spoilt(catalogue):
    with catalogue.run("20251009-085320_go2") as run:
        run_ticks = pytest.raises(Exception, match="no control ticks")
        with run_ticks:
            evidence(run, catalogue.episodes()[0], limits())
