"""Every format is read as its trainer means it, runs on the robot, and says what is wrong with it."""

import numpy as np
import onnx
import pytest

from skill_stack.controllers.foreign.foreign_network import ForeignNetwork
from skill_stack.controllers.foreign.foreign_observation import ForeignObservation
from skill_stack.controllers.foreign.foreign_runner import ForeignRunner
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.controllers.importers.registry import read
from skill_stack.controllers.importers.skill_folder import NewSkill, write
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.skills.skill import load_skill

from . import conftest as make
from .conftest import MOTORS, POSE


def manifest(path, robot, *others):
    """The finished manifest of an export, proven against its network."""
    draft = read(path, robot)
    made = draft.with_(*others).manifest()
    network = ForeignNetwork(draft.model, "0" * 64, made)
    for entry in made.inputs:
        assert network.size(entry.name) == ForeignObservation(entry, made, robot).array.size
    return made


def test_unitree_lab_gains_are_in_the_order_of_motors(go2, tmp_path) -> None:
    made = manifest(make.write_lab(tmp_path), go2)
    ids = make.deploy_yaml()["joint_ids_map"]
    assert made.joint_names == tuple(MOTORS[motor] for motor in ids)
    assert made.stiffness == tuple(float(motor) for motor in ids)
    assert made.default_joint_pos == tuple(POSE) and made.rate == 50.0
    assert made.inputs[0].terms[4].clip == (-100.0, 100.0) and not made.inputs[0].terms[4].scale_first
    assert [command.lower for command in made.commands] == [-0.5, -0.4, -1.0]


def test_unitree_lab_histories(go2, tmp_path) -> None:
    data = make.deploy_yaml()
    for term in data["observations"].values():
        term["history_length"] = 5
    entry = manifest(make.write_lab(tmp_path, data, seen=225), go2).inputs[0]
    assert (entry.layout, entry.order, entry.padding) == ("by_term", "oldest_first", "repeat")
    data["use_gym_history"] = True
    assert manifest(make.write_lab(tmp_path, data, seen=225), go2).inputs[0].layout == "by_frame"


def test_unitree_lab_takes_the_newest_of_several_runs(go2, tmp_path) -> None:
    for name, step in (("2026-01-01", 0.02), ("2026-02-01", 0.01)):
        make.write_lab(tmp_path / name, make.deploy_yaml(step_dt=step))
    assert read(tmp_path, go2).data["rate"] == 100.0


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"joint_ids_map": [*range(11), 99]}, r"no motors \[99\]|fewer values"),
        ({"default_joint_pos": POSE[:-1]}, "default_joint_pos has 11 values for 12 joints"),
        ({"stiffness": [1.0]}, "fewer values than there are motors"),
        ({"stiffness": "soft"}, "must be a list of numbers"),
        ({"actions": {"JointEffort": {}}}, "JointPositionAction"),
        ({"observations": {"height_scan": {"history_length": 1}}}, "'height_scan' is not understood; known are base"),
        ({"step_dt": None}, "step_dt must be a number, not None"),
        ({"step_dt": 0.0}, "step_dt must be above 0 s"),
    ],
)
def test_unitree_lab_names_what_is_wrong(go2, tmp_path, changes, text) -> None:
    with pytest.raises(DataError, match=text):
        read(make.write_lab(tmp_path, make.deploy_yaml(**changes)), go2)


def test_unitree_lab_lacking_a_key_or_a_network(go2, tmp_path) -> None:
    data = make.deploy_yaml()
    del data["damping"]
    with pytest.raises(DataError, match="lacks 'damping'; it has actions"):
        read(make.write_lab(tmp_path, data), go2)
    make.write_lab(tmp_path)
    (tmp_path / "exported" / "policy.onnx").unlink()
    with pytest.raises(DataError, match="there is no file"):
        read(tmp_path, go2)


def test_yaml_that_would_run_code_is_refused(go2, tmp_path) -> None:
    make.write_lab(tmp_path)
    file = tmp_path / "params" / "deploy.yaml"
    file.write_text(file.read_text() + f"\nevil: !!python/object/apply:os.mkdir ['{tmp_path / 'made'}']\n")
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path, go2)
    assert not (tmp_path / "made").exists()


