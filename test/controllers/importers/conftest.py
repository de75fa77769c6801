"""Exports of every format in small, for the Go2: twelve joints, a network that answers with zeros."""

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
import yaml
from onnx import TensorProto, helper, numpy_helper

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot

LEGS = ("FR", "FL", "RR", "RL")
MOTORS = [f"{leg}_{part}_joint" for leg in LEGS for part in ("hip", "thigh", "calf")]
"""Joints of the Go2 by the vendor's number of their motor."""
POSE = [0.1, 0.8, -1.5] * 4


@pytest.fixture(scope="session")
def go2() -> RobotSpec:
    resources = Resources.from_environment({})
    return load_robot(resources.robot("go2"), resources)


@pytest.fixture(scope="session")
def g1() -> RobotSpec:
    resources = Resources.from_environment({})
    return load_robot(resources.robot("g1"), resources)


def export(
    path: Path, seen: int, answered: int = 12, name: str = "obs", output: str = "actions", shape=None, **metadata: str
) -> Path:
    """Writes a network that sees so many values, or an array of a shape, and answers zeros."""
    shape = shape or (1, seen)
    weights = numpy_helper.from_array(np.zeros((int(np.prod(shape)), answered), np.float32), "w")
    nodes = [helper.make_node("Flatten", [name], ["flat"]), helper.make_node("MatMul", ["flat", "w"], [output])]
    graph = helper.make_graph(
        nodes, "policy", [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, answered])], [weights],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, metadata)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
    return path


def deploy_yaml(**changes) -> dict:
    """What unitree_rl_lab writes; the policy's joints are in another order than the motors."""
    ids = [3, 0, 9, 6, 4, 1, 10, 7, 5, 2, 11, 8]
    term = {"params": {}, "clip": None, "history_length": 1}
    return {
        "joint_ids_map": ids,
        "step_dt": 0.02,
        "stiffness": [float(motor) for motor in range(12)],
        "damping": [0.5] * 12,
        "default_joint_pos": POSE,
        "commands": {"base_velocity": {"ranges": {
            "lin_vel_x": [-0.5, 1.0], "lin_vel_y": [-0.4, 0.4], "ang_vel_z": [-1.0, 1.0], "heading": None}}},
        "actions": {"JointPositionAction": {"clip": None, "joint_names": [".*"], "scale": [0.25] * 12, "offset": POSE,
                                            "joint_ids": None}},
        "observations": {
            "base_ang_vel": {**term, "scale": [0.2] * 3},
            "projected_gravity": {**term, "scale": [1.0] * 3},
            "velocity_commands": {**term, "scale": [1.0] * 3, "params": {"command_name": "base_velocity"}},
            "joint_pos_rel": {**term, "scale": [1.0] * 12},
            "joint_vel_rel": {**term, "scale": [0.05] * 12, "clip": [-100.0, 100.0]},
            "last_action": {**term, "scale": [1.0] * 12},
        },
        **changes,
    }  # fmt: skip


def write_lab(folder: Path, data: dict | None = None, seen: int = 45) -> Path:
    """A folder of unitree_rl_lab."""
    export(folder / "exported" / "policy.onnx", seen)
    text = yaml.safe_dump(data or deploy_yaml(), sort_keys=False)
    text = text.replace("joint_ids: null", "joint_ids: !!python/object/apply:builtins.slice [null, null, null]")
    (folder / "params").mkdir(parents=True, exist_ok=True)
    (folder / "params" / "deploy.yaml").write_text(text)
    return folder


def write_mjlab(path: Path, **changes: str) -> Path:
    """An ONNX file with mjlab's metadata."""
    csv = lambda values: ",".join(str(value) for value in values)  # noqa: E731
    metadata = {
        "joint_names": csv(MOTORS), "joint_stiffness": csv([25.0] * 12), "joint_damping": csv([0.5] * 12),
        "default_joint_pos": csv(POSE), "command_names": "twist", "action_scale": csv([0.25] * 12),
        "observation_names": "base_lin_vel,base_ang_vel,projected_gravity,joint_pos,joint_vel,actions,command",
    }  # fmt: skip
    shape = changes.pop("shape", None)
    said = {key: value for key, value in {**metadata, **changes}.items() if value is not None}
    return export(path, 48, shape=shape, **said)


