from __future__ import annotations

from pathlib import Path

import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.errors import DataError, ResourceNotFound, UnknownName
from skill_stack.core.joint_command import CommandMode, JointCommand, damping
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import gravity_in_base
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import FloorPatch, SceneSetup, load_scene, set_up
from skill_stack.hardware.mujoco.model_index import ModelIndex, index_model, write_command
from skill_stack.hardware.mujoco.model_variation import ModelVariation, VariationRanges, vary_model
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.hardware.mujoco.robot_description import locate_urdf

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def robot() -> RobotSpec:
    return load_robot(ROOT / "urdf" / "go2")


@pytest.fixture(scope="module")
def model(robot: RobotSpec) -> mujoco.MjModel:
    return build_model(robot)


def setup(*objects: SceneObject, **physics: float) -> SceneSetup:
    return SceneSetup(name="test", seed=0, start=Pose2(0.0, 0.0, 0.0), objects=objects, **physics)


def with_joint(robot: RobotSpec, name: str) -> RobotSpec:
    """The robot with its first joint renamed, as if robot.yaml and URDF disagreed."""
    other = robot.model_copy(update={"joints": (robot.joints[0].model_copy(update={"name": name}), *robot.joints[1:])})
    other.__dict__.pop("joint_names", None)  # the copy must not keep the names cached for the original
    return other


BOX = SceneObject("crate", "box", (1.0, 0.5, 0.2), 0.3, "box", (0.4, 0.2, 0.4), "red", movable=True)
BALL = SceneObject("ball", "ball", (2.0, 0.0, 0.1), 0.0, "sphere", (0.2, 0.2, 0.2), "blue")


class Simulated:
    """A robot that is told postures, for the tests of poses and gains."""

    def __init__(self, robot: RobotSpec, variation: ModelVariation | None = None) -> None:
        self.robot = robot
        self.model = build_model(robot, randomisation=variation)
        self.index: ModelIndex = index_model(self.model, robot)
        self.data = mujoco.MjData(self.model)
        self.data.qpos[self.index.joint_qpos] = robot.pose("default")
        self.data.qpos[2] = robot.stand_height
        self.largest_tilt = 0.0

    @property
    def joints(self) -> np.ndarray:
        return self.data.qpos[self.index.joint_qpos].copy()

    @property
    def tilt(self) -> float:
        return float(np.arccos(np.clip(-gravity_in_base(self.data.qpos[3:7])[2], -1, 1)))

    @property
    def nose_up_angle(self) -> float:
        return float(-np.arcsin(gravity_in_base(self.data.qpos[3:7])[0]))

    def hold(self, command: JointCommand, seconds: float) -> None:
        for _ in range(round(seconds * 50)):
            write_command(self.model, self.data, self.index, command)
            for _ in range(4):
                mujoco.mj_step(self.model, self.data)
            self.largest_tilt = max(self.largest_tilt, self.tilt)

    def damp(self, seconds: float) -> None:
        self.hold(damping(self.joints, self.robot.column("damp_kd")), seconds)

    def move(self, pose: str, seconds: float, kp: float = 60.0, kd: float = 3.0, hold: float = 0.5) -> None:
        start, target, zero = self.joints, self.robot.pose(pose), np.zeros(self.robot.size)
        gains = np.full(self.robot.size, kp), np.full(self.robot.size, kd)
        ticks = round(seconds * 50)
        for tick in range(ticks + round(hold * 50)):
            share = min(1.0, (tick + 1) / ticks)
            q = start + share * (target - start)
            self.hold(JointCommand(q, zero, zero, *gains, CommandMode.ACTIVE), 0.02)


def test_robot_comes_first_and_joints_are_found_by_name(robot: RobotSpec) -> None:
    model = build_model(robot, setup(BOX, BALL))
    index = index_model(model, robot)
    assert model.joint("root").qposadr[0] == 0
    for place, name in enumerate(robot.joint_names):
        assert index.joint_qpos[place] == model.joint(name).qposadr[0]
        assert index.joint_qvel[place] == model.joint(name).dofadr[0]
        assert model.actuator(index.actuator[place]).name == name
    assert model.joint("crate_free").qposadr[0] == 7 + robot.size
    assert model.geom("ball").bodyid[0] == 0


@pytest.mark.parametrize("name", ["go2", "g1", "allegro_right", "gantry_pair"])
def test_no_camera_sees_how_far_a_sensor_feels(name: str) -> None:
    model = build_model(load_robot(ROOT / "urdf" / name))
    shown = mujoco.MjvOption().sitegroup
    assert model.nsite and not shown[model.site_group].any()