def test_mjlab_says_neither_rate_nor_kind(go2, tmp_path) -> None:
    path = make.write_mjlab(tmp_path / "walk.onnx")
    with pytest.raises(DataError, match=r"does not say rate, action.kind(.|\n)*--rate HZ(.|\n)*--action-kind"):
        manifest(path, go2)
    made = manifest(path, go2, {"rate": 50.0, "action": {"kind": "default_plus_scaled"}})
    assert made.joint_names == tuple(MOTORS) and made.stiffness == (25.0,) * 12
    assert [term.term for term in made.inputs[0].terms][:2] == ["base_lin_vel", "base_ang_vel"]


def test_mjlab_histories_scales_and_limits(go2, tmp_path) -> None:
    names = "base_ang_vel,joint_pos"
    path = make.write_mjlab(
        tmp_path / "walk.onnx", observation_names=names, observation_terms_history_length="1,3",
        observation_terms_scale="[0.25, null]", observation_term_clip='{"joint_pos": [-1.0, 1.0]}',
    )  # fmt: skip
    first, second = read(path, go2).data["inputs"][0]["terms"]
    assert first == {"term": "base_ang_vel", "history": 1, "scale": 0.25}
    assert second == {"term": "joint_pos_rel", "history": 3, "clip": [-1.0, 1.0]}


def test_a_tracked_motion_is_inside_the_network(go2, tmp_path) -> None:
    terms = "command,motion_anchor_ori_b,base_ang_vel,joint_pos,joint_vel,actions"
    said = {"rate": 50.0, "action": {"kind": "default_plus_scaled"}}
    made = manifest(make.write_tracking(tmp_path / "dance.onnx", terms, 69), go2, said)
    assert made.reference.anchor == "base" and made.reference.bodies == ("base", "FL_foot")
    assert [term.term for term in made.inputs[0].terms][:2] == ["motion_command", "motion_anchor_ori_b"]
    assert not made.commands
    assert not made.needs, "without state estimation"
    with_estimate = make.write_tracking(tmp_path / "other.onnx", f"motion_anchor_pos_b,base_lin_vel,{terms}", 75)
    assert manifest(with_estimate, go2, said).needs == ("base_lin_vel",)


@pytest.mark.parametrize("constant", [False, True])
def test_the_length_of_a_motion_inside_is_that_of_the_table_it_is_looked_up_in(go2, tmp_path, constant) -> None:
    path = make.write_tracking(tmp_path / "dance.onnx", "command,joint_pos,joint_vel,actions", 60)
    model, table = onnx.load(str(path)), onnx.numpy_helper.from_array(np.zeros((123, 12), np.float32), "table")
    if constant:
        model.graph.node.insert(0, onnx.helper.make_node("Constant", [], ["table"], value=table))
    else:
        model.graph.initializer.append(table)
    model.graph.node.extend([
        onnx.helper.make_node("Cast", ["time_step"], ["frame"], to=onnx.TensorProto.INT64),
        onnx.helper.make_node("Gather", ["table", "frame"], ["looked_up"], axis=0),
    ])
    onnx.save(model, str(path))
    assert OnnxFacts.read(path).rows == {"looked_up": 123}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"joint_stiffness": "1,2,3"}, "joint_stiffness has 3 values for 12 joints"),
        ({"action_scale": "0.25,0.5"}, "action_scale has 2 values for 12 joints"),
        ({"observation_names": "base_ang_vel,lidar"}, "'lidar' is not understood"),
        ({"default_joint_pos": "a,b"}, "must be a list of numbers"),
    ],
)
def test_mjlab_names_what_is_wrong(go2, tmp_path, changes, text) -> None:
    with pytest.raises(DataError, match=text):
        read(make.write_mjlab(tmp_path / "walk.onnx", **changes), go2)


def test_holosoma_leaves_much_to_its_configuration(go2, tmp_path) -> None:
    path = make.write_holosoma(tmp_path / "walk.onnx")
    with pytest.raises(DataError, match="does not say rate, default_joint_pos, action.kind, action.scale, inputs"):
        manifest(path, go2)
    terms = [{"term": name} for name in ("last_action", "base_ang_vel", "velocity_commands", "joint_pos_rel",
                                         "joint_vel_rel", "projected_gravity")]  # fmt: skip
    said = {"rate": 50.0, "default_joint_pos": POSE, "action": {"kind": "default_plus_scaled", "scale": 0.25},
            "inputs": [{"name": "actor_obs", "terms": terms}]}  # fmt: skip
    assert manifest(path, go2, said).action.output == "action"


