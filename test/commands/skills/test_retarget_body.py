"""``skill-stack retarget`` with a person: what a robot can follow, and what it refuses with frame and joint."""

import json
from pathlib import Path

import numpy as np
import pytest

from skill_stack.cli import main
from skill_stack.training.mirroring.persons import Person, moving

CLIP = Path(__file__).parents[3] / "examples" / "clips" / "greeting.bvh"


def written(path, speed, low=0.0):
    motion = moving({"ahead": speed, "lift": 0.1, "cadence": 1.0}, Person(), 2.0, np.random.default_rng(1))
    motion.positions[80:, :, 2] *= 1.0 - low
    np.savez(path, joints=motion.joints, positions=motion.positions, fps=motion.rate)
    return str(path)


def test_a_clip_that_can_be_followed_is_said_to_be(capsys):
    assert main(["retarget", str(CLIP), "go2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"frames": 241, "changes": 0}


@pytest.mark.parametrize("speed, low, why", [(3.5, 0.0, "frame 50, left_hip: ahead"), (1.0, 0.9, "frame 80, ")])
def test_one_that_cannot_is_refused_with_frame_and_joint(tmp_path, capsys, speed, low, why):
    assert main(["retarget", written(tmp_path / "clip.npz", speed, low), "go2"]) != 0
    assert f"'go2' cannot follow it: {why}" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["person", "go2"], [str(CLIP)]])
def test_without_a_robot_or_a_stack_it_says_what_to_give(words, capsys):
    assert main(["retarget", *words]) != 0
    assert "retarget person.bvh go2" in capsys.readouterr().err


def test_a_robot_that_knows_no_people_is_refused(capsys):
    assert main(["retarget", str(CLIP), "g1"]) != 0
    assert "follow_body" in capsys.readouterr().err
