"""LEAPP: what is fed back before the first run, and what newer bundles state."""

import json

import numpy as np
import pytest
import yaml

from skill_stack.controllers.importers.registry import read
from skill_stack.controllers.importers.safetensors_file import read_safetensors
from skill_stack.core.errors import DataError

from . import conftest as make
from .test_defects import FORMATS_MADE, imported

CASE = FORMATS_MADE["leapp"]
START = np.arange(8, dtype=np.float32) / 4


def safetensors(path, **arrays):
    """Writes a file as its library does."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, array in arrays.items():
        kind = {"float32": "F32", "float64": "F64", "float16": "F16"}[array.dtype.name]
        ends = [len(data), len(data) + array.nbytes]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": ends}
        data += array.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def pipeline(folder, **said):
    file = folder / "walk.yaml"
    data = yaml.safe_load(file.read_text())
    data["pipeline"].update(said)
    file.write_text(yaml.safe_dump(data))


@pytest.mark.parametrize("stated", [True, False])
def test_memory_begins_as_the_bundle_says(go2, tmp_path, stated) -> None:
    folder = make.write_leapp(tmp_path)
    safetensors(folder / "walk_initial_values.safetensors", **{"policy/h": START[None]})
    if stated:
        pipeline(folder, initial_values="walk_initial_values.safetensors")
    runner = imported(CASE, tmp_path, go2, folder)
    memory = runner._memory.inputs["h"]
    assert memory[0] == pytest.approx(START)
    reading = runner._moment.reading
    memory[...] = 9.0
    runner.start(reading, None)
    assert memory[0] == pytest.approx(START), "each run begins anew"
    runner.run(reading, {}, 0.02)
    assert memory[0] == pytest.approx(START), "this network answers what it was given"


def test_a_skill_whose_memory_was_changed_does_not_load(go2, tmp_path) -> None:
    folder = make.write_leapp(tmp_path)
    safetensors(folder / "walk_initial_values.safetensors", **{"policy/h": START[None]})
    imported(CASE, tmp_path, go2, folder)
    kept = tmp_path / "models" / "walk_there"
    assert sorted(path.name for path in kept.iterdir()) == ["memory.npz", "policy.onnx", "skill.yaml"]
    from skill_stack.controllers.foreign.memory import read_start
    from skill_stack.core.skills.skill import load_skill

    entry = load_skill(kept).policy.manifest.memory_start
    np.savez(kept / "memory.npz", h=START * 2)
    with pytest.raises(DataError, match="memory.npz is not the file that was imported"):
        read_start(kept, entry)
    (kept / "memory.npz").unlink()
    with pytest.raises(DataError, match="is missing beside the model"):
        read_start(kept, entry)


def test_zeros_need_no_file(go2, tmp_path) -> None:
    folder = make.write_leapp(tmp_path)
    safetensors(folder / "walk_initial_values.safetensors", **{"policy/h": 0 * START[None]})
    draft = read(folder, go2)
    assert not draft.files and "memory_start" not in draft.data


def test_a_bundle_that_states_its_rate_is_not_asked_for_it(go2, tmp_path) -> None:
    folder = make.write_leapp(tmp_path)
    pipeline(folder, configs={"frequency": 25})
    assert read(folder, go2).data["rate"] == 25.0


@pytest.mark.parametrize(
    ("arrays", "text"),
    [
        ({"policy/other": START[None]}, r"begins \['other'\], but what is fed back is \['h'\]"),
        ({"policy/h": START[None, :3]}, "'h' starts with 3 values, the network remembers 8"),
        ({"policy/h": START[None] * np.float32(np.nan)}, "hold a value that is not finite"),
    ],
)
def test_values_that_do_not_fit_are_named(go2, tmp_path, arrays, text) -> None:
    folder = make.write_leapp(tmp_path)
    safetensors(folder / "walk_initial_values.safetensors", **arrays)
    with pytest.raises(DataError, match=text):
        imported(CASE, tmp_path, go2, folder)


def test_files_cut_short_or_of_other_kinds_are_refused(tmp_path) -> None:
    path = safetensors(tmp_path / "a.safetensors", h=START, g=START.astype(np.float16)[None])
    whole = path.read_bytes()
    assert read_safetensors(path)["g"].shape == (1, 8)
    for content in (whole[:-1], whole[:20], b"", b"\x80\x04\x95", b"\xff" * 40, whole.replace(b"F32", b"F3X")):
        path.write_bytes(content)
        with pytest.raises(DataError, match="is no safetensors file, or one that was cut short"):
            read_safetensors(path)
    with pytest.raises(DataError, match="there is no file"):
        read_safetensors(tmp_path / "nowhere")
