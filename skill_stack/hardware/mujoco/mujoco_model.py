"""The MuJoCo model of a robot, made from its URDF and ``robot.yaml`` at run time.

Training, evaluation and the simulator process step this same model: a policy trained in a simpler one loses some of its
speed here.
"""

from __future__ import annotations

import math
from collections.abc import Collection

import mujoco
import numpy as np

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot import MountPose, RobotSpec
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.model_variation import ModelVariation, vary_model
from skill_stack.hardware.mujoco.robot_description import urdf_for_mujoco
from skill_stack.hardware.mujoco.scene_geometry import ROBOT_BIT, add_floor, add_objects, add_patches
from skill_stack.hardware.rendering.tag_geometry import add_tags

ROOT_JOINT = "root"
GRASPING = 10.0
"""Ratio of friction to contact stiffness for grasping hands: with 1 objects creep out of any grasp."""
HOLDING = 5
"""Iterations of MuJoCo's ``noslip`` solver for grasping hands, which removes the remaining creep."""
QUICK = 20
"""Most steps of the solver and of its line search, but for who holds things: there the search ended too early once in
some thousand physics steps. A box was shot out of palms with 355 N, and fingers around a cube jumped by 20 rad/s."""
COARSE_TOLERANCE = 1e-5
BOLT = (0.01, 1.0)  # s and damping ratio of the bolts' constraint: two physics steps, as stiff as it stays stable
IMU_SITE = "imu"

# Rubber on a hard floor; randomised between 0.5 and 1.2 in training.
FOOT_FRICTION = (0.8, 0.005, 0.0001)
BODY_FRICTION = (0.5, 0.005, 0.0001)
PALM_IMPEDANCE = (0.999, 0.9999, 0.001, 0.5, 2.0)
"""MuJoCo's ``solimp`` of palms: the nearer to 1, the slower what they hold by friction creeps."""
# The touch sensor adds up contacts inside its site, so the site has to enclose the whole foot.
TOUCH_SITE_MARGIN = 1.5
UNDRAWN = 4
"""Group of the sites of sensors: MuJoCo draws groups 0 to 2, and a camera sees no sensor's extent."""


def build_model(
    robot: RobotSpec,
    scene: SceneSetup | None = None,
    *,
    timestep: float = 0.005,
    randomisation: ModelVariation | None = None,
    foot_kinematics: bool = False,
    rigid: Collection[str] = (),
    bare: bool = False,
    coarse: bool = False,
    drawn: bool = False,
) -> mujoco.MjModel:
    """Builds the model of one robot on a floor, with the objects of a scene.

    The robot's free joint comes first in ``qpos`` and ``qvel``. Each actuated joint has one actuator of its name, an
    affine one, through which :func:`skill_stack.hardware.mujoco.model_index.write_command` applies per-tick gains.

    Args:
        robot: The robot.
        scene: Objects and walls around it, and the physics that its seed chose; None for the bare floor.
        timestep: Physics step, s; four steps make a 20 ms control tick.
        randomisation: How this instance differs from the nominal robot; None takes that of the scene.
        foot_kinematics: Also adds sensors for the motion of the feet, of flat ones also how they turn, and for the
            position of fingertips, of hands at the ends of arms, and of their trunk (rewards use them).
        rigid: Joints that the model lacks beside those of the robot: their links are one, at the angle 0.
        bare: The feet alone touch the ground and there are no meshes: as long as it stays on its feet a robot moves bit
            for bit as with them, and copies of its model cost a hundredth.
        coarse: Bare, and with pyramidal cones: what a first stage of a training may do with.
        drawn: Whether it is for pictures, in which markers of the scene are to be seen too.

    Raises:
        ResourceNotFound: URDF or meshes are not installed.
        DataError: URDF and ``robot.yaml`` disagree.
    """
    spec = robot_spec(robot, timestep, foot_kinematics, rigid, bare, coarse)
    if scene is not None:
        add_objects(spec, scene.objects)
        add_patches(spec, scene.patches)
        if drawn:
            add_tags(spec, scene.tags)
    model = spec.compile()
    if randomisation is None and scene is not None:
        randomisation = scene_variation(robot, scene)
    return model if randomisation is None else vary_model(model, robot, randomisation)


