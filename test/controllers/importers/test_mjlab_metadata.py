"""Histories, factors and limits of mjlab's terms, as its exporters write them."""

import pytest

from skill_stack.controllers.foreign.foreign_network import ForeignNetwork
from skill_stack.controllers.foreign.foreign_runner import ForeignRunner
from skill_stack.controllers.importers.registry import read
from skill_stack.core.errors import DataError

from . import conftest as make
from .test_defects import SAID

TERMS = "base_ang_vel,joint_pos"


def test_histories_that_are_not_flattened_are_whole_frames(go2, tmp_path) -> None:
    path = make.write_mjlab(
        tmp_path / "walk.onnx", shape=(1, 4, 15), observation_names=TERMS, observation_terms_history_length="4,4",
        observation_terms_flatten_history_dim="False,False",
    )  # fmt: skip
    draft = read(path, go2)
    entry = draft.data["inputs"][0]
    assert (entry["layout"], entry["shape"]) == ("by_frame", [1, 4, 15])
    made = draft.with_(SAID).manifest()
    network = ForeignNetwork(path, "0" * 64, made)
    assert network.shape("obs") == (1, 4, 15)
    runner = ForeignRunner(make.spec_of(made), go2, network)
    assert runner._observations[0].array.shape == (1, 4, 15)


@pytest.mark.parametrize("said", ["True,True", "[true, true]", "1,1", ""])
def test_flattened_histories_stand_term_by_term(go2, tmp_path, said) -> None:
    path = make.write_mjlab(
        tmp_path / "walk.onnx", observation_names=TERMS, observation_terms_history_length="3,4",
        observation_terms_flatten_history_dim=said,
    )  # fmt: skip
    assert "layout" not in read(path, go2).data["inputs"][0]


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        ({"observation_terms_flatten_history_dim": "False,True"}, "which needs the same length for all"),
        ({"observation_terms_flatten_history_dim": "False"}, "1 values of flatten_history_dim for 2 terms"),
        ({"observation_terms_history_length": "4,2", "observation_terms_flatten_history_dim": "False,False"},
         r"lengths are \[4, 2\]"),
        ({"observation_terms_scale": "0.25,open('x')"}, "metadata scale of its terms cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(go2, tmp_path, metadata, text) -> None:
    lengths = {"observation_names": TERMS, "observation_terms_history_length": "4,4"}
    with pytest.raises(DataError, match=text):
        read(make.write_mjlab(tmp_path / "walk.onnx", **{**lengths, **metadata}), go2)


def test_factors_and_limits_are_read_as_csv_too(go2, tmp_path) -> None:
    path = make.write_mjlab(
        tmp_path / "walk.onnx", observation_names=TERMS, observation_terms_scale="0.25,None",
        observation_term_clip="None,(-1.0, 1.0)",
    )  # fmt: skip
    first, second = read(path, go2).data["inputs"][0]["terms"]
    assert first["scale"] == 0.25 and "scale" not in second and second["clip"] == (-1.0, 1.0)


def test_torques_are_what_the_drives_report(go2, tmp_path) -> None:
    draft = read(make.write_mjlab(tmp_path / "walk.onnx", observation_names="joint_pos,joint_effort"), go2)
    assert [term["term"] for term in draft.data["inputs"][0]["terms"]] == ["joint_pos_rel", "joint_effort"]
