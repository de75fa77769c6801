"""Trying a skill: the figures of a run."""

import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.skills.skill_library import load_library
from skill_stack.runtime.policy_check.skill_trial import try_once

ASKED = {"vx": 0.6, "vy": 0.0, "wz": 0.0}


def test_a_manifest_gives_the_same_walk_as_the_metadata(go2, foreign_walk, bare_floor) -> None:
    """The general runner and the one for policies of this project tell the joints the same."""
    own = load_library(Resources.from_environment({}), go2)
    own = own.changed("walk", timeout=2.0, enter_through=None, preconditions=())
    ways = []
    for one in (own, foreign_walk.changed("walk", timeout=2.0)):
        line = try_once(go2, one, bare_floor, "walk", ASKED)[1]
        ways.append(np.stack(line._targets))
    assert ways[0].shape == ways[1].shape
    assert np.abs(ways[0] - ways[1]).max() < 1e-6


def test_figures_of_a_walk(go2, foreign_walk, bare_floor) -> None:
    result, line = try_once(go2, foreign_walk, bare_floor, "walk", ASKED)
    figures = line.figures(ASKED)
    assert result.outcome == "succeeded" and figures.fell_after is None
    asked, done, error = figures.tracking["vx"]
    assert asked == 0.6 and done == pytest.approx(0.6, abs=0.1) and error < 0.15
    assert 1.5 < figures.distance < 3.0 and figures.tilt < 0.3
    assert 0.05 < max(figures.torque.values()) <= 1.2 and set(figures.torque) == set(go2.joint_names)
    assert figures.tick[0] <= figures.tick[1]
    assert set(figures.to_json()) >= {"tracking", "tilt", "torque", "at_limit", "fell_after", "tick_seconds"}
    assert line.pictures(3).shape == (3, line.device.model.nq)