def robot_spec(
    robot: RobotSpec,
    timestep: float,
    foot_kinematics: bool = False,
    rigid: Collection[str] = (),
    bare: bool = False,
    coarse: bool = False,
) -> mujoco.MjSpec:
    """One robot on a floor, not compiled yet; arguments and errors as of :func:`build_model`."""
    spec = mujoco.MjSpec.from_string(urdf_for_mujoco(robot))
    spec.modelname = robot.name
    _set_options(spec, timestep, GRASPING if _grasps(robot) else 1.0)
    if not _holds(robot):
        spec.option.iterations = spec.option.ls_iterations = QUICK
    add_floor(spec)
    base = spec.body(robot.source.base_link)
    if base is None:
        raise DataError(f"{robot.name}: the URDF has no link '{robot.source.base_link}' (source.base_link)")
    base.add_freejoint(name=ROOT_JOINT)
    if robot.fixed is not None:
        _bolt(spec, base, robot.fixed)
    for name in (*rigid, *robot.carried_by):
        spec.delete(spec.joint(name))
    if robot.carried_by:
        _carry(spec, base, robot)
    _set_collision(spec, robot)
    if not (bare or coarse):
        _add_palms(spec, robot)
    if bare or coarse:
        _strip(spec, robot)
    if coarse:
        spec.option.cone = mujoco.mjtCone.mjCONE_PYRAMIDAL
        spec.option.tolerance = COARSE_TOLERANCE
    _set_joints(spec, robot)
    _add_sensors(spec, robot, foot_kinematics)
    return spec


def scene_variation(robot: RobotSpec, scene: SceneSetup) -> ModelVariation:
    """How the robot of a scene differs from the nominal one.

    Raises:
        UnknownName: A weak motor is none of the robot's joints.
    """
    for name in scene.weak_motors:
        if name not in robot.joint_names:
            raise UnknownName("joint", name, robot.joint_names)
    return ModelVariation(
        foot_friction=scene.friction,
        added_mass=scene.added_mass,
        motor_strength=scene.motor_strength,
        weak_motors=scene.weak_motors,
    )


def _holds(robot: RobotSpec) -> bool:
    """Whether it has palms or fingers between which things are pressed."""
    hands = (robot, *robot.mounted.values())
    return bool(robot.palms) or any(hand.fingertips or hand.pincers or hand.grasps for hand in hands)


def _grasps(robot: RobotSpec) -> bool:
    """Whether it is a hand, or carries one, that grasps objects; a walking robot keeps the model its policies were
    trained in.
    """
    hands = (robot, *robot.mounted.values())
    return not robot.feet and any(hand.grasps is not None or hand.pincers is not None for hand in hands)


def _set_options(spec: mujoco.MjSpec, timestep: float, stiffness: float) -> None:
    option = spec.option
    option.timestep = timestep
    option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    option.solver = mujoco.mjtSolver.mjSOL_NEWTON
    # Elliptic cones have the same friction in every direction; an impratio above 1 costs a third more time.
    option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    option.impratio = stiffness
    option.noslip_iterations = HOLDING if stiffness > 1.0 else 0
    spec.compiler.balanceinertia = True  # some published URDFs have inertias that no body can have
    spec.nuser_actuator = 1  # motor strength, see ModelVariation


def _bolt(spec: mujoco.MjSpec, base: mujoco.MjsBody, place: MountPose) -> None:
    """Fixes the base; it keeps its free joint, so that addresses are the same for every robot."""
    base.pos = place.xyz
    turned = np.zeros(4)
    mujoco.mju_euler2Quat(turned, np.array(place.rpy), "XYZ")  # URDF: about fixed axes x, y, z
    base.quat = turned
    weld = spec.add_equality(name="bolted", type=mujoco.mjtEq.mjEQ_WELD, objtype=mujoco.mjtObj.mjOBJ_BODY)
    weld.name1, weld.name2 = base.name, "world"
    weld.solref[:2], weld.solimp[:2] = BOLT, (0.9999, 0.9999)