def test_rl_sar_frames_by_age(go2, tmp_path) -> None:
    made = manifest(make.write_rl_sar(tmp_path), go2)
    assert made.rate == 50.0 and made.inputs[0].clip == (-100.0, 100.0)
    by_time = manifest(make.write_rl_sar(tmp_path, observations_history=[2, 1, 0]), go2).inputs[0]
    assert [term.ages for term in by_time.terms[:7]] == [(2,)] * 6 + [(1,)]
    by_term = make.write_rl_sar(tmp_path, observations_history=[2, 1, 0], observations_history_priority="term")
    assert [term.ages for term in manifest(by_term, go2).inputs[0].terms] == [(2, 1, 0)] * 6


def test_rl_sar_wheels_are_speeds_whose_positions_are_not_seen(go2, tmp_path) -> None:
    made = manifest(make.write_rl_sar(tmp_path, wheel_indices=[2, 5]), go2)
    assert made.action.wheels == {MOTORS[2]: 0.25, MOTORS[5]: 0.25}
    assert made.inputs[0].terms[3].zeroed == (MOTORS[2], MOTORS[5])


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"observations": ["ang_vel", "lidar"]}, "'lidar' is not understood; known are RoboMimic_Deploy/phase, act"),
        ({"rl_kp": [1.0]}, "rl_kp has 1 values for 12 joints"),
        ({"model_name": "policy.pt"}, "is TorchScript; export it as policy.onnx|there is no file"),
    ],
)
def test_rl_sar_names_what_is_wrong(go2, tmp_path, changes, text) -> None:
    folder = make.write_rl_sar(tmp_path, **changes)
    if "model_name" in changes:
        (folder / "policy.onnx").unlink()
    with pytest.raises(DataError, match=text):
        read(folder, go2)


def test_unitree_gym_with_and_without_a_clock(go2, tmp_path) -> None:
    made = manifest(make.write_gym(tmp_path), go2)
    assert made.gait.period == 0.8 and made.inputs[0].terms[-1].term == "gait_phase"
    assert manifest(make.write_gym(tmp_path, num_obs=45), go2).gait is None
    with pytest.raises(DataError, match="num_obs 60 is neither 45 nor, with a clock, 47"):
        read(make.write_gym(tmp_path, num_obs=60), go2)
    (tmp_path / "motion.onnx").unlink()
    with pytest.raises(DataError, match="motion.pt is not beside it as ONNX"):
        read(tmp_path / "go2.yaml", go2)


def test_unitree_gym_holds_arms_and_waist_by_their_own_gains(g1, tmp_path) -> None:
    arms = {"arm_waist_joint2motor_idx": [12, 15, 18], "arm_waist_target": [0.0, 0.2, 0.4],
            "arm_waist_kps": [300.0, 100.0, 50.0], "arm_waist_kds": [3.0, 2.0, 1.0]}  # fmt: skip
    draft = read(make.write_gym(tmp_path, **arms), g1)
    spec = write(draft, draft.manifest(), NewSkill("walk", "g1"), tmp_path / "models")[0]
    gains = load_skill(spec).hold_gains
    held = [g1.joint_names[motor] for motor in (12, 15, 18)]
    assert (gains.kp, gains.kd) == (300.0, 3.0) and set(gains.own) == set(held[1:])
    assert (gains.own[held[2]].kp, gains.own[held[2]].kd) == (50.0, 1.0)
    with pytest.raises(DataError, match="arm_waist_kds has 1 values for 3 joints"):
        read(make.write_gym(tmp_path, **{**arms, "arm_waist_kds": [1.0]}), g1)


def test_isaac_descriptors(go2, tmp_path) -> None:
    made = manifest(make.write_isaac(tmp_path), go2)
    assert made.rate == 50.0 and made.action.offset == tuple(POSE)
    assert made.inputs[0].terms[5].clip == (-10.0, 10.0)
    with pytest.raises(DataError, match=r"does not say stiffness, damping(.|\n)*--gains robot"):
        manifest(make.write_isaac(tmp_path, default_joint_stiffness=[0.0] * 12), go2)
    make.export(tmp_path / "second.onnx", 48)
    with pytest.raises(DataError, match="one ONNX file must lie beside it"):
        read(tmp_path, go2)


