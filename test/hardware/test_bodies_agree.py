"""Every body of the project is the same in its URDF, in pinocchio and in MuJoCo: masses, inertias, limits, places."""

import xml.etree.ElementTree as ET

import mujoco
import numpy as np
import pinocchio
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.robots.urdf_file import urdf_text
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.mujoco_model import build_model

RESOURCES = Resources.from_environment({})
BODIES = ("g1", "allegro_right", "allegro_left", "gantry", "gantry_allegro_right", "g1_hands")


class Body:
    """One robot, three times."""

    def __init__(self, name):
        self.robot = load_robot(RESOURCES.robot(name), RESOURCES)
        self.urdf = urdf_text(self.robot)
        self.tree = ET.fromstring(self.urdf)
        self.pin = pinocchio.buildModelFromXML(self.urdf)
        self.pin_data = self.pin.createData()
        self.model = build_model(self.robot)
        self.data = mujoco.MjData(self.model)
        self.index = index_model(self.model, self.robot)
        self.places = [self.pin.joints[self.pin.getJointId(name)] for name in self.robot.joint_names]

    def draw(self, seed):
        rng = np.random.default_rng(seed)
        return rng.uniform(self.robot.column("lower"), self.robot.column("upper"))

    def pose(self, joints):
        """The same joints in both."""
        q = np.zeros(self.pin.nq)
        q[[place.idx_q for place in self.places]] = joints
        self.data.qpos[:3], self.data.qpos[3:7] = 0.0, (1.0, 0.0, 0.0, 0.0)  # wherever it is bolted down
        self.data.qpos[self.index.joint_qpos] = joints
        mujoco.mj_forward(self.model, self.data)
        pinocchio.framesForwardKinematics(self.pin, self.pin_data, q)
        return q


@pytest.fixture(scope="module", params=BODIES)
def body(request):
    return Body(request.param)


def test_masses_agree(body) -> None:
    stated = sum(float(mass.get("value")) for mass in body.tree.iter("mass"))
    carried = sum(inertia.mass for inertia in body.pin.inertias)
    assert carried == pytest.approx(stated, rel=1e-6)
    assert float(body.model.body_mass.sum()) == pytest.approx(stated, rel=1e-6)


def test_links_are_at_the_same_places_in_random_poses(body) -> None:
    for seed in range(10):
        body.pose(body.draw(seed))
        base = body.robot.source.base_link
        origin = body.pin_data.oMf[body.pin.getFrameId(base)].translation
        checked = 0
        for number in range(1, body.model.nbody):
            name = body.model.body(number).name
            if body.pin.existFrame(name):
                there = body.pin_data.oMf[body.pin.getFrameId(name)].translation - origin
                assert body.data.xpos[number] - body.data.body(base).xpos == pytest.approx(there, abs=1e-6), name
                checked += 1
        assert checked >= body.robot.size


def test_inertias_agree_in_random_poses(body) -> None:
    dofs, columns = body.index.joint_qvel, [place.idx_v for place in body.places]
    for seed in range(5):
        q = body.pose(body.draw(seed))
        full = np.zeros((body.model.nv, body.model.nv))
        mujoco.mj_fullM(body.model, body.data, full)
        simulated = full[np.ix_(dofs, dofs)] - np.diag(body.model.dof_armature[dofs])
        wanted = pinocchio.crba(body.pin, body.pin_data, q)
        wanted = np.triu(wanted) + np.triu(wanted, 1).T
        # Where a published inertia is none that a body can have, MuJoCo needs another one, as small as these are.
        assert simulated == pytest.approx(wanted[np.ix_(columns, columns)], rel=2e-3, abs=2e-4)


def test_limits_lie_within_those_of_the_urdf(body) -> None:
    stated = {joint.get("name"): joint.find("limit") for joint in body.tree.iter("joint")}
    for joint in body.robot.joints:
        limit = stated[joint.name]
        assert joint.lower >= float(limit.get("lower")) - 1e-9 and joint.upper <= float(limit.get("upper")) + 1e-9
        assert joint.effort <= float(limit.get("effort")) + 1e-9
        assert body.model.joint(joint.name).range == pytest.approx([joint.lower, joint.upper])
        assert body.model.actuator(joint.name).forcerange == pytest.approx([-joint.effort, joint.effort])


def test_a_left_hand_is_the_right_one_in_a_mirror() -> None:
    right, left = Body("allegro_right"), Body("allegro_left")
    sides = ("joint_0.0", "joint_4.0", "joint_8.0")
    flipped = np.array([-1.0 if name in sides else 1.0 for name in left.robot.joint_names])
    for seed in range(10):
        joints = right.draw(seed)
        right.pose(joints)
        left.pose(flipped * joints)
        for number in range(1, right.model.nbody):
            mirrored = right.data.xpos[number] * (1.0, -1.0, 1.0)
            name = right.model.body(number).name
            assert left.data.body(name).xpos == pytest.approx(mirrored, abs=1e-9)
    for name, pad in right.robot.grasps.pads.items():
        assert left.robot.grasps.pads[name].point == (pad.point[0], -pad.point[1], pad.point[2])
