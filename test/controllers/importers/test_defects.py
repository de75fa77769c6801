"""Every format with every defect that it can have: refused before anything runs, saying what is wrong, what works."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import onnx
import pytest
import yaml

from skill_stack.controllers.foreign.foreign_network import ForeignNetwork
from skill_stack.controllers.foreign.foreign_runner import ForeignRunner
from skill_stack.controllers.importers.doubts import doubts
from skill_stack.controllers.importers.registry import FORMATS, read
from skill_stack.controllers.importers.skill_folder import NewSkill, write
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import SkillStackError
from skill_stack.core.skills.skill import load_skill

from . import conftest as make
from .conftest import POSE

PRESETS = Path(__file__).parents[3] / "config" / "importers"
SAID = {"rate": 50.0, "action": {"kind": "default_plus_scaled"}}
LEAPP = {"rate": 50.0, "default_joint_pos": POSE, "stiffness": [25.0] * 12, "damping": [0.5] * 12}
TRACKED = "command,motion_anchor_ori_b,base_ang_vel,joint_pos,joint_vel,actions"


@dataclass(frozen=True)
class Format:
    """A small export, and where things are in it.

    Attributes:
        make: Writes it into a folder; what is imported.
        model: The network, in that folder.
        sidecar: The file that holds its conventions, in that folder; None where the network's metadata do.
        key: A key without which nothing can be told.
        said: Conventions that the format does not have.
        robot: Robot that it is for.
        reader: Name of the format.
    """

    make: Callable[[Path], Path]
    model: str
    reader: str
    key: str
    sidecar: str | None = None
    said: dict = field(default_factory=dict)
    robot: str = "go2"


def with_weights_beside(folder: Path) -> Path:
    """unitree_rl_mjlab: as unitree_rl_lab, with the weights in a file of their own."""
    make.write_lab(folder)
    path = folder / "exported" / "policy.onnx"
    whole = onnx.load(str(path))
    onnx.save(whole, str(path), save_as_external_data=True, size_threshold=0, location="policy.onnx.data")
    return folder


def playground(folder: Path) -> Path:
    return make.export(folder / "go1_policy.onnx", 48, output="continuous_actions")


def holosoma(robot) -> dict:
    terms = ("base_ang_vel", "projected_gravity", "velocity_commands", "joint_pos_rel", "joint_vel_rel", "last_action")
    inputs = [{"name": "actor_obs", "terms": [{"term": name} for name in terms]}]
    return {**SAID, "default_joint_pos": POSE, "inputs": inputs, "action": {**SAID["action"], "scale": 0.25}}


FORMATS_MADE = {
    "unitree_rl_lab": Format(make.write_lab, "exported/policy.onnx", "unitree_rl_lab", "damping", "params/deploy.yaml"),
    "unitree_rl_mjlab": Format(
        with_weights_beside, "exported/policy.onnx", "unitree_rl_lab", "joint_ids_map", "params/deploy.yaml"
    ),
    "mjlab": Format(lambda folder: make.write_mjlab(folder / "p.onnx"), "p.onnx", "mjlab", "joint_names", said=SAID),
    "whole_body_tracking": Format(
        lambda folder: make.write_tracking(folder / "p.onnx", TRACKED, 69), "p.onnx", "mjlab", "joint_stiffness",
        said=SAID,
    ),
    "holosoma": Format(
        lambda folder: make.write_holosoma(folder / "p.onnx"), "p.onnx", "holosoma", "dof_names", said=holosoma(None)
    ),
    "rl_sar": Format(
        make.write_rl_sar, "go2/plain/policy.onnx", "rl_sar", "rl_kp", "go2/plain/config.yaml"
    ),
    "unitree_rl_gym": Format(make.write_gym, "motion.onnx", "unitree_rl_gym", "kps", "go2.yaml"),
    "asap": Format(make.write_asap, "model.onnx", "asap", "JOINT2MOTOR", "g1.yaml", robot="g1"),
    "isaac_lab": Format(make.write_isaac, "policy.onnx", "isaac_lab", "scene", "IO_descriptors.yaml"),
    "leapp": Format(make.write_leapp, "policy.onnx", "leapp", "outputs", "walk.yaml", said=LEAPP),
    "mujoco_playground": Format(
        playground, "go1_policy.onnx", "onnx", "rate", said=read_yaml(PRESETS / "mujoco_playground_go1.yaml"),
    ),
}  # fmt: skip
"""One of each; TorchScript has tests of its own, since its files are no ONNX."""


def imported(case: Format, folder: Path, robot, path: Path | None = None, **said) -> ForeignRunner:
    """All that an import does: read, finish, write, load, run once."""
    draft = read(path or case.make(folder), robot, case.reader)
    made = draft.with_(case.said, said).manifest()
    skill = write(draft, made, NewSkill("walk_there", robot.name), folder / "models", replace=True)[0]
    spec = load_skill(skill)
    assert spec.policy is not None
    network = ForeignNetwork(skill / spec.policy.model, spec.policy.sha256, spec.policy.manifest)
    return ForeignRunner(spec, robot, network)


@pytest.fixture(params=FORMATS_MADE)
def case(request) -> Format:
    return FORMATS_MADE[request.param]


@pytest.fixture
def robot(case, go2, g1):
    return {"go2": go2, "g1": g1}[case.robot]


def refused(case: Format, folder: Path, robot, path: Path, text: str) -> None:
    with pytest.raises(SkillStackError, match=text) as caught:
        imported(case, folder, robot, path)
    assert "Traceback" not in str(caught.value) and len(str(caught.value)) < 2000
    assert not (folder / "ran").exists()


def edited(path: Path, change) -> None:
    """A network with something of it changed."""
    model = onnx.load(str(path), load_external_data=False)
    change(model)
    onnx.save(model, str(path))


def test_every_format_has_a_fixture_that_runs(case, robot, tmp_path) -> None:
    runner = imported(case, tmp_path, robot)
    assert runner.spec.name == "walk_there"
    assert {one.reader for one in FORMATS_MADE.values()} == set(FORMATS)


def test_a_missing_key_is_named(case, robot, tmp_path) -> None:
    path = case.make(tmp_path)
    if case.sidecar is not None:
        file = tmp_path / case.sidecar
        tree = yaml.compose(file.read_text())
        assert without(tree, case.key)
        file.write_text(yaml.serialize(tree))
        refused(case, tmp_path, robot, path, rf"{case.key}")
    elif case.reader == "onnx":
        del_said = Format(case.make, case.model, case.reader, case.key, said={k: v for k, v in case.said.items()
                                                                             if k != case.key})  # fmt: skip
        refused(del_said, tmp_path, robot, path, r"does not say rate(.|\n)*--rate HZ")
    else:
        edited(path, lambda model: drop(model, case.key))
        words = {"joint_names": "joint_names|--joints", "joint_stiffness": "stiffness(.|\n)*--gains",
                 "dof_names": "dof_names"}  # fmt: skip
        refused(case, tmp_path, robot, path, words[case.key])


def without(tree: yaml.Node, key: str) -> bool:
    """Takes a key out of a tree of YAML, wherever it is."""
    if isinstance(tree, yaml.MappingNode):
        kept = [pair for pair in tree.value if pair[0].value != key]
        found = len(kept) < len(tree.value)
        tree.value = kept
        return found or any(without(value, key) for _, value in kept)
    return False


def drop(model, key) -> None:
    kept = [entry for entry in model.metadata_props if entry.key != key]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)


def test_a_joint_that_the_robot_does_not_have_is_named_with_those_it_has(case, robot, tmp_path) -> None:
    path = case.make(tmp_path)
    names = read(path, robot, case.reader).with_(case.said).data["joint_names"]
    strange = [f"other_{names[0]}", *names[1:]]
    said = rf"has no joints \['other_{names[0]}'\]; it has|not among joint_names|not driven"
    with pytest.raises(SkillStackError, match=said):
        imported(case, tmp_path, robot, path, joint_names=strange)


def test_a_joint_named_twice_in_place_of_another_is_refused(case, robot, tmp_path) -> None:
    path = case.make(tmp_path)
    names = read(path, robot, case.reader).with_(case.said).data["joint_names"]
    with pytest.raises(SkillStackError, match="names a joint twice|not among joint_names"):
        imported(case, tmp_path, robot, path, joint_names=[names[1], *names[1:]])


def test_swapped_joints_are_doubted_where_the_robot_cannot_take_the_pose(case, robot, tmp_path) -> None:
    """Names and lengths are right; only the robot's own limits, or a run in simulation, can tell."""
    path = case.make(tmp_path)
    draft = read(path, robot, case.reader).with_(case.said)
    rest = dict(zip(robot.joint_names, robot.pose("default").tolist())) | {"left_knee_joint": 1.2}
    draft = draft.with_({"default_joint_pos": [rest[name] for name in draft.data["joint_names"]]})
    legs = {"go2": ("FL_thigh_joint", "FL_calf_joint"), "g1": ("left_knee_joint", "left_ankle_roll_joint")}
    first, second = legs[case.robot]
    made = draft.manifest()
    assert not doubts(made, robot)
    swap = {first: second, second: first}
    swapped = made.model_copy(update={"joint_names": tuple(swap.get(name, name) for name in made.joint_names)})
    (text,) = doubts(swapped, robot)
    assert f"{robot.name} cannot take" in text and second in text and "are joints swapped" in text


