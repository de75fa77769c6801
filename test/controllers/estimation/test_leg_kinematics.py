
import mujoco
import numpy as np
import pytest

from skill_stack.controllers.estimation.leg_kinematics import LegKinematics
from skill_stack.core.errors import DataError
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.mujoco_model import build_model

RNG = np.random.default_rng(3)


@pytest.fixture(scope="module")
def simulated(go2):
    model = build_model(go2, foot_kinematics=True)
    return model, mujoco.MjData(model), index_model(model, go2)


def test_feet_are_where_the_simulator_has_them(go2, simulated):
    model, data, index = simulated
    kinematics = LegKinematics(go2)
    for _ in range(20):
        data.qpos[:7] = (0, 0, 1.0, 1, 0, 0, 0)
        data.qvel[:] = 0.0
        joints, speeds = RNG.uniform(-1, 1, 12) + go2.pose("default"), RNG.normal(size=12)
        data.qpos[index.joint_qpos], data.qvel[index.joint_qvel] = joints, speeds
        mujoco.mj_forward(model, data)
        kinematics.take(joints, speeds.tolist())
        for foot in range(4):
            found = kinematics.foot(foot)
            np.testing.assert_allclose(
                found.position, data.sensordata[index.foot_position[foot]] - [0, 0, 1], atol=1e-6
            )
            np.testing.assert_allclose(found.velocity, data.sensordata[index.foot_velocity[foot]], atol=1e-6)


def test_loads_from_torques_are_those_of_the_contacts(go2, simulated):
    """Torques that hold known forces at the feet, and the legs' own weight, give these forces back."""
    model, data, index = simulated
    kinematics = LegKinematics(go2)
    data.qpos[:7], data.qvel[:] = (0, 0, 1.0, 1, 0, 0, 0), 0.0
    data.qpos[index.joint_qpos] = go2.pose("default")
    mujoco.mj_forward(model, data)
    forces = [10.0, 80.0, 0.0, 45.0]
    torque = data.qfrc_bias[index.joint_qvel].copy()
    for foot, force in zip(go2.feet, forces):
        jacobian = np.zeros((3, model.nv))
        mujoco.mj_jacSite(model, data, jacobian, None, model.site(foot.name).id)
        torque -= jacobian[2, index.joint_qvel] * force
    kinematics.take(go2.pose("default"), [0.0] * 12)
    loads = kinematics.loads(torque.tolist(), [0.0] * 12, (0.0, 0.0, 9.81))
    np.testing.assert_allclose(loads, forces, atol=0.05)


@pytest.mark.parametrize("ahead", [-0.05, 0.0, 0.12])
def test_a_sole_bears_its_load_under_the_heel_as_under_the_toe(g1, ahead):
    """Where the force acts turns the ankle; that is no other force."""
    model = build_model(g1, foot_kinematics=True)
    data, index = mujoco.MjData(model), index_model(model, g1)
    data.qpos[2], data.qpos[index.joint_qpos] = 1.0, g1.pose("default")
    mujoco.mj_forward(model, data)
    torque = data.qfrc_bias[index.joint_qvel].copy()
    for foot, force in zip(g1.feet, (300.0, 40.0)):
        body, jacobian = model.body(foot.link).id, np.zeros((3, model.nv))
        mujoco.mj_jac(model, data, jacobian, None, data.xpos[body] + [ahead, 0.01, -0.035], body)
        torque -= jacobian[2, index.joint_qvel] * force
    kinematics, still = LegKinematics(g1), [0.0] * g1.size
    kinematics.take(g1.pose("default"), still)
    np.testing.assert_allclose(kinematics.loads(torque.tolist(), still, (0.0, 0.0, 9.81)), (300.0, 40.0), rtol=0.06)


def test_rotor_inertia_is_no_load(go2):
    kinematics, still = LegKinematics(go2), LegKinematics(go2)
    armature = go2.column("armature")
    kinematics.take(go2.pose("default"), [0.0] * 12)
    still.take(go2.pose("default"), [0.0] * 12)
    acceleration = RNG.uniform(-300, 300, 12)
    without = np.array(still.loads([0.0] * 12, [0.0] * 12, (0, 0, 9.81)))
    heavy = go2.model_copy(update={"joints": tuple(j.model_copy(update={"armature": 0.0}) for j in go2.joints)})
    light = LegKinematics(heavy)
    light.take(go2.pose("default"), [0.0] * 12)
    ours = kinematics.loads((armature * acceleration).tolist(), acceleration.tolist(), (0, 0, 9.81))
    theirs = light.loads([0.0] * 12, acceleration.tolist(), (0, 0, 9.81))
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    assert not np.allclose(ours, without, atol=5.0), "the legs' inertia counts"


def test_in_free_fall_there_is_no_up(go2):
    kinematics = LegKinematics(go2)
    kinematics.take(go2.pose("default"), [0.0] * 12)
    assert np.isnan(kinematics.loads([0.0] * 12, [0.0] * 12, (0.0, 0.0, 0.1))).all()


def test_says_which_link_is_missing(go2):
    wrong = go2.model_copy(update={"feet": (go2.feet[0].model_copy(update={"link": "left_toe"}),)})
    with pytest.raises(DataError, match="left_toe"):
        LegKinematics(wrong)
    with pytest.raises(DataError, match="feet"):
        LegKinematics(go2.model_copy(update={"feet": ()}))
