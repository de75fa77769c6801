"""A person leads a hand through the whole line: the same world for all, silence holds, and sums pool."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.training.coarse.led_hand import RAW, LedHand, LedHands
from skill_stack.training.coarse.meant import meant_motions
from skill_stack.training.coarse.pooled import correlation, sums_of
from skill_stack.training.coarse.suite import load_coarse_line_suite

SCENARIOS = Path(__file__).resolve().parents[3] / "config" / "scenarios"
FOUND = Resources.from_environment({})
SKILL = "follow_fingers"


def shared_of(name: str) -> LedHands:
    suite = load_coarse_line_suite(SCENARIOS / f"{name}.yaml")
    robot = load_robot(FOUND.robot(suite.robot), FOUND)
    return LedHands(FOUND, robot, load_library(FOUND, robot), suite.model_copy(update={"cap": 3.0}))


@pytest.fixture(scope="module")
def right() -> LedHands:
    return shared_of("coarse_line")


@pytest.fixture(scope="module")
def left() -> LedHands:
    return shared_of("coarse_line_left")


@pytest.mark.parametrize("side", ["right", "left"])
def test_a_hand_keeps_its_cube_and_obeys(side: str, request: pytest.FixtureRequest) -> None:
    shared: LedHands = request.getfixturevalue(side)
    rows = {who: shared.measured(who, 7) for who in (RAW, SKILL)}
    assert all(row["passed"] and row["held"] == 3.0 and not row["ended"] for row in rows.values())
    raw, mine = (rows[who]["fingers"] for who in (RAW, SKILL))
    assert raw["asked"] == mine["asked"] and raw["done"] != mine["done"]  # the same person
    assert correlation([mine]) > 0.4
    assert rows[SKILL] == shared.measured(SKILL, 7)


def test_the_persons_of_a_left_hand_mean_the_mirror_image(right: LedHands, left: LedHands) -> None:
    turned = [name in ("joint_0.0", "joint_4.0", "joint_8.0") for name in left.robot.joint_names]
    signs = np.where(turned, -1.0, 1.0)
    assert left.meant.gaits == pytest.approx(right.meant.gaits * signs[:, None])
    assert np.abs(left.meant.gaits[:, turned]).max() > 0.1
    assert left.meant.settings == right.meant.settings
    assert left.meant.towards == pytest.approx(meant_motions(FOUND, right.robot, SKILL).towards * (-1.0, 1.0))


def test_a_person_who_goes_leaves_the_cube_where_it_is(right: LedHands) -> None:
    hand = LedHand(right, SKILL, 7)
    assert hand.put_in()
    assert hand.follow(4.0) == 4.0
    before = hand._truth.held()
    line = hand.line
    line.connector.cancel(hand.lead.leave(), "nobody shows anything", line.now)
    line.idle(10.0)
    assert line.connector.running == () and line.statuses["hand"].skill == "hold_hand"
    assert np.linalg.norm(hand._truth.held() - before) < 0.01


def test_a_client_that_dies_leaves_the_last_command_and_the_cube_stays(right: LedHands) -> None:
    hand = LedHand(right, SKILL, 7)
    assert hand.put_in()
    assert hand.follow(4.0) == 4.0
    before = hand._truth.held()
    hand.line.idle(20.0)
    assert hand.line.statuses["hand"].skill in (SKILL, "hold_hand")
    assert np.linalg.norm(hand._truth.held() - before) < 0.03


def test_sums_pool_to_the_correlation_of_all() -> None:
    rng = np.random.default_rng(2)
    asked = rng.normal(size=(60, 3)) + (1.0, 0.0, -2.0)
    done = 0.5 * asked + rng.normal(size=(60, 3))
    parts = [sums_of(list(zip(asked[some], done[some]))) for some in (slice(10), slice(10, 60))]
    flat = [(values - values.mean(axis=0)).ravel() for values in (asked, done)]
    assert correlation([*parts, sums_of([])]) == pytest.approx(np.corrcoef(*flat)[0, 1], abs=1e-3)
    assert correlation([sums_of([])]) == 0.0
    assert correlation([sums_of([(np.ones(2), np.ones(2))])]) == 0.0