def test_a_network_cut_short_is_refused(case, robot, tmp_path) -> None:
    path = case.make(tmp_path)
    model = tmp_path / case.model
    model.write_bytes(model.read_bytes()[: model.stat().st_size // 2])
    refused(case, tmp_path, robot, path, "is no ONNX file|is not the model that it describes")


def test_weights_cut_short_are_refused(go2, tmp_path) -> None:
    case = FORMATS_MADE["unitree_rl_mjlab"]
    path = case.make(tmp_path)
    weights = tmp_path / "exported" / "policy.onnx.data"
    weights.write_bytes(weights.read_bytes()[:100])
    refused(case, tmp_path, go2, path, "policy.onnx.data|policy.onnx")
    weights.unlink()
    refused(case, tmp_path, go2, path, "policy.onnx.data, which is missing beside it; the two travel together")


def wider(model) -> None:
    """The first input gets one value more; its weights stay as they are."""
    shape = model.graph.input[0].type.tensor_type.shape
    shape.dim[-1].dim_value += 1


def test_an_input_of_another_size_is_named_with_both_sizes(case, robot, tmp_path) -> None:
    path = case.make(tmp_path)
    edited(tmp_path / case.model, wider)
    words = "which no block of history makes|is not the model that it describes|cannot be loaded"
    refused(case, tmp_path, robot, path, rf"of the network is float32 \[1, \d+\], by the manifest it is|{words}")


def test_weights_of_another_number_of_joints_are_refused(case, robot, tmp_path) -> None:
    """The network answers one value fewer than there are joints to drive."""
    path = case.make(tmp_path)
    model = onnx.load(str(tmp_path / case.model))
    answer = model.graph.output[0]
    old, width = answer.name, answer.type.tensor_type.shape.dim[-1].dim_value
    fewer = onnx.helper.make_node("Slice", ["whole", "from_", "to_", "axis_"], [old])
    for node in model.graph.node:
        node.output[:] = ["whole" if name == old else name for name in node.output]
    for name, value in (("from_", 0), ("to_", width - 1), ("axis_", 1)):
        model.graph.initializer.append(onnx.helper.make_tensor(name, onnx.TensorProto.INT64, [1], [value]))
    model.graph.node.append(fewer)
    answer.type.tensor_type.shape.dim[-1].dim_value = width - 1
    onnx.save(model, str(tmp_path / case.model))
    refused(case, tmp_path, robot, path, rf"has {width - 1} values for {width} driven joints|is not the model")


def test_an_operator_set_from_the_future_is_named(case, robot, tmp_path) -> None:
    path = case.make(tmp_path)

    def change(model) -> None:
        model.opset_import[0].version = 99

    edited(tmp_path / case.model, change)
    refused(case, tmp_path, robot, path, "(?i)opset 99|version 99|is not the model that it describes")


def test_a_huge_file_is_not_read(case, robot, tmp_path) -> None:
    path = case.make(tmp_path)
    with (tmp_path / case.model).open("wb") as file:
        file.truncate(600 * 2**20)  # sparse
    refused(case, tmp_path, robot, path, "has 600 MiB; a policy has at most 512")


class Payload:
    """Leaves a file behind if it is ever read as a pickle."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_a_pickle_is_never_read(case, robot, tmp_path, protocol) -> None:
    path = case.make(tmp_path)
    (tmp_path / case.model).write_bytes(pickle.dumps(Payload(tmp_path / "ran"), protocol))
    refused(case, tmp_path, robot, path, "is a pickle, which runs code|is no ONNX file")


def test_a_sidecar_with_python_objects_is_never_built(case, robot, tmp_path) -> None:
    if case.sidecar is None:
        pytest.skip("its conventions are in the network's file")
    path = case.make(tmp_path)
    file = tmp_path / case.sidecar
    file.write_text(file.read_text() + f"\nevil: !!python/object/apply:open ['{tmp_path / 'ran'}', 'w']\n")
    refused(case, tmp_path, robot, path, "cannot be read|is not YAML")
