"""Doubt from measurements: ranges hold the world that a robot walked in, places are as sure as they were seen."""

from dataclasses import replace

import numpy as np
import pytest

from skill_stack.connector.statistics.run import Run
from skill_stack.core.resources import Resources
from skill_stack.planner.memory.experience import Experience, ThingNote
from skill_stack.runtime.rehearsal.measured_doubt import measured
from skill_stack.runtime.rehearsal.rehearsal import load_rehearsal
from skill_stack.runtime.rehearsal.responses import FELT, LEAST, Responses, WorldResponse, load_responses

TOLD = load_rehearsal(Resources.from_environment({})).doubt
RUN = Run("o", 1, 0.0, "go2", "go_to", "go_to", "", "", "succeeded", seconds=2.0)


def felt(mass, slow):
    """What an invented robot measures: effort shows its load, tracking its latency, nothing the floor."""
    return {"power": 50.0 + 5.0 * mass, "roughness": 100.0, "effort": 5.0 + 0.4 * mass, "tracking": 0.1 + 5.0 * slow}


def responses():
    rng, rows = np.random.default_rng(3), []
    for _ in range(200):
        mass, slow = rng.uniform(-1, 5), rng.uniform(0, 0.03)
        seen = {name: value * float(np.exp(rng.normal(0, 0.01))) for name, value in felt(mass, slow).items()}
        rows.append(WorldResponse(friction=rng.uniform(0.1, 1.4), added_mass=mass, latency=slow, noise=1.0, **seen))
    return Responses(skill="go_to", runs=tuple(rows))


def run(mass, slow, **changes):
    seen = felt(mass, slow)
    return replace(RUN, measured={**seen, "energy": seen["power"] * RUN.seconds}, **changes)


def test_payload_and_latency_are_narrowed_to_what_was_measured_and_the_floor_is_not():
    doubt = measured(TOLD, responses(), [run(3.2, 0.02)] * LEAST, ())
    low, high = doubt.added_mass
    assert low <= 3.2 <= high and high - low < 1.0
    assert doubt.latency[0] <= 0.02 <= doubt.latency[1] and doubt.latency[1] - doubt.latency[0] < 0.01
    assert doubt.friction[1] - doubt.friction[0] > 0.8
    assert doubt.push == TOLD.push


def test_counted_ranges_hold_nine_of_ten_worlds_that_they_were_not_counted_on():
    rows = responses().runs
    counted, plain = Responses(skill="go_to", runs=rows[:120]).counted(), Responses(skill="go_to", runs=rows[:120])
    assert set(counted.tails) == {"friction", "added_mass", "latency", "noise"} and not plain.tails
    ranges = [counted.worlds(np.array([getattr(one, name) for name in FELT])) for one in rows[120:]]
    ends = [each["added_mass"] for each in ranges]
    held = [low <= one.added_mass <= high for (low, high), one in zip(ends, rows[120:])]
    assert np.mean(held) >= 0.82  # of 80; a load below zero among loads above it counts as outside


def test_few_runs_other_skills_and_interrupted_ones_tell_nothing():
    mine = [run(3.2, 0.02)] * (LEAST - 1)
    others = [
        run(3.2, 0.02, used="move"),
        run(3.2, 0.02, outcome="interrupted"),
        replace(RUN, measured={"tracking": 0.1}),
    ]
    assert measured(TOLD, responses(), [*mine, *others], ()) == TOLD
    assert measured(TOLD, None, [run(3.2, 0.02)] * LEAST, ()) == TOLD


@pytest.mark.parametrize("robot", ["go2", "g1"])
def test_rehearsal_reads_what_was_simulated_for_a_robot_and_tells_a_loaded_one_from_an_empty_one(robot):
    shipped = load_responses(Resources.from_environment({}), robot)
    grippy = sorted((one for one in shipped.runs if one.friction > 0.5), key=lambda one: one.added_mass)
    middles = []
    for rows in (grippy[:LEAST], grippy[-LEAST:]):
        runs = [
            replace(RUN, robot=robot, measured={**one.model_dump(), "energy": one.power * RUN.seconds}) for one in rows
        ]
        doubt = measured(TOLD, shipped, runs, ())
        assert doubt.added_mass != TOLD.added_mass and doubt.noise == TOLD.noise
        middles.append(sum(doubt.added_mass) / 2)
    assert middles[1] - middles[0] > 1.0, "kg"


def task(shifts, confidence, movable=False):
    things = tuple(
        ThingNote(f"t{n}", "box", movable=movable, position=(float(x), float(y), 0.0), confidence=float(confidence[n]))
        for n, (x, y) in enumerate(shifts)
    )
    return Experience("", "go2", 0.0, 1.0, "succeeded", things=things)


def test_places_are_as_sure_as_looks_agreed_and_less_where_they_were_unsure():
    rng = np.random.default_rng(1)
    sure = rng.choice([1.0, 0.6], size=200)
    looks = [rng.normal(0.0, np.hypot(0.05, 0.5 * (1.0 - sure))[:, None], (200, 2)) for _ in range(2)]
    doubt = measured(TOLD, None, (), [task(one, sure) for one in looks])
    assert abs(doubt.position - 0.05) < 0.015 and abs(doubt.unsure - 0.5) < 0.1
    assert measured(TOLD, None, (), [task(one, sure, movable=True) for one in looks]) == TOLD


def test_a_map_that_never_changes_is_no_measurement():
    same = task(np.zeros((200, 2)), np.ones(200))
    assert measured(TOLD, None, (), [same, same]) == TOLD