def write_tracking(path: Path, terms: str, seen: int, bodies: tuple[str, str] = ("base", "FL_foot")) -> Path:
    """An ONNX file of whole_body_tracking: the motion's frames are inside, asked for by their number."""
    frames = {"joint_pos": [1, 12], "joint_vel": [1, 12], "body_pos_w": [1, 2, 3], "body_quat_w": [1, 2, 4]}
    quaternions = np.tile(np.array([1.0, 0.0, 0.0, 0.0], np.float32), (1, 2, 1))
    values = {name: np.zeros(shape, np.float32) for name, shape in frames.items()} | {"body_quat_w": quaternions}
    nodes = [helper.make_node("MatMul", ["obs", "w"], ["actions"])]
    for name, still in (("joint_pos", "c_joint_pos"), ("joint_vel", "c_joint_vel"), ("body_pos_w", "c_body_pos_w")):
        nodes.append(helper.make_node("Add", [still, "time_step"], [name]))
    nodes.append(helper.make_node("Identity", ["c_body_quat_w"], ["body_quat_w"]))
    weights = [numpy_helper.from_array(value, f"c_{name}") for name, value in values.items()]
    weights.append(numpy_helper.from_array(np.zeros((seen, 12), np.float32), "w"))
    outs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in frames.items()]
    graph = helper.make_graph(
        nodes, "policy",
        [helper.make_tensor_value_info("obs", TensorProto.FLOAT, [1, seen]),
         helper.make_tensor_value_info("time_step", TensorProto.FLOAT, [1, 1])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, [1, 12]), *outs], weights,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    listed = {"joint_names": MOTORS, "joint_stiffness": [25.0] * 12, "joint_damping": [0.5] * 12,
              "default_joint_pos": POSE, "action_scale": [0.25] * 12, "body_names": bodies}  # fmt: skip
    metadata = {key: ",".join(map(str, value)) for key, value in listed.items()}
    names = {"observation_names": terms, "anchor_body_name": bodies[0], "command_names": ""}
    helper.set_model_props(model, metadata | names)
    onnx.save(model, str(path))
    return path


def write_leapp(folder: Path, **changes) -> Path:
    """A LEAPP bundle: one model with typed inputs, a target and a memory."""
    def value(name, size):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size])

    sizes = {"q": 12, "dq": 12, "spin": 3, "turn": 4, "go": 3, "h": 8}
    weights = [numpy_helper.from_array(np.zeros((size, 12), np.float32), f"w_{name}") for name, size in sizes.items()]
    nodes = [helper.make_node("MatMul", [name, f"w_{name}"], [f"part_{name}"]) for name in sizes]
    nodes.append(helper.make_node("Sum", [f"part_{name}" for name in sizes], ["target"]))
    nodes.append(helper.make_node("Identity", ["h"], ["h_out"]))
    graph = helper.make_graph(nodes, "policy", [value(*one) for one in sizes.items()],
                              [value("target", 12), value("h_out", 8)], weights)  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "policy.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))

    def port(name, kind, names=None):
        return {"name": name, "dtype": "float32", "shape": f"[1, {sizes.get(name, 12)}]", "kind": kind,
                "element_names": [names] if names else None}  # fmt: skip

    model = {
        "inputs": [port("q", "state/joint/position", MOTORS), port("dq", "state/joint/velocity", MOTORS),
                   port("spin", "state/body/angular_velocity"), port("turn", "state/body/rotation", list("wxyz")),
                   port("go", "command/body/velocity"), port("h", "memory")],
        "outputs": [port("target", "target/joint/position", MOTORS), port("h_out", "memory")],
        "parameters": {"model_path": "policy.onnx", "backend": "onnx", "md5sum": "",
                       "sha256sum": hashlib.sha256(path.read_bytes()).hexdigest()},
    }  # fmt: skip
    for key, other in changes.items():
        model[key] = other(model[key])
    data = {
        "models": {"policy": model}, "system information": {},
        "pipeline": {"data_flow": {}, "feedback_flow": {"policy/h_out": ["policy/h"]}, "inputs": {}, "outputs": {}},
    }  # fmt: skip
    (folder / "walk.yaml").write_text(yaml.safe_dump(data))
    return folder


def write_holosoma(path: Path) -> Path:
    """An ONNX file with holosoma's metadata."""
    values = {"dof_names": MOTORS, "kp": [25.0] * 12, "kd": [0.5] * 12,
              "command_ranges": {"lin_vel_x": [-1, 1], "lin_vel_y": [-1, 1], "ang_vel_yaw": [-1, 1]}}  # fmt: skip
    return export(path, 45, name="actor_obs", output="action", **{key: json.dumps(one) for key, one in values.items()})