def test_limits_come_from_the_robot_file(robot: RobotSpec, model: mujoco.MjModel) -> None:
    for joint in robot.joints:
        assert model.joint(joint.name).range == pytest.approx([joint.lower, joint.upper])
        assert model.actuator(joint.name).forcerange == pytest.approx([-joint.effort, joint.effort])
        assert model.joint(joint.name).armature[0] == joint.armature


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), strength=st.floats(0.5, 1.5))
def test_command_gives_the_torque_of_the_drive(seed: int, strength: float) -> None:
    robot = load_robot(ROOT / "urdf" / "go2")
    model = build_model(robot, randomisation=ModelVariation(motor_strength=strength))
    index = index_model(model, robot)
    rng = np.random.default_rng(seed)
    data = mujoco.MjData(model)
    data.qpos[index.joint_qpos] = robot.pose("default")
    data.qvel[index.joint_qvel] = rng.uniform(-2, 2, robot.size)
    draw = [rng.uniform(low, high, robot.size) for low, high in ((-1, 1), (-3, 3), (-5, 5), (0, 60), (0, 4))]
    command = JointCommand(*draw, CommandMode.ACTIVE)
    write_command(model, data, index, command)
    mujoco.mj_forward(model, data)
    position, velocity = data.qpos[index.joint_qpos], data.qvel[index.joint_qvel]
    torque = command.tau + command.kp * (command.q - position) + command.kd * (command.dq - velocity)
    expected = np.clip(strength * torque, -robot.column("effort"), robot.column("effort"))
    assert data.actuator_force[index.actuator] == pytest.approx(expected)


def test_standing_robot_weighs_what_it_should(robot: RobotSpec) -> None:
    body = Simulated(robot)
    body.move("default", 0.5, hold=2.0)
    force = body.data.sensordata[body.index.foot_force]
    weight = body.model.body_mass.sum() * 9.81
    assert force.sum() == pytest.approx(weight, rel=0.02)
    assert (force > 0.15 * weight).all()
    assert body.data.qpos[2] == pytest.approx(robot.stand_height, abs=0.02)
    assert np.linalg.norm(body.data.sensordata[body.index.accelerometer]) == pytest.approx(9.81, rel=0.02)
    assert body.data.sensordata[body.index.orientation] == pytest.approx(body.data.qpos[3:7], abs=1e-3)


def test_robot_meets_the_world_but_not_itself(robot: RobotSpec) -> None:
    model = build_model(robot, setup(BOX))
    own = [geom for geom in range(model.ngeom) if model.geom_bodyid[geom] not in (0, model.body("crate").id)]
    others = [model.geom("floor").id, model.geom("crate").id]

    def meet(a: int, b: int) -> bool:
        return bool(
            (model.geom_contype[a] & model.geom_conaffinity[b]) | (model.geom_contype[b] & model.geom_conaffinity[a])
        )

    assert len(own) > len(robot.feet)
    assert not any(meet(a, b) for a in own for b in own)
    assert all(meet(a, b) for a in own for b in others)
    assert meet(*others)


@pytest.mark.parametrize(
    ("name", "whole"), [("g1", True), ("allegro_right", True), ("leap", True), ("gantry_pair", True), ("go2", False)]
)
def test_who_holds_things_has_the_whole_line_search(name: str, whole: bool) -> None:
    usual, holding = mujoco.MjSpec().option, build_model(load_robot(ROOT / "urdf" / name)).opt
    same = (holding.iterations, holding.ls_iterations) == (usual.iterations, usual.ls_iterations)
    assert same == whole


def test_robot_stops_at_a_wall(robot: RobotSpec) -> None:
    wall = SceneObject("wall", "wall", (0.6, 0.0, 0.5), 0.0, "box", (0.1, 2.0, 1.0), "grey")
    model = build_model(robot, setup(wall))
    index = index_model(model, robot)
    data = mujoco.MjData(model)
    data.qpos[2], data.qpos[index.joint_qpos] = 0.3, robot.pose("default")
    data.ctrl[index.actuator] = robot.pose("default")
    data.qvel[0] = 2.0
    for _ in range(200):
        data.xfrc_applied[index.base_body, 0] = 60.0
        mujoco.mj_step(model, data)
    # The front of the trunk is some 0.25 m ahead of the base's origin, the wall's face is at 0.55 m.
    assert 0.1 < data.qpos[0] < 0.4