def test_asap_joints_go_by_motor_and_not_by_the_names_of_another_robot(g1, tmp_path) -> None:
    made = manifest(make.write_asap(tmp_path), g1)
    assert made.joint_names == g1.joint_names and made.driven == g1.joint_names[:12]
    assert made.stiffness[:3] == (0.0, 1.0, 2.0)
    assert read(tmp_path, g1).hold["left_elbow_joint"] == 0.1
    names = [(term.term, term.ages) for term in made.inputs[0].terms]
    assert names[0] == ("last_action", (0,)) and names[9] == ("last_action", (1, 2, 3, 4))  # the past, newest first
    assert made.inputs[0].padding == "zeros"
    assert [command.name for command in manifest(make.write_asap(tmp_path, 495), g1).commands][:3] == ["vx", "vy", "wz"]


@pytest.mark.parametrize(
    ("seen", "changes", "text"),
    [
        (400, {}, "the network sees 400 values, which no block of history makes: history_loco_height_config 500"),
        (500, {"JOINT2MOTOR": [99] * 29}, r"no motors \["),
        (500, {"JOINT_KP": [1.0]}, "JOINT_KP has 1 values for 29 joints"),
        (500, {"GAIT_PERIOD": None}, "lacks 'GAIT_PERIOD'"),
        (500, {"loco_upper_body_dof_pos": [0.0]}, "loco_upper_body_dof_pos has 1 values for 17 joints"),
    ],
)
def test_asap_names_what_is_wrong(g1, tmp_path, seen, changes, text) -> None:
    with pytest.raises(DataError, match=text):
        read(make.write_asap(tmp_path, seen, **changes), g1)


def test_leapp_answers_targets_and_remembers(go2, tmp_path) -> None:
    said = {"rate": 50.0, "default_joint_pos": POSE, "stiffness": [25.0] * 12, "damping": [0.5] * 12}
    folder = make.write_leapp(tmp_path)
    with pytest.raises(DataError, match="does not say rate, default_joint_pos, stiffness, damping"):
        manifest(folder, go2)
    made = manifest(folder, go2, said)
    assert made.action.offset == (0.0,) * 12 and made.memory == {"h": "h_out"}
    assert [entry.terms[0].term for entry in made.inputs][3:] == ["base_orientation", "velocity_commands"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"parameters": lambda one: one | {"sha256sum": "0" * 64}}, "is not the model that it describes"),
        ({"parameters": lambda one: one | {"backend": "jit"}}, "export it with backend onnx"),
        ({"inputs": lambda one: [*one, {"name": "eye", "kind": "state/camera/image"}]}, "state/camera/image'; known"),
        ({"inputs": lambda one: [one[0] | {"element_names": None}]}, "which joint is which"),
        ({"inputs": lambda one: [one[3] | {"element_names": ["a", "b", "c", "d"]}]}, "w-x-y-z or x-y-z-w"),
        ({"outputs": lambda one: one[1:]}, "target/joint/position, .* is needed"),
    ],
)
def test_leapp_names_what_is_wrong(go2, tmp_path, changes, text) -> None:
    with pytest.raises(DataError, match=text):
        read(make.write_leapp(tmp_path, **changes), go2)


def test_a_plain_file_says_nothing(go2, tmp_path) -> None:
    path = make.export(tmp_path / "policy.onnx", 48)
    with pytest.raises(DataError, match=r"read as onnx; it does not say rate, joint_names(.|\n)*--joints"):
        read(path, go2).manifest()


def test_what_is_no_policy_is_refused(go2, tmp_path) -> None:
    path = tmp_path / "policy.onnx"
    for content, text in (
        (b"\x80\x04\x95", "is a pickle, which runs code"),
        (b"", "is no ONNX file"),
        (b"not a network at all", "is no ONNX file"),
        (make.export(tmp_path / "whole.onnx", 48).read_bytes()[:200], "is no ONNX file"),
    ):
        path.write_bytes(content)
        with pytest.raises(DataError, match=text):
            read(path, go2)
    with pytest.raises(DataError, match="there is no"):
        read(tmp_path / "nowhere", go2)
    with pytest.raises(DataError, match="none of the folders that are understood"):
        read(_empty(tmp_path), go2)
    with pytest.raises(DataError, match="is no rl_sar: folder policy"):
        read(_empty(tmp_path / "other"), go2, "rl_sar")
    with pytest.raises(UnknownName, match="unitree_rl_lab"):
        read(path, go2, "tensorflow")


def test_a_huge_file_is_not_read(go2, tmp_path) -> None:
    path = tmp_path / "huge.onnx"
    with path.open("wb") as file:
        file.truncate(600 * 2**20)  # sparse
    with pytest.raises(DataError, match="has 600 MiB"):
        read(path, go2)


