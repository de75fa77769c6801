"""Links of a URDF: shape of the tree, poses against pinocchio, and bad descriptions."""

import os

import numpy as np
import pinocchio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.robot_description import locate_urdf
from skill_stack.monitor.robot_tree import read_tree

GO2 = load_robot(Resources.from_environment(os.environ).robot("go2"))
TEXT = locate_urdf(GO2).read_text()
TREE = read_tree(TEXT)
MODEL = pinocchio.buildModelFromXML(TEXT)


def matrix(pose):
    w, x, y, z = pose.rotation
    return Rotation.from_quat([x, y, z, w]).as_matrix(), np.array(pose.translation)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=12, max_size=12))
def test_every_link_is_where_pinocchio_puts_it(angles):
    positions = dict(zip(GO2.joint_names, angles))
    data, q = MODEL.createData(), pinocchio.neutral(MODEL)
    for name, angle in positions.items():
        q[MODEL.joints[MODEL.getJointId(name)].idx_q] = angle
    pinocchio.framesForwardKinematics(MODEL, data, q)
    for link, pose in TREE.in_root(positions).items():
        frame = data.oMf[MODEL.getFrameId(link, pinocchio.FrameType.BODY)]
        rotation, translation = matrix(pose)
        assert np.allclose(rotation, frame.rotation, atol=1e-9), link
        assert np.allclose(translation, frame.translation, atol=1e-9), link


def test_every_link_has_exactly_one_parent_and_the_root_is_the_base():
    children = [pose.child for pose in (*TREE.fixed(), *TREE.moving({}))]
    assert TREE.root == GO2.source.base_link
    assert sorted([TREE.root, *children]) == sorted(TREE.links)
    assert {joint.name for joint in TREE.joints if joint.motion == "turning"} == set(GO2.joint_names)


def test_every_link_that_is_seen_has_a_mesh():
    assert {shape.link for shape in TREE.visuals} >= {"base", "FL_hip", "FR_thigh", "RL_calf", "RR_foot"}
    assert all(shape.mesh.startswith("package://") for shape in TREE.visuals if shape.form == "mesh")


def joint(kind="revolute", parent="a", child="b", extra=""):
    return (f'<joint name="j" type="{kind}"><parent link="{parent}"/><child link="{child}"/>'
            f'<origin xyz="1 0 0"/><axis xyz="0 0 2"/>{extra}</joint>')


def robot(*parts, links="ab"):
    bodies = [f'<link name="{link}"/>' for link in links]
    return f'<robot name="r">{"".join([*bodies, *parts])}</robot>'


def test_a_sliding_joint_slides_along_its_unit_axis():
    (pose,) = read_tree(robot(joint("prismatic"))).moving({"j": 0.25})
    assert pose.translation == pytest.approx((1.0, 0.0, 0.25))


def test_a_mimic_follows_its_leader():
    mimic = '<mimic joint="k" multiplier="2" offset="0.5"/>'
    (pose,) = read_tree(robot(joint(extra=mimic))).moving({"k": 0.25, "j": 9})
    assert pose.rotation == pytest.approx((np.cos(0.5), 0, 0, np.sin(0.5)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<robot", "not XML"),
        (robot(joint(parent="nowhere")), "nowhere"),
        (robot(), "roots"),
        (robot(joint("floating")), "floating"),
        (robot(joint(), joint(parent="c", child="d"), joint(parent="d", child="c"), links="abcd"), "loop"),
        (robot('<joint name="j" type="fixed"><child link="b"/></joint>'), "parent"),
        (robot(joint(extra="").replace('"1 0 0"', '"1 0"')), "three numbers"),
    ],
)
def test_a_description_that_is_no_tree_is_refused(text, says):
    with pytest.raises(DataError, match=says):
        read_tree(text)