def _carry(spec: mujoco.MjSpec, base: mujoco.MjsBody, robot: RobotSpec) -> None:
    """Takes the weight off the base and what hangs on it without a joint: what carries the robot holds them up."""
    moved = {joint.name for joint in robot.joints}
    waiting = [base]
    while waiting:
        body = waiting.pop()
        body.gravcomp = 1.0
        waiting += [child for child in body.bodies if not moved & {joint.name for joint in child.joints}]


def _set_collision(spec: mujoco.MjSpec, robot: RobotSpec) -> None:
    """Spheres for the feet, the URDF's convex meshes for the rest; the robot never collides with itself."""
    feet = {foot.link: foot for foot in robot.feet}
    missing = sorted(link for link in feet if spec.body(link) is None)
    if missing:
        raise DataError(f"{robot.name}: the URDF lacks the foot links {missing}")
    for body in spec.bodies:
        if body.name == "world":
            continue
        for geom in body.geoms:
            if body.name in feet:
                spec.delete(geom)
                continue
            geom.contype, geom.conaffinity, geom.condim = ROBOT_BIT, 0, 3
            geom.friction = BODY_FRICTION
            geom.rgba = (0.75, 0.77, 0.80, 1.0)
    for link, foot in feet.items():
        body = spec.body(link)
        for number, (centre, radius) in enumerate(foot.spheres):
            body.add_geom(
                name=f"{foot.name}_{number}" if number else foot.name,
                type=mujoco.mjtGeom.mjGEOM_SPHERE,
                pos=centre,
                size=[radius, 0, 0],
                mass=0.0,
                contype=ROBOT_BIT,
                conaffinity=0,
                condim=3,
                priority=1,
                friction=FOOT_FRICTION,
                rgba=(0.15, 0.15, 0.15, 1.0),
            )
        reach = max(math.dist((0.0, 0.0, 0.0), centre) + radius for centre, radius in foot.spheres)
        body.add_site(name=foot.name, size=[reach * TOUCH_SITE_MARGIN, 0, 0], group=UNDRAWN)


def _add_palms(spec: mujoco.MjSpec, robot: RobotSpec) -> None:
    """Flat blocks for hands that press; stiff, so that what is held between them does not creep out."""
    for palm in robot.palms:
        body = spec.body(palm.link)
        if body is None:
            raise DataError(f"{robot.name}: the URDF has no link '{palm.link}' (palms.{palm.name})")
        body.add_geom(
            name=f"{palm.name}_palm",
            type=mujoco.mjtGeom.mjGEOM_BOX,
            pos=palm.centre,
            size=palm.half,
            mass=0.0,
            contype=ROBOT_BIT,
            conaffinity=0,
            condim=4,
            priority=1,
            friction=(palm.friction, 0.02, 0.0001),
            solimp=PALM_IMPEDANCE,
            rgba=(0.2, 0.2, 0.2, 1.0),
        )


def _strip(spec: mujoco.MjSpec, robot: RobotSpec) -> None:
    feet = {foot.link for foot in robot.feet}
    for body in spec.bodies:
        for geom in body.geoms if body.name != "world" and body.name not in feet else ():
            spec.delete(geom)
    for mesh in spec.meshes:
        spec.delete(mesh)


