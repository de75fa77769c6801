"""A network with more goal values and joints does at first what its predecessor does."""

import os

import numpy as np
import pytest
import torch

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.training.export import exported_network, network_of
from skill_stack.training.learners.widened import widened_layers
from skill_stack.training.tasks.task import load_task

FOUND = Resources.from_environment(os.environ)
G1 = load_robot(FOUND.robot("g1"))
WALK = FOUND.find("models/g1/walk", "skill")


def test_what_is_new_counts_nothing_at_first():
    march, stroll = load_task(WALK), load_task(FOUND.find("models/g1/stroll", "skill"))
    old, new = march.contract(G1), stroll.contract(G1)
    wide = network_of(widened_layers(WALK / "policy.onnx", new, stroll.observation_scale(G1)))
    narrow = exported_network(WALK / "policy.onnx")
    rng = np.random.default_rng(5)
    seen = {name: rng.normal(size=size) for name, size in zip(new.observation_names, new.observation_sizes)}
    joints = [new.joint_names.index(name) for name in old.joint_names]
    goals = [new.command_names.index(name) for name in old.command_names]
    kept = dict.fromkeys(("joint_pos_rel", "joint_vel_rel", "last_action"), joints) | {"velocity_commands": goals}
    less = np.concatenate([seen[name][kept.get(name, slice(None))] for name in old.observation_names])
    full = np.concatenate(list(seen.values()))
    inputs = (full * stroll.observation_scale(G1), less * march.observation_scale(G1))
    with torch.inference_mode():
        many, few = (net(torch.tensor(one, dtype=torch.float32)) for net, one in zip((wide, narrow), inputs))
    assert many[joints].numpy() == pytest.approx(few.numpy(), abs=1e-4)
    others = [place for place in range(len(many)) if place not in joints]
    assert len(others) == 6
    assert not many[others].any()


def test_a_predecessor_that_sees_more_is_refused():
    march = load_task(WALK)
    fewer = march.model_copy(update={"commands": march.commands[:3]})
    with pytest.raises(DataError, match="velocity_commands height"):
        widened_layers(WALK / "policy.onnx", fewer.contract(G1), fewer.observation_scale(G1))