def write_rl_sar(folder: Path, seen: int = 45, **changes) -> Path:
    """A folder policy/<robot>/<name> of rl_sar."""
    base = {"dt": 0.005, "decimation": 4, "num_of_dofs": 12, "joint_names": MOTORS, "default_dof_pos": POSE}
    config = {
        "model_name": "policy.onnx",
        "observations": ["ang_vel", "gravity_vec", "commands", "dof_pos", "dof_vel", "actions"],
        "clip_obs": 100.0, "rl_kp": [25.0] * 12, "rl_kd": [0.5] * 12, "action_scale": [0.25] * 12,
        "ang_vel_scale": 0.25, "dof_pos_scale": 1.0, "dof_vel_scale": 0.05, "commands_scale": [2.0, 2.0, 0.25],
        **changes,
    }  # fmt: skip
    frames = len(config.get("observations_history") or [0])
    export(folder / "go2" / "plain" / "policy.onnx", seen * frames)
    (folder / "go2" / "base.yaml").write_text(yaml.safe_dump({"go2": base}))
    (folder / "go2" / "plain" / "config.yaml").write_text(yaml.safe_dump({"go2/plain": config}))
    return folder / "go2" / "plain"


def write_gym(folder: Path, **changes) -> Path:
    """A deploy yaml of unitree_rl_gym."""
    data = {
        "policy_path": "{LEGGED_GYM_ROOT_DIR}/deploy/pre_train/go2/motion.pt", "control_dt": 0.02,
        "leg_joint2motor_idx": list(range(12)), "kps": [25.0] * 12, "kds": [0.5] * 12, "default_angles": POSE,
        "ang_vel_scale": 0.25, "dof_pos_scale": 1.0, "dof_vel_scale": 0.05, "action_scale": 0.25,
        "cmd_scale": [2.0, 2.0, 0.25], "max_cmd": [0.8, 0.5, 1.57], "num_actions": 12, "num_obs": 47, **changes,
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    export(folder / "motion.onnx", data["num_obs"])
    (folder / "go2.yaml").write_text(yaml.safe_dump(data))
    return folder / "go2.yaml"


def write_asap(folder: Path, seen: int = 500, **changes) -> Path:
    """A folder of ASAP: its one yaml, in which the names of the hips are those of another robot, and one network."""
    dims = {"base_ang_vel": 3, "projected_gravity": 3, "command_lin_vel": 2, "command_ang_vel": 1, "command_stand": 1,
            "command_base_height": 1, "ref_upper_dof_pos": 17, "dof_pos": 29, "dof_vel": 29, "actions": 12,
            "sin_phase": 1, "cos_phase": 1}  # fmt: skip
    swapped = ["left_hip_yaw_joint", "left_hip_roll_joint", "left_hip_pitch_joint"]
    data = {
        "MOTOR2JOINT": list(range(29)), "JOINT2MOTOR": list(range(29)),
        "WeakMotorJointIndex": {name: place for place, name in enumerate(swapped)},
        "JOINT_KP": [float(joint) for joint in range(29)], "JOINT_KD": [1.0] * 29, "DEFAULT_DOF_ANGLES": [0.0] * 29,
        "GAIT_PERIOD": 0.9, "loco_upper_body_dof_pos": [0.1] * 17, "obs_loco_dims": dims,
        "obs_scales": {"base_ang_vel": 0.25, "dof_vel": 0.05, "command_base_height": 2},
        "history_loco_config": {name: 4 for name in dims if name != "command_base_height"},
        "history_loco_height_config": dict.fromkeys(dims, 4),
        **changes,
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    export(folder / "model.onnx", seen, name="actor_obs", output="action")
    (folder / "g1.yaml").write_text(yaml.safe_dump({key: value for key, value in data.items() if value is not None}))
    return folder


def write_isaac(folder: Path, **body) -> Path:
    """A folder with IO_descriptors.yaml of Isaac Lab."""
    def term(name, **overloads):
        return {"name": name, "overloads": overloads, "joint_names": MOTORS if name.startswith("joint") else None}

    data = {
        "actions": [{"name": "joint_position_action", "action_type": "JointPositionAction", "joint_names": MOTORS,
                     "scale": 0.25, "offset": POSE, "clip": None}],
        "articulations": {"robot": {"joint_names": MOTORS, "default_joint_pos": POSE,
                                    "default_joint_stiffness": [25.0] * 12, "default_joint_damping": [0.5] * 12,
                                    **body}},
        "observations": {"policy": [term("base_lin_vel"), term("base_ang_vel", scale=0.25), term("projected_gravity"),
                                    term("generated_commands"), term("joint_pos_rel"),
                                    term("joint_vel_rel", scale=0.05, clip=[-10.0, 10.0]), term("last_action")]},
        "scene": {"dt": 0.02, "physics_dt": 0.005, "decimation": 4},
    }  # fmt: skip
    export(folder / "policy.onnx", 48)
    (folder / "IO_descriptors.yaml").write_text(yaml.safe_dump(data))
    return folder


def spec_of(manifest) -> SimpleNamespace:
    """As much of a skill as a runner needs."""
    return SimpleNamespace(name="walk_there", policy=SimpleNamespace(fixed_goal={}, manifest=manifest))