def test_scene_decides_friction_and_mass(robot: RobotSpec, model: mujoco.MjModel) -> None:
    heavier = build_model(robot, setup(friction=0.55, added_mass=1.5))
    assert heavier.geom("FL").friction[0] == pytest.approx(0.55)
    assert heavier.body_mass.sum() == pytest.approx(model.body_mass.sum() + 1.5)


def test_movable_object_rests_on_the_floor_where_it_was_put(robot: RobotSpec) -> None:
    model = build_model(robot, setup(BOX))
    data = mujoco.MjData(model)
    for _ in range(200):
        mujoco.mj_step(model, data)
    assert data.body("crate").xpos == pytest.approx(BOX.position, abs=0.01)


def test_a_door_turns_about_its_hinge_within_its_range(robot: RobotSpec) -> None:
    door = SceneObject("door", "door", (2.5, 0.0, 0.5), 0.2, "box", (1.0, 0.04, 1.0), movable=True, mass=4.0,
                       hinge=(-0.5, 0.0), swing=(0.0, 1.2))  # fmt: skip
    built = build_model(robot, setup(door))
    data = mujoco.MjData(built)
    hinge = built.joint("door_hinge")
    assert np.allclose(hinge.range, [-0.2, 1.0])
    data.qpos[hinge.qposadr[0]] = 0.7
    mujoco.mj_forward(built, data)
    assert np.allclose(data.geom("door").xpos, door.turned(0.9).position)
    leaf = built.geom("door").id
    assert not any(leaf in pair for pair in data.contact.geom), "a leaf that hangs does not rub the floor"


def test_variation_leaves_the_nominal_model_alone(robot: RobotSpec, model: mujoco.MjModel) -> None:
    before = model.body_mass.copy(), model.geom_friction.copy(), model.actuator_gainprm.copy()
    varied = vary_model(model, robot, ModelVariation(0.5, 1.0, (0.01, 0.0, 0.0), 1.1, {}, 1.2, 0.05))
    after = model.body_mass, model.geom_friction, model.actuator_gainprm
    assert all(np.array_equal(a, b) for a, b in zip(before, after))
    assert varied.body_mass.sum() == pytest.approx(model.body_mass.sum() + 1.0)
    assert varied.body("base").ipos[0] == pytest.approx(model.body("base").ipos[0] + 0.01)
    assert varied.actuator("FL_hip_joint").gainprm[0] == pytest.approx(1.1 * model.actuator("FL_hip_joint").gainprm[0])


def test_no_more_is_taken_off_a_base_than_it_weighs() -> None:
    hand = load_robot(ROOT / "urdf" / "allegro_right")
    with pytest.raises(DataError, match=r"added_mass -1 kg: its base has 0\.42 kg"):
        vary_model(build_model(hand), hand, ModelVariation(added_mass=-1.0))


def test_no_variation_changes_nothing(robot: RobotSpec, model: mujoco.MjModel) -> None:
    same = vary_model(model, robot, ModelVariation())
    for field in ("body_mass", "body_inertia", "geom_friction", "actuator_gainprm", "actuator_biasprm"):
        assert np.array_equal(getattr(same, field), getattr(model, field))


@given(seed=st.integers(0, 2**31))
def test_variations_stay_in_their_ranges_and_repeat(seed: int) -> None:
    ranges = VariationRanges(foot_friction=(0.4, 1.2), added_mass=(-1, 2), com_offset=(-0.02, 0.02))
    one, again = (ranges.sample(np.random.default_rng(seed)) for _ in range(2))
    assert one == again
    assert 0.4 <= one.foot_friction <= 1.2 and -1 <= one.added_mass <= 2
    assert all(abs(offset) <= 0.02 for offset in one.com_offset)
    assert one.motor_strength == 1.0


def test_missing_package_says_how_to_install_it(robot: RobotSpec) -> None:
    source = robot.source.model_copy(update={"package": "no-such-robot-data"})
    with pytest.raises(ResourceNotFound, match="pip install no-such-robot-data"):
        locate_urdf(robot.model_copy(update={"source": source}))


def test_missing_urdf_says_where_it_was_looked_for(robot: RobotSpec) -> None:
    source = robot.source.model_copy(update={"urdf": "nothing/here.urdf"})
    with pytest.raises(ResourceNotFound, match="nothing/here.urdf below"):
        locate_urdf(robot.model_copy(update={"source": source}))