def test_weights_that_lie_elsewhere_are_not_followed(go2, tmp_path) -> None:
    inside = make.export(tmp_path / "inside.onnx", 48)
    folder = tmp_path / "there"
    folder.mkdir()
    onnx.save(onnx.load(str(inside)), str(folder / "outside.onnx"), save_as_external_data=True, size_threshold=0,
              location="weights.data")  # fmt: skip
    assert set(read(folder / "outside.onnx", go2).data["external"]) == {"weights.data"}
    model = onnx.load(str(folder / "outside.onnx"), load_external_data=False)
    for tensor in model.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = "../weights.data"
    onnx.save(model, str(folder / "outside.onnx"))
    with pytest.raises(DataError, match="which is not beside it"):
        read(folder / "outside.onnx", go2)


def test_an_operator_set_from_the_future_is_named(go2, tmp_path) -> None:
    path = make.write_mjlab(tmp_path / "walk.onnx")
    model = onnx.load(str(path))
    model.opset_import[0].version = 99
    onnx.save(model, str(path))
    with pytest.raises(DataError, match="(?i)opset 99|version 99"):
        manifest(path, go2, {"rate": 50.0, "action": {"kind": "default_plus_scaled"}})


def _empty(folder):
    (folder / "empty").mkdir(parents=True)
    return folder / "empty"


def test_numbers_are_those_of_the_export(go2, tmp_path) -> None:
    """What was written is what the manifest holds, to the last digit."""
    rng = np.random.default_rng(1)
    pose, kp = rng.uniform(-1, 1, 12).tolist(), rng.uniform(10, 50, 12).tolist()
    path = make.write_mjlab(
        tmp_path / "walk.onnx", default_joint_pos=",".join(map(str, pose)), joint_stiffness=",".join(map(str, kp))
    )
    data = read(path, go2).data
    assert data["default_joint_pos"] == pose and data["stiffness"] == kp


def test_unitree_deploy_takes_the_motion_beside_it_with_the_anchor_by_kinematics(go2, tmp_path) -> None:
    data = make.deploy_yaml()
    one = {"params": {}, "clip": None, "scale": None, "history_length": 1}
    data["observations"] = dict.fromkeys(("motion_command", "motion_anchor_ori_b", "last_action"), one)
    folder = make.write_lab(tmp_path / "dance", data, seen=42)
    with pytest.raises(DataError, match=r"put its one \.npz beside this file \(there: none\)"):
        read(folder, go2)
    turns = np.stack([[np.cos(a), 0.0, 0.0, np.sin(a)] for a in (0.0, 0.1, 0.2)])
    arrays = {
        "fps": [50], "joint_pos": 0.1 * np.arange(36.0).reshape(3, 12), "joint_vel": np.ones((3, 12)),
        "body_pos_w": np.zeros((3, 2, 3)), "body_quat_w": np.repeat(turns[:, None], 2, axis=1),
    }  # fmt: skip
    np.savez(folder / "params" / "dance.npz", **arrays)
    draft = read(folder, go2)
    skill = write(draft, draft.manifest(), NewSkill("dance", "go2"), tmp_path / "models")[0]
    spec = load_skill(skill)
    network = ForeignNetwork(skill / spec.policy.model, spec.policy.sha256, spec.policy.manifest)
    motion = ForeignRunner(spec, go2, network)._motion
    motion.go_on(np.zeros(12), 0.02)
    assert motion.joint_pos == pytest.approx(arrays["joint_pos"][1])
    assert motion.orientation == pytest.approx(turns[1]), "of the base, since it has no waist"
    np.savez(folder / "params" / "dance.npz", **{**arrays, "joint_vel": np.ones((3, 11))})
    with pytest.raises(DataError, match=r"joint_vel has shape \(3, 11\); wanted are 3 frames of 12"):
        read(folder, go2)
    assert spec.timeout == 60.0
    long = {name: np.repeat(array, 1500, axis=0) for name, array in arrays.items() if name != "fps"}
    np.savez(folder / "params" / "dance.npz", fps=[50], **long)
    draft = read(folder, go2)
    skill = write(draft, draft.manifest(), NewSkill("dance", "go2"), tmp_path / "models", replace=True)[0]
    assert load_skill(skill).timeout == 100.0, "90 s of motion, and time to begin"
