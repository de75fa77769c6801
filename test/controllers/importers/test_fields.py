"""Words where numbers belong, lists where tables do: every field of every format is named when it makes no sense."""

import copy
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onnx
import pytest
import yaml

from skill_stack.controllers.importers import unitree_deploy
from skill_stack.controllers.importers.fields import fields, naming_fields
from skill_stack.controllers.importers.registry import read
from skill_stack.core.errors import DataError

from .test_defects import FORMATS_MADE, edited

NONSENSE = ("word", [{"a": 1}], None, math.nan, 1e300)
META = {"mjlab", "whole_body_tracking", "holosoma"}


OURS = ("problem(s)\n", "does not say", "is not understood", "not driven", "which no block", "is no ",
        "there is no file")  # fmt: skip
"""What names a field of the manifest, a term, or the file itself."""


def leaves(data: Any, *way: Any) -> Iterator[tuple[Any, ...]]:
    """Ways to every table, list and value; of lists whose items are alike the first alone."""
    if way:
        yield way
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, *way, key)
    elif isinstance(data, list):
        tables = all(isinstance(one, dict) for one in data)
        for place, value in enumerate(data if tables else data[:1]):
            yield from leaves(value, *way, place)


def changed(data: Any, way: tuple[Any, ...], value: object) -> Any:
    if not way:
        return value
    out = copy.copy(data)
    out[way[0]] = changed(data[way[0]], way[1:], value)
    return out


def wrong(case, path: Path, robot, keys: set[str], files: set[str], value: float = 0.0) -> str:
    """What is wrong with how the reading of a wrong file ends, or an empty string."""
    try:
        read(path, robot, case.reader).with_(case.said).manifest()
    except DataError as error:
        text = str(error)
        if not any(name in text for name in files) or "Table'" in text or "Row'" in text:
            return text
        return "" if any(key in text for key in (*OURS, *keys)) else text
    except Exception as error:  # noqa: BLE001 - what this test is about
        return repr(error)
    return "" if math.isfinite(value) else "accepted"


@pytest.mark.parametrize("name", [name for name, one in FORMATS_MADE.items() if one.sidecar])
def test_every_field_that_makes_no_sense_is_named_with_its_file(name, go2, g1, tmp_path, monkeypatch) -> None:
    case = FORMATS_MADE[name]
    robot = {"go2": go2, "g1": g1}[case.robot]
    path, found = case.make(tmp_path), []
    files = {one.name for one in tmp_path.rglob("*") if one.is_file()}
    for file in list(tmp_path.rglob("*.yaml")):
        text = file.read_text()
        data = yaml.load(text, Loader=unitree_deploy._Loader)
        for way in leaves(data):
            for value in NONSENSE:
                said = json.dumps(changed(data, way, value))
                file.write_text(said.replace("NaN", ".nan").replace("1e+300", "1.0e+300"))
                keys = {str(key) for one in leaves(data) for key in one if isinstance(key, str)}
                if problem := wrong(case, path, robot, keys, files, value if isinstance(value, float) else 0.0):
                    found.append((way, value, problem))
        file.write_text(text)
    assert not found


@pytest.mark.parametrize("name", sorted(META))
def test_every_text_in_a_network_that_makes_no_sense_is_named(name, go2, tmp_path) -> None:
    case, found = FORMATS_MADE[name], []
    path = case.make(tmp_path)
    said = {entry.key: entry.value for entry in onnx.load(str(path)).metadata_props}
    for key in said:
        for value in ("word", "", "1,", "[", "{}", "null", "nan", "1e300", '["a", 1]', "[[1]]", '{"lin_vel_x": 3}'):
            props = said | {key: value}
            edited(path, lambda model, props=props: onnx.helper.set_model_props(model, props))
            if problem := wrong(case, path, go2, set(said), {path.name}):
                found.append((key, value, problem))
    assert not found


def test_the_field_that_was_read_last_is_named_with_its_own_file(tmp_path) -> None:
    base, own = tmp_path / "base.yaml", tmp_path / "own.yaml"
    data = fields({"dt": [1, {"x": "soft"}]}, base, "go2.") | fields({"kp": "soft"}, own, "walk.")
    with pytest.raises(DataError, match=r"base\.yaml: is not read as f: 'go2\.dt\.1\.x' cannot be 'soft'"):
        with naming_fields(tmp_path, "f"):
            float(data["kp"] and data["dt"][1]["x"])
    with pytest.raises(DataError, match=r"own\.yaml: walk\.kp: no number"):
        with naming_fields(tmp_path, "f"):
            raise DataError(f"no number: {data['kp']}")


def test_a_limit_that_is_none_is_beyond_all_values(go2, tmp_path) -> None:
    """Isaac Lab writes infinite limits where there are none."""
    case = FORMATS_MADE["unitree_rl_lab"]
    path = case.make(tmp_path)
    file = tmp_path / case.sidecar
    file.write_text(file.read_text().replace("- -100.0", "- -.inf").replace("- 100.0", "- .inf"))
    assert read(path, go2).manifest().inputs[0].terms[4].clip == (-1e12, 1e12)


@pytest.mark.parametrize(
    "where", ["/etc/passwd", "../weights", "..", ".", "", "a\0b", "sub/weights", "link", "policy.onnx.data/x"]
)
@pytest.mark.parametrize("kind", ["weight", "constant", "inner"])
def test_weights_are_read_from_beside_the_network_alone(kind, where, go2, tmp_path) -> None:
    case = FORMATS_MADE["unitree_rl_mjlab"]
    path = case.make(tmp_path / "export")
    (tmp_path / "export/exported/link").symlink_to("/etc/passwd")
    (tmp_path / "export/weights").write_bytes(b"0")
    outside = onnx.TensorProto(name="outside", data_type=1, dims=[1], data_location=1)
    outside.external_data.add(key="location", value=where)

    def change(model) -> None:
        if kind == "weight":
            model.graph.initializer.append(outside)
            return
        constant = onnx.helper.make_node("Constant", [], ["c"], value=outside)
        if kind == "inner":
            graph = onnx.helper.make_graph([constant], "then", [], [])
            constant = onnx.helper.make_node("If", ["q"], ["z"], then_branch=graph, else_branch=graph)
        model.graph.node.append(constant)

    edited(tmp_path / "export" / case.model, change)
    with pytest.raises(DataError, match=r"policy\.onnx: (keeps weights in .* which is not beside it|is no ONNX file)"):
        read(path, go2)


def test_weights_that_were_cut_off_are_named(go2, tmp_path) -> None:
    path = FORMATS_MADE["unitree_rl_mjlab"].make(tmp_path)
    weights = tmp_path / "exported" / "policy.onnx.data"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-4])
    with pytest.raises(DataError, match=rf"has {len(whole) - 4} bytes where policy.onnx needs {len(whole)}"):
        read(path, go2)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "..", "a\0b", ""])
def test_conventions_name_no_file_outside_of_the_folder(name, go2, tmp_path) -> None:
    draft = read(FORMATS_MADE["unitree_rl_lab"].make(tmp_path), go2)
    for said in ({"external": {name: "0" * 64}}, {"memory_start": {"file": name, "sha256": "0" * 64}}):
        with pytest.raises(DataError, match="is not the plain name of a file beside it"):
            draft.with_(said).manifest()