@pytest.mark.parametrize("key", ["base_link", "imu_link"])
def test_unknown_link_is_named(robot: RobotSpec, key: str) -> None:
    source = robot.source.model_copy(update={key: "tail"})
    with pytest.raises(DataError, match=f"'tail' .source.{key}"):
        build_model(robot.model_copy(update={"source": source}))


def test_unknown_joint_is_named_with_those_there_are(robot: RobotSpec) -> None:
    with pytest.raises(DataError, match="tail_joint.*FL_hip_joint"):
        build_model(with_joint(robot, "tail_joint"))


def test_index_of_another_robot_fails(model: mujoco.MjModel, robot: RobotSpec) -> None:
    with pytest.raises(UnknownName, match="joint in the model 'tail_joint'"):
        index_model(model, with_joint(robot, "tail_joint"))


def test_unknown_shape_and_empty_object_are_refused(robot: RobotSpec) -> None:
    with pytest.raises(UnknownName, match="shape 'cone'"):
        build_model(robot, setup(SceneObject("thing", "thing", (1, 0, 0), shape="cone", size=(1, 1, 1))))
    with pytest.raises(DataError, match="'thing' has no extent"):
        build_model(robot, setup(SceneObject("thing", "thing", (1, 0, 0), shape="box")))


def test_place_is_no_geometry(robot: RobotSpec, model: mujoco.MjModel) -> None:
    assert build_model(robot, setup(SceneObject("start", "place", (0, 0, 0), shape="point"))).ngeom == model.ngeom


@pytest.mark.parametrize(
    "variation",
    [
        None,
        ModelVariation(foot_friction=0.5, added_mass=1.0, com_offset=(0.02, 0.01, 0.0), motor_strength=0.9),
        ModelVariation(foot_friction=1.2, added_mass=-1.0, com_offset=(-0.02, 0.0, 0.0), motor_strength=1.1),
    ],
    ids=["nominal", "heavy and slippery", "light and grippy"],
)
def test_postures_are_safe(robot: RobotSpec, variation: ModelVariation | None) -> None:
    body = Simulated(robot, variation)
    body.damp(2.0)
    assert body.data.qpos[2] < 0.12 and body.tilt < 0.2, "damping lowers the robot onto its belly"
    body.move("lie", 0.8, hold=0.0)
    body.move("default", 1.2)
    assert body.data.qpos[2] == pytest.approx(robot.stand_height, abs=0.02) and body.tilt < 0.1, "it stands up"
    body.move("sit", 1.5, hold=2.0)
    assert 0.35 < body.nose_up_angle < 0.65, "it sits on its rear, front up"
    resting = body.data.qpos[:2].copy()
    body.move("sit", 0.1, hold=2.0)
    assert np.linalg.norm(body.data.qpos[:2] - resting) < 0.02, "sitting is static"
    body.move("lie", 0.8, hold=0.0)
    body.move("default", 1.2)
    assert body.data.qpos[2] == pytest.approx(robot.stand_height, abs=0.02) and body.tilt < 0.1, "it gets up again"
    assert body.largest_tilt < 0.7


def test_a_flat_sole_carries_the_robot_on_its_corners() -> None:
    robot = load_robot(ROOT / "urdf" / "g1")
    model = build_model(robot, randomisation=ModelVariation(foot_friction=0.6))
    index, data = index_model(model, robot), mujoco.MjData(model)
    data.qpos[2], data.qpos[3] = robot.stand_height + 0.005, 1.0
    data.qpos[index.joint_qpos] = robot.pose("default")
    zero, gains = np.zeros(robot.size), np.ones(robot.size)
    hold = JointCommand(robot.pose("default"), zero, zero, 200 * gains, 5 * gains, CommandMode.ACTIVE)
    write_command(model, data, index, hold)
    mujoco.mj_step(model, data, 60)
    weight = 9.81 * model.body_mass.sum()
    assert data.sensordata[index.foot_force].sum() == pytest.approx(weight, rel=0.1)
    sided = [geom for geom in range(model.ngeom) if model.geom(geom).name.split("_")[0] in ("left", "right")]
    palms = [geom for geom in sided if model.geom(geom).name.endswith("palm")]
    soles = [geom for geom in sided if geom not in palms]
    assert len(soles) == 8 and set(model.geom_friction[soles, 0]) == {0.6}
    assert len(palms) == 2 and 0.6 not in model.geom_friction[palms, 0]


