"""Reach of a gantry that carries a hand: what its URDF can come to, and what it cannot."""

import os

import numpy as np
import pytest

pytest.importorskip("cv2", reason="the extra perception is not installed")

from skill_stack.connector.kinematics.chain import Chain, LinkPlace
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import rotation_of
from skill_stack.core.robots.gripper import Gripper, load_gripper
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.perception.grasps.grasp import Grasp
from skill_stack.runtime.episodes.grasp_reach import GraspReach

NAME = "gantry_allegro_right"
DOWN = np.diag([1.0, -1.0, -1.0])


@pytest.fixture(scope="module")
def gantry():
    found = Resources.from_environment(os.environ)
    gripper = load_gripper(found.robot(NAME))
    return load_robot(found.robot(NAME), found), gripper


def grasp(x, y, z, rotation=DOWN):
    return Grasp(0, "top", np.array([x, y, z]), rotation, 0.04, 0.06)


def test_joints_bring_the_tool_to_the_grasp(gantry):
    robot, gripper = gantry
    reach = GraspReach(robot, gripper)
    wanted = grasp(0.05, -0.1, 0.5, DOWN @ rotation_of((0.0, 0.2, 0.7)))
    assert reach(wanted) == ""
    before, last = reach.joints(wanted.position, wanted.rotation)
    chain = Chain(robot, gripper.link, gripper.joints)
    for joints, place in ((last, wanted.position), (before, wanted.back(0.08))):
        link = chain.place(joints)
        tool = link.position + link.turn @ np.array(gripper.xyz) + robot.fixed.xyz
        assert np.abs(tool - place).max() < 4e-3
        assert np.abs(link.turn @ rotation_of(gripper.rpy) - wanted.rotation).max() < 0.02


def test_what_is_out_of_reach_says_by_how_much(gantry):
    reach = GraspReach(*gantry)
    assert "out of reach by" in reach(grasp(2.0, 0.0, 0.5))
    assert "out of reach" in reach(grasp(0.0, 0.0, -0.8))


def test_a_base_elsewhere_counts(gantry):
    robot, gripper = gantry
    there = LinkPlace(np.array([5.0, 0.0, 1.0]), rotation_of((0.0, 0.0, 1.0)))
    reach = GraspReach(robot, gripper, there)
    assert reach(grasp(5.0, 0.0, 0.5)) == "" and reach(grasp(0.0, 0.0, 0.5))


def test_a_gripper_of_no_robot_is_refused(gantry):
    with pytest.raises(DataError, match=r"must name 'link' and 'joints'"):
        GraspReach(gantry[0], Gripper())


def test_most_robots_have_no_gripper():
    found = Resources.from_environment(os.environ)
    assert load_gripper(found.robot("go2")) is None
