"""A network in the mirror: signs by joint in and out, and the shipped networks of the left hand are such images."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnxruntime
import pytest
import torch
from onnx import numpy_helper

from skill_stack.controllers.policies.observation_history import HistorySpec
from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.data_file import load_model
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.grasp import Mirror
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import load_skill
from skill_stack.training.export import exported_network
from skill_stack.training.exporting.mirror_policy import (
    joint_signs,
    main,
    manifest_signs,
    mirror_skill,
    mirrored,
    read_network,
    seen_signs,
)

FOUND = Resources.from_environment({})
LEFT = load_robot(FOUND.robot("allegro_left"), FOUND)
MIRROR = load_model(Mirror, FOUND.robot("allegro_left") / "grasps.yaml")
SIGNS = joint_signs(LEFT.joint_names, MIRROR)


def answers(model: bytes, seen: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: seen.astype(np.float32)})[0])


@pytest.mark.parametrize(
    ("skill", "other"),
    [
        ("turn_cube_left", "turn_cube_right"),
        ("turn_cube_right", "turn_cube_left"),
        ("push_to_wrist", "push_to_wrist"),
        ("push_to_index", "push_to_index"),
        ("push_to_ring", "push_to_ring"),
        ("push_to_heel", "push_to_heel"),
        ("push_to_thumb", "push_to_thumb"),
        ("tilt_to_index", "tilt_to_index"),
    ],
)
def test_the_shipped_networks_of_the_left_hand_mirror_those_of_the_right(tmp_path, capsys, skill, other) -> None:
    file = tmp_path / "policy.onnx"
    assert main(["allegro_left", skill, other, "--out", str(file)]) == 0
    shipped = FOUND.find(f"models/allegro_left/{skill}", "skill") / "policy.onnx"
    assert file.read_bytes() == shipped.read_bytes() and "sha256" in capsys.readouterr().out
    source = FOUND.find(f"models/allegro_right/{other}", "skill") / "policy.onnx"
    size = read_network(source).graph.input[0].type.tensor_type.shape.dim[-1].dim_value
    seen = np.random.default_rng(0).normal(size=(1, size))
    metadata = {entry.key: entry.value for entry in read_network(source).metadata_props}
    told = seen * seen_signs(PolicyContract.from_metadata(metadata), SIGNS)
    assert answers(file.read_bytes(), told) == pytest.approx(SIGNS * answers(source.read_bytes(), seen), abs=1e-5)


def test_a_network_that_answers_in_chunks_is_mirrored_by_its_manifest(tmp_path) -> None:
    file, source = tmp_path / "policy.onnx", FOUND.find("models/allegro_right/follow_fingers", "skill")
    assert main(["allegro_left", "follow_fingers", "follow_fingers", "--out", str(file)]) == 0
    shipped = FOUND.find("models/allegro_left/follow_fingers", "skill")
    assert file.read_bytes() == (shipped / "policy.onnx").read_bytes()
    right, left = load_skill(source).policy, load_skill(shipped).policy
    assert right is not None and left is not None and right.manifest is not None
    assert left.manifest == right.manifest  # what changes its sign is 0 in the bowl
    told = manifest_signs(right.manifest, SIGNS)
    assert set(told[-180:]) == {1.0} and told[:-180].tolist() == [*SIGNS] * (len(told[:-180]) // 16)
    seen = np.random.default_rng(0).normal(size=(1, len(told)))
    assert answers(file.read_bytes(), seen * told) == pytest.approx(
        SIGNS * answers((source / "policy.onnx").read_bytes(), seen), abs=1e-4
    )


def test_mirrored_twice_is_the_same() -> None:
    model = read_network(FOUND.find("models/allegro_right/turn_cube_right", "skill") / "policy.onnx")
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    signs = seen_signs(PolicyContract.from_metadata(metadata), SIGNS)
    once = mirrored(model, signs, SIGNS)
    seen = np.random.default_rng(0).normal(size=(1, len(signs)))
    assert answers(once.SerializeToString(), seen * signs) == pytest.approx(
        SIGNS * answers(model.SerializeToString(), seen), abs=1e-5
    )


def test_a_learner_can_begin_as_a_mirror_image(tmp_path: Path) -> None:
    """Its layers alone answer as the exported file does, without prior and limits."""
    file = tmp_path / "mirrored.onnx"
    mirror_skill(FOUND, "allegro_left", "turn_cube_right", file)
    layers = exported_network(file)
    seen = np.random.default_rng(0).uniform(-1.0, 1.0, (4, layers[0].in_features)).astype(np.float32)
    model = read_network(file)
    held = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    with torch.inference_mode():
        learnt = layers(torch.from_numpy(seen * held["scale"])).numpy()
    unmoved = held["prior"] * 0.0
    for one in model.graph.initializer:
        if one.name == "prior":
            one.CopyFrom(numpy_helper.from_array(unmoved, "prior"))
    assert answers(model.SerializeToString(), seen) == pytest.approx(np.clip(learnt, -4.0, 4.0), abs=1e-5)
    assert np.abs(learnt).max() > 0.5


def test_joints_and_what_is_across_change_their_sign_in_every_frame_and_the_clock_does_not() -> None:
    contract = SimpleNamespace(
        observation_names=("joint_pos_rel", "gait_phase", "velocity_commands"),
        observation_sizes=(16, 2, 2),
        command_names=("across", "along"),
        history=HistorySpec((2, 1, 1)),
    )
    assert seen_signs(contract, SIGNS).tolist() == [*SIGNS, *SIGNS, 1.0, 1.0, -1.0, 1.0]  # type: ignore[arg-type]
    contract.command_names = ("across", "faster")
    with pytest.raises(DataError, match="mirror image of the term 'velocity_commands' is not known"):
        seen_signs(contract, SIGNS)  # type: ignore[arg-type]
    contract.observation_names = ("base_ang_vel", "gait_phase", "velocity_commands")
    with pytest.raises(DataError, match="mirror image of the term 'base_ang_vel' is not known"):
        seen_signs(contract, SIGNS)  # type: ignore[arg-type]


def test_what_is_no_network_and_what_mirrors_nobody_is_told(tmp_path: Path, capsys) -> None:
    (tmp_path / "policy.onnx").write_bytes(b"no network")
    with pytest.raises(DataError, match="is no ONNX file"):
        read_network(tmp_path / "policy.onnx")
    assert main(["allegro_right", "turn_cube_left", "turn_cube_right"]) == 1
    assert "mirrors" in capsys.readouterr().err
    assert main(["allegro_left", "turn_cube_left", "cradle"]) == 1
    assert "runs no network" in capsys.readouterr().err