@pytest.mark.parametrize("glides", [False, True])
def test_what_glides_needs_less_of_a_push_than_the_floor_would_ask_for(robot: RobotSpec, glides: bool) -> None:
    carton = SceneObject(
        "carton", "box", (3.0, 0.0, 0.3), size=(0.6, 0.6, 0.6), movable=True, mass=3.0, friction=0.25, glides=glides
    )
    pushed = build_model(robot, setup(carton))
    data = mujoco.MjData(pushed)
    for _ in range(200):
        data.xfrc_applied[pushed.body("carton").id, 0] = 12.0  # N; 7.4 move what glides, 29 what stands on the floor
        mujoco.mj_step(pushed, data)
    moved = data.body("carton").xpos[0] - 3.0
    assert moved > 0.3 if glides else abs(moved) < 0.02


@pytest.mark.parametrize("rolling", [0.0, 3e-4])
def test_a_ball_comes_to_rest_on_cloth_and_rolls_on_where_nothing_is_stated(robot: RobotSpec, rolling: float) -> None:
    mat = SceneObject("mat", "mat", (3.0, 0.0, 0.003), size=(1.0, 1.0, 0.006), rolling=rolling)
    ball = SceneObject("ball", "ball", (2.8, 0.0, 0.036), shape="sphere", size=(0.06,) * 3, movable=True, mass=0.1)
    model = build_model(robot, setup(mat, ball))
    data = mujoco.MjData(model)
    at = model.body("ball").dofadr[0]
    data.qvel[at] = 0.1
    mujoco.mj_step(model, data, round(3.0 / model.opt.timestep))
    assert data.qvel[at] < 0.005 if rolling else data.qvel[at] > 0.05


def ground_below(model: mujoco.MjModel, x: float, y: float) -> float:
    """Height of the world's surface at a place, m."""
    data, hit = mujoco.MjData(model), np.zeros(1, np.int32)
    mujoco.mj_kinematics(model, data)
    return 3.0 - mujoco.mj_ray(model, data, np.array([x, y, 3.0]), np.array([0.0, 0.0, -1.0]), None, 1, -1, hit)


def test_ground_rises_where_the_scene_says(robot: RobotSpec) -> None:
    """A step has its height, and a ramp its slope along its heading, whichever way it is turned."""
    for yaw in (0.0, 2.0):
        along = np.array([np.cos(yaw), np.sin(yaw)])
        ramp = FloorPatch(position=tuple(5.0 * along), yaw=yaw, size=(2.0, 1.0), height=0.3, rise=0.25)
        step = FloorPatch(position=tuple(-5.0 * along), yaw=yaw, size=(2.0, 1.0), height=0.1)
        model = build_model(robot, setup().model_copy(update={"patches": (ramp, step)}))
        for ahead in (-0.6, 0.0, 0.7):
            assert ground_below(model, *((5.0 + ahead) * along)) == pytest.approx(0.3 + ahead * np.tan(0.25), abs=1e-6)
        assert ground_below(model, *(-5.9 * along)) == pytest.approx(0.1)
        assert ground_below(model, *(-6.1 * along)) == pytest.approx(0.0)


def test_the_ramp_of_the_scene_begins_on_the_floor_and_ends_at_its_top(robot: RobotSpec) -> None:
    model = build_model(robot, set_up(load_scene(ROOT / "config" / "scenes" / "terrain_ramp.yaml"), 0))
    heights = [ground_below(model, x, 0.0) for x in np.arange(1.0, 7.0, 0.02)]
    assert heights[0] == 0.0 and heights[-1] == pytest.approx(0.776)
    assert max(np.abs(np.diff(heights))) < 0.02 * np.tan(0.2618) + 0.002, "no edge that a foot could hit"


def test_only_ground_of_its_own_friction_or_hardness_decides_over_the_foot(robot: RobotSpec) -> None:
    kinds = [{}, {"friction": 0.2}, {"give": 0.05}]
    patches = tuple(FloorPatch(position=(3.0 * n, 0.0), size=(1.0, 1.0), **kind) for n, kind in enumerate(kinds))
    model = build_model(robot, setup().model_copy(update={"patches": patches}))
    plain, slippery, soft = (model.geom(f"floor_patch_{n}") for n in range(3))
    assert plain.priority[0] == 0 and slippery.priority[0] == soft.priority[0] == 2
    assert (slippery.friction[0], soft.friction[0], soft.solref[0]) == (0.2, 0.8, 0.05)
