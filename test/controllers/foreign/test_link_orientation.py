"""Orientation of a link from attitude and joints, against MuJoCo's own kinematics."""

import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.controllers.foreign.link_orientation import LinkOrientation
from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.mujoco_model import build_model

LINKS = ("pelvis", "torso_link", "left_ankle_roll_link")


@pytest.fixture(scope="module")
def g1():
    resources = Resources.from_environment({})
    return load_robot(resources.robot("g1"), resources)


@pytest.fixture(scope="module")
def bodies(g1):
    model = build_model(g1)
    return model, mujoco.MjData(model)


@pytest.fixture(scope="module")
def links(g1):
    return {name: LinkOrientation(g1, name) for name in LINKS}


@pytest.mark.parametrize("link", LINKS)
@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_agrees_with_the_simulation(g1, bodies, links, link, seed) -> None:
    model, data = bodies
    rng = np.random.default_rng(seed)
    base = rng.normal(size=4)
    base /= np.linalg.norm(base)
    joints = rng.uniform(g1.column("lower"), g1.column("upper"))
    data.qpos[:3] = place = rng.normal(size=3)
    data.qpos[3:7] = base
    data.qpos[[model.joint(name).qposadr[0] for name in g1.joint_names]] = joints
    mujoco.mj_kinematics(model, data)
    found = np.array(links[link].in_world(tuple(base.tolist()), joints.tolist()))
    assert abs(abs(found @ data.body(link).xquat) - 1.0) < 1e-9
    found = links[link].place(place.tolist(), tuple(base.tolist()), joints.tolist())
    assert found == pytest.approx(data.body(link).xpos, abs=1e-9)


def test_a_link_that_is_not_there(g1) -> None:
    with pytest.raises(UnknownName, match="torso_link"):
        LinkOrientation(g1, "torso")
