"""Liveliness: gaits are told apart, different seconds counted, ways compared with what is known of them."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from episode_records import record, value

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.evaluation.quantities.liveliness import BodyTrack, doings, gait_of, headings

ROOT = Path(__file__).resolve().parents[2]
TICK = 0.02


@pytest.mark.parametrize("gait, phases", [("trot", (0, 0.5, 0.5, 0)), ("bound", (0, 0, 0.5, 0.5)), ("pronk", (0,) * 4)])
def test_gaits_are_told_apart_by_their_feet(gait, phases):
    time = TICK * np.arange(100)[:, None]
    contact = (2.4 * time - np.array(phases)) % 1.0 < 0.55
    assert gait_of(contact, 2.4, TICK) == gait
    assert gait_of(np.ones((100, 4), bool), 2.4, TICK) == "standing"


def test_doings_and_headings_of_a_body_that_walks_ahead_then_aside():
    count = 100
    velocity = np.repeat([[0.6, 0.0, 0.0], [0.0, 0.3, 0.0]], count // 2, axis=0)
    flat = np.zeros(count)
    track = BodyTrack(velocity, flat + 0.3, flat, flat, np.ones((count, 4), bool))
    assert doings(track, 2.4, TICK) == [
        ("standing", "fast ahead", "straight", "level"), ("standing", "slowly left", "straight", "level"),
    ]  # fmt: skip
    assert headings(track, TICK) == {0, 2}


def test_an_episode_of_standing_and_one_of_two_ways_are_counted():
    still = record(6.0)
    assert value("variety", still, "2.4") == 1 and value("standing_share", still, "2.4") == 1.0
    assert value("headings", still) == 0
    going = record(6.0, vx=lambda t: 0.6 if t < 2.0 else -0.3 if t < 4.0 else 0.0, ended=6.0)
    assert value("variety", going, "2.4") == 3 and value("standing_share", going, "2.4") == pytest.approx(1 / 3)
    assert value("headings", going) == 2
    with pytest.raises(DataError, match="frequency"):
        value("variety", still)


def test_a_way_is_compared_with_what_is_known_of_its_direction():
    known = json.loads((ROOT / "models" / "go2" / "roam" / "figures.json").read_text())["directions"][2]
    angle = known["heading"] + 0.1
    way = {"x": lambda t: math.cos(angle) * t, "y": lambda t: math.sin(angle) * t}
    went = record(6.0, **way, arguments={"direction": known["name"]})
    assert value("direction_error", went, "roam") == pytest.approx(0.1)
    with pytest.raises(UnknownName, match="direction"):
        value("direction_error", record(6.0, **way, arguments={"direction": "nine"}), "roam")
    with pytest.raises(DataError, match="of which skill"):
        value("direction_error", went)
