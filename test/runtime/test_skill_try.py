"""Trying a skill: the figures of a run, and which convention of an imported policy is suspicious when it falls."""

import numpy as np
import pytest

from skill_stack.controllers.network import Network
from skill_stack.core.policy_manifest import PolicyManifest
from skill_stack.core.resources import Resources
from skill_stack.core.robot import load_robot
from skill_stack.core.scene_file import load_scene, set_up
from skill_stack.core.skill_library import load_library
from skill_stack.runtime.skill_try import try_once
from skill_stack.runtime.suspicion import alternatives, suspects

ASKED = {"vx": 0.6, "vy": 0.0, "wz": 0.0}
FLOOR = {"name": "floor", "description": "Nothing but a floor.", "start": [0.0, 0.0, 0.0], "size": [50.0, 50.0],
         "wall_height": 0.0, "objects": []}  # fmt: skip


@pytest.fixture(scope="module")
def setup(tmp_path_factory):
    file = tmp_path_factory.mktemp("floor") / "floor.yaml"
    file.write_text(str(FLOOR))
    return set_up(load_scene(file), 0)


@pytest.fixture(scope="module")
def robot():
    resources = Resources.from_environment({})
    return load_robot(resources.robot("go2"), resources)


@pytest.fixture(scope="module")
def library(robot):
    """The Go2's own skills; each of its policies also as another project might have exported it."""
    made = load_library(Resources.from_environment({}), robot)
    entry = made.entries["walk"]
    contract = Network(entry.folder / "policy.onnx", "x").contract
    terms = [{"term": name} for name in contract.observation_names]
    terms[-1]["params"] = {"form": "sin_cos"}
    manifest = PolicyManifest.model_validate({
        "rate": contract.control_rate, "joint_names": contract.joint_names,
        "default_joint_pos": contract.default_joint_pos, "stiffness": contract.joint_stiffness,
        "damping": contract.joint_damping, "inputs": [{"name": "obs", "terms": terms}],
        "action": {"output": "actions", "kind": "default_plus_scaled", "scale": contract.action_scale},
        "commands": [
            {"name": name, "unit": "m/s", "lower": low, "upper": high}
            for name, (low, high) in zip(contract.command_names, contract.command_ranges)
        ],
        "command_deadband": 0.1,
        "gait": {"period": 1 / contract.gait.frequency, "offsets": contract.gait.offsets, "stand_below": 0.1,
                 "stand": "zero", "stop_delay": contract.gait.stop_delay},
    })  # fmt: skip
    for name in ("walk", "stand"):
        made = made.changed(name, policy=made[name].policy.model_copy(update={"manifest": manifest}))
    return made.changed("walk", timeout=4.0, enter_through=None, preconditions=())


def test_a_manifest_gives_the_same_walk_as_the_metadata(robot, library, setup) -> None:
    """The general runner and the one for policies of this project tell the joints the same."""
    own = load_library(Resources.from_environment({}), robot)
    own = own.changed("walk", timeout=2.0, enter_through=None, preconditions=())
    ways = []
    for one in (own, library.changed("walk", timeout=2.0)):
        line = try_once(robot, one, setup, "walk", ASKED)[1]
        ways.append(np.stack(line._targets))
    assert ways[0].shape == ways[1].shape
    assert np.abs(ways[0] - ways[1]).max() < 1e-6


def test_figures_of_a_walk(robot, library, setup) -> None:
    result, line = try_once(robot, library, setup, "walk", ASKED)
    figures = line.figures(ASKED)
    assert result.outcome == "succeeded" and figures.fell_after is None
    asked, done, error = figures.tracking["vx"]
    assert asked == 0.6 and done == pytest.approx(0.6, abs=0.1) and error < 0.15
    assert 1.5 < figures.distance < 3.0 and figures.tilt < 0.3
    assert 0.05 < max(figures.torque.values()) <= 1.2 and set(figures.torque) == set(robot.joint_names)
    assert figures.tick[0] <= figures.tick[1]
    assert set(figures.to_json()) >= {"tracking", "tilt", "torque", "at_limit", "fell_after", "tick_seconds"}
    assert line.pictures(3).shape == (3, line.device.model.nq)


def test_the_wrong_meaning_of_an_action_is_the_first_suspect(robot, library, setup) -> None:
    wrong = library
    for name in ("walk", "stand"):
        part = library[name].policy
        action = part.manifest.action.model_copy(update={"kind": "measured_plus_scaled"})
        other = part.manifest.model_copy(update={"action": action})
        wrong = wrong.changed(name, policy=part.model_copy(update={"manifest": other}))
    done = try_once(robot, wrong, setup, "walk", ASKED)[1].figures(ASKED)
    assert done.fell_after is not None or done.tracking["vx"][1] < 0.1
    heard = []
    found = suspects(robot, wrong, setup, "walk", ASKED, heard.append)
    assert found[0].what.startswith("action kind: default_plus_scaled instead of measured")
    assert found[0].stood == 3.0 and found[0].error < 0.15
    assert "gravity: the opposite sign" in heard


def test_nothing_is_suspected_of_a_policy_without_a_manifest(robot, setup) -> None:
    assert suspects(robot, load_library(Resources.from_environment({}), robot), setup, "walk", ASKED) == []


def test_every_alternative_is_another_reading(robot, library) -> None:
    manifest = library["walk"].policy.manifest
    named = dict(alternatives(manifest, robot))
    assert len(named) >= 4 and manifest not in named.values()
