"""What is wrong in the sections for slow policies and motions is said with what would have worked."""

import pytest
from pydantic import ValidationError

from skill_stack.core.skills.manifest_chunk import ManifestChunk, ManifestVector
from skill_stack.core.skills.manifest_motion import ManifestReference
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.core.skills.policy_part import PolicyPart

CHUNK = {"steps": 10, "step": 0.1, "latency": 0.1, "max_age": 0.5}
MANIFEST = {
    "rate": 5.0, "joint_names": ["a", "b"], "default_joint_pos": [0.0, 0.0], "stiffness": [1.0, 1.0],
    "damping": [1.0, 1.0],
    "inputs": [{"name": "obs", "terms": [{"term": "joint_pos"}]}],
    "action": {"output": "actions", "kind": "default_plus_scaled", "scale": 1.0}, "chunk": CHUNK,
}  # fmt: skip
GOALS = {"output": "actions", "kind": "base_goals", "goals": ["vx"], "scale": 1.0}
REFERENCE = {"time_step": "t", "joint_pos": "jp", "joint_vel": "jv"}
FILE = {"file": "dance.npz", "sha256": "0" * 64}


def refusal(model, data):
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"chunk": CHUNK | {"max_age": 1.5}}, "an answer reaches only 1 s ahead (10 steps of 0.1 s)"),
        ({"rate": 2.0}, "an answer gets 0.6 s old before the next one comes; max_age is 0.5 s"),
        ({"chunk": CHUNK | {"blnd": "fade"}}, "blnd"),
        ({"action": MANIFEST["action"] | {"kind": "torque"}}, "torque cannot come in chunks; default_plus_scaled, "),
        ({"memory": {"h": "h_out"}}, "memory and chunk exclude one another"),
        ({"reference": REFERENCE}, "reference and chunk exclude one another"),
        ({"chunk": None, "vectors": [{"name": "v", "values": [1.0]}]}, "need chunk"),
        ({"chunk": None, "action": GOALS}, "need chunk"),
        ({"inputs": []}, "the network sees nothing: give inputs, images or vectors"),
        ({"vectors": [{"name": "v", "commands": ["word"]}]}, "['word'] are not among the commands []"),
        ({"action": GOALS | {"goals": []}}, "needs goals"),
        ({"action": GOALS | {"offset": [1.0]}}, "drives no joints"),
        ({"action": GOALS | {"scale": [1.0, 2.0]}}, "action.scale has 2 values for 1 goals"),
        ({"stiffness": []}, "stiffness has 0 values for 2 joints"),
    ],
)
def test_a_manifest_that_contradicts_itself(changes, text) -> None:
    assert text in refusal(PolicyManifest, MANIFEST | changes)


def test_what_leads_a_base_needs_no_gains_and_nothing_else_has_a_base() -> None:
    manifest = MANIFEST | {"action": GOALS, "stiffness": [], "damping": []}
    part = {"model": "p.onnx", "sha256": "0" * 64, "manifest": manifest, "base": "walk"}
    assert PolicyPart.model_validate(part).manifest.driven == ("vx",)
    for wrong in ({"base": None}, {"manifest": MANIFEST}, {"residual": {}}):
        assert "needs a base, and no other has one" in refusal(PolicyPart, part | wrong)


@pytest.mark.parametrize("given", [{}, {"values": [1.0], "commands": ["a"]}])
def test_a_vector_has_one_origin(given) -> None:
    assert "give one of values, commands, table" in refusal(ManifestVector, {"name": "v"} | given)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"time_step": None}, "in the network (give time_step) or beside it (give file)"),
        ({"file": FILE, "frames": 3}, "frames are counted in the file"),
        ({"end": "skill", "frames": 3}, "end: skill needs then"),
        ({"then": "stand"}, "other ends have none"),
        ({"end": "again"}, "end: again needs frames"),
        ({"length": "n"}, "length is an output of a network that holds several motions"),
        ({"file": FILE | {"first": 2.0, "last": 1.0}}, "ends at 1 s, before it begins at 2 s"),
    ],
)
def test_a_motion_that_contradicts_itself(changes, text) -> None:
    assert text in refusal(ManifestReference, REFERENCE | changes)


def test_the_defaults_hold_together() -> None:
    assert ManifestChunk.model_validate(CHUNK).seconds == pytest.approx(1.0)
    assert ManifestReference.model_validate(REFERENCE).outputs == ("jp", "jv")