def _set_joints(spec: mujoco.MjSpec, robot: RobotSpec) -> None:
    """Armature, friction and limits from ``robot.yaml``, and one affine actuator per joint, in the robot's order."""
    for joint in robot.joints:
        element = spec.joint(joint.name)
        if element is None:
            names = [item.name for item in spec.joints if item.name != ROOT_JOINT]
            raise DataError(f"{robot.name}: the URDF has no joint '{joint.name}'; it has {names}")
        element.armature = joint.armature
        element.frictionloss = joint.friction
        element.damping = (joint.damping, 0.0, 0.0)
        element.range = (joint.lower, joint.upper)
        actuator = spec.add_actuator(name=joint.name, target=joint.name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
        actuator.gaintype = mujoco.mjtGain.mjGAIN_FIXED
        actuator.biastype = mujoco.mjtBias.mjBIAS_AFFINE
        actuator.gainprm[0] = joint.kp
        actuator.biasprm[:3] = (0.0, -joint.kp, -joint.kd)
        actuator.ctrllimited = False
        actuator.forcelimited = True
        actuator.forcerange = (-joint.effort, joint.effort)
        actuator.userdata = [1.0]


def _add_sensors(spec: mujoco.MjSpec, robot: RobotSpec, foot_kinematics: bool) -> None:
    # What is bolted down needs no IMU; that of its base then says all the time that it does not move.
    imu = spec.body(robot.source.imu_link or (robot.source.base_link if robot.fixed else ""))
    if imu is None:
        raise DataError(f"{robot.name}: the URDF has no link '{robot.source.imu_link}' (source.imu_link)")
    imu.add_site(name=IMU_SITE, group=UNDRAWN)
    kinds = mujoco.mjtSensor
    site = {"objtype": mujoco.mjtObj.mjOBJ_SITE}
    spec.add_sensor(name="imu_gyro", type=kinds.mjSENS_GYRO, objname=IMU_SITE, **site)
    spec.add_sensor(name="imu_accelerometer", type=kinds.mjSENS_ACCELEROMETER, objname=IMU_SITE, **site)
    spec.add_sensor(name="imu_orientation", type=kinds.mjSENS_FRAMEQUAT, objname=IMU_SITE, **site)
    for foot in robot.feet:
        spec.add_sensor(name=f"{foot.name}_force", type=kinds.mjSENS_TOUCH, objname=foot.name, **site)
    for foot in robot.feet if foot_kinematics else ():
        spec.add_sensor(name=f"{foot.name}_position", type=kinds.mjSENS_FRAMEPOS, objname=foot.name, **site)
        spec.add_sensor(name=f"{foot.name}_velocity", type=kinds.mjSENS_FRAMELINVEL, objname=foot.name, **site)
        if foot.corners:
            spec.add_sensor(name=f"{foot.name}_orientation", type=kinds.mjSENS_FRAMEQUAT, objname=foot.name, **site)
            spec.add_sensor(name=f"{foot.name}_turning", type=kinds.mjSENS_FRAMEANGVEL, objname=foot.name, **site)
    for finger, tip in robot.fingertips.items() if foot_kinematics else ():
        link = spec.body(tip.link)
        if link is None:
            raise DataError(f"{robot.name}: the URDF has no link '{tip.link}' (fingertips.{finger})")
        link.add_site(name=f"{finger}_tip", pos=tip.point, group=UNDRAWN)
        spec.add_sensor(name=f"{finger}_tip_position", type=kinds.mjSENS_FRAMEPOS, objname=f"{finger}_tip", **site)
    for sensor in robot.sensors.touch:
        link, name = spec.body(sensor.link), f"touch_{sensor.name}"
        if link is None:
            raise DataError(f"{robot.name}: the URDF has no link '{sensor.link}' (sensors.touch, '{sensor.name}')")
        link.add_site(name=name, pos=sensor.point, size=[sensor.radius] * 3, group=UNDRAWN)
        spec.add_sensor(name=name, type=kinds.mjSENS_TOUCH, objname=name, **site)
    if foot_kinematics and robot.palms:
        _add_arm_sensors(spec, robot)


def _add_arm_sensors(spec: mujoco.MjSpec, robot: RobotSpec) -> None:
    """Places of the hands, orientation of the trunk, and the middle of mass of what moves against the base with it."""
    kinds, objects = mujoco.mjtSensor, mujoco.mjtObj
    for palm in robot.palms:
        spec.body(palm.link).add_site(name=f"{palm.name}_hand", pos=palm.centre, group=UNDRAWN)
        spec.add_sensor(
            name=f"{palm.name}_hand_position", type=kinds.mjSENS_FRAMEPOS, objtype=objects.mjOBJ_SITE,
            objname=f"{palm.name}_hand",
        )  # fmt: skip
    trunk = above = spec.body(robot.source.trunk_link or robot.source.base_link)
    while above.name != robot.source.base_link and above.parent.name != robot.source.base_link:
        above = above.parent
    spec.add_sensor(
        name="trunk_orientation", type=kinds.mjSENS_FRAMEQUAT, objtype=objects.mjOBJ_XBODY, objname=trunk.name
    )
    spec.add_sensor(name="trunk_mass", type=kinds.mjSENS_SUBTREECOM, objtype=objects.mjOBJ_BODY, objname=above.name)
