"""``skill-stack episodes view --rerun``: the file is read back by Rerun's own reader."""

import io

import numpy as np
import pytest
from PIL import Image

from skill_stack.benchmarks.recording.made_episodes import MadeStep, MadeTask, write_tasks
from skill_stack.commands.recordings.rerun_file import POSES
from skill_stack.commands.recordings.view import view
from skill_stack.recording.made_run import START, MadeRun, stamp, tick, write_ticks
from test.monitor.conftest import GO2, gait

pytest.importorskip("rerun", reason="needs the extra rerun")
chunk = pytest.importorskip("rerun.chunk", reason="this release of rerun-sdk has no reader")
RATE, SECONDS = 50.0, 2.0


@pytest.fixture(scope="module")
def entities(tmp_path_factory):
    """Record batches of the file of a made run by entity."""
    folder = tmp_path_factory.mktemp("runs")
    run = MadeRun(folder, "20251009-085320_go2")
    list(write_tasks(run, [MadeTask("t0", "push the box", (MadeStep("push", {"target": "box"}, 1.0),))]))
    times = np.arange(round(RATE * SECONDS)) / RATE
    joints = [np.array(list(gait(at).values())) for at in times]
    write_ticks(
        run, START, [tick(START + at, n, joints[n], joints[n]) for n, at in enumerate(times)], GO2.joint_names, RATE
    )
    data = io.BytesIO()
    Image.new("RGB", (80, 60), (200, 60, 40)).save(data, "JPEG")
    header = {"stamp": stamp(START), "frame_id": "front"}
    picture = {"header": header, "format": "jpeg", "data": data.getvalue()}
    run.write("front/compressed", "sensor_msgs/CompressedImage", START, picture)
    path = folder / "run.rrd"
    assert view(str(run.end()), None, 0, path) == 0
    assert len(chunk.RrdReader(path).blueprints()) == 1, "a layout comes with it"
    found: dict[str, list] = {}
    for one in chunk.RrdReader(path).stream().to_chunks():
        found.setdefault(str(one.entity_path), []).append(one.to_record_batch())
    return found


def column(batches, name) -> list:
    """The cells of a column, without those that are empty."""
    cells = [batch.column(at).to_pylist() for batch in batches for at in batch.schema.names if at.endswith(name)]
    return [cell for column in cells for cell in column if cell]


def test_the_robot_has_meshes_and_moves(entities):
    surfaces = [name for name in entities if "/surface_" in name]
    assert len({name.split("/")[3] for name in surfaces}) >= len(GO2.joint_names)
    assert all(column(entities[name], "vertex_positions")[0] for name in surfaces)
    calf = np.array([one[0] for one in column(entities["/world/robot/FL_calf"], "translation")])
    assert len(calf) >= SECONDS * POSES and np.ptp(calf, axis=0).max() > 0.01
    assert column(entities["/world/robot"], "translation")[0][0] == pytest.approx([0.0, 0.0, 0.3])


def test_signals_pictures_steps_and_words_are_in_it(entities):
    name = GO2.joint_names[0]
    written = [one[0] for one in column(entities[f"/signals/{name}_position"], "scalars")]
    at = np.array([gait(n / RATE)[name] for n in range(round(RATE * SECONDS))])
    assert len(written) >= SECONDS * POSES and set(np.round(written, 4)) <= set(np.round(at, 4))
    assert column(entities["/camera"], "blob") and column(entities["/camera"], "blob")[0]
    assert column(entities["/steps"], "text")[0] == ["push target=box (succeeded)"]
    assert "instruction: push the box" in [one[0] for one in column(entities["/events"], "text")]
