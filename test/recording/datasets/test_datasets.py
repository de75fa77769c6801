"""Episodes become data sets that others read; an export goes on where it ended; labels are true by the recording."""

import json
import re

import numpy as np
import pytest

from skill_stack.benchmarks.recording.made_episodes import MadeStep, MadeTask, joints, write_tasks
from skill_stack.core.data_file import load_model
from skill_stack.core.errors import DataError
from skill_stack.recording.datasets import faces, reached
from skill_stack.recording.datasets.dataset import DatasetCard, described, export, read_card
from skill_stack.recording.datasets.frames import ACTION, STATE, cameras_of, frames_of, pictures, pictures_at
from skill_stack.recording.datasets.questions import context, questions
from skill_stack.recording.made_run import START, MadeRun, stamp, tick, write_ticks
from skill_stack.recording.pictures import JpegEncoder, VideoEncoder
from skill_stack.recording.reading.episode import episodes_of
from skill_stack.recording.reading.things import SeenThings
from skill_stack.recording.recording import Recording
from test.recording.test_format import decoded

RATE = 50.0
NAMES = tuple(f"joint_{number}" for number in range(12))
WALK = MadeTask(
    "t1",
    "walk to the ball, then push it",
    (MadeStep("go_to", {"target": "ball"}, 1.5), MadeStep("push", {"target": "ball"}, 0.5)),
)
FALL = MadeTask(
    "t2", "push the box", (MadeStep("push", {"target": "box"}, 1.0, "failed", "the foot slipped"),), "failed", "it fell"
)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A run with two tasks, ticks, and a camera whose pictures grow brighter."""
    run = MadeRun(tmp_path_factory.mktemp("runs"), "20251009-100000_go2")
    list(write_tasks(run, [WALK, FALL]))
    q = joints(RATE, 5.0, 12, np.random.default_rng(1))
    write_ticks(
        run,
        START,
        (
            tick(START + n / RATE, n, row, row + 0.1, base_position=[0.5 * n / RATE, 0.0, 0.3])
            for n, row in enumerate(q)
        ),
        NAMES,
        RATE,
    )
    for number in range(25):
        picture = {
            "header": {"stamp": {"sec": 0, "nanosec": 0}, "frame_id": ""},
            "format": "jpeg",
            "data": jpeg(10 * number),
        }
        run.write("front/compressed", "sensor_msgs/CompressedImage", START + number / 5.0, picture)
    return run.end()


def jpeg(brightness):
    cdr = JpegEncoder().encode(np.full((16, 16, 3), brightness, np.uint8), 0, "")[0]
    return cdr[cdr.index(b"\xff\xd8\xff") :]


def make(target, path, writer, **card):
    found = DatasetCard(card.pop("format", "parquet"), "CC0-1.0", 25.0, **card)
    with Recording(path) as run:
        list(export(target, found, writer, ((run, one) for one in episodes_of(run)), None))
    writer.close()
    return found


def test_frames_hold_the_newest_tick_and_the_step(path):
    with Recording(path) as run:
        one = episodes_of(run)[0]
        frames = frames_of(run, one, 25.0)
        assert frames.action.shape == (len(frames.times), 12) and frames.state.shape[1] == len(frames.state_names) == 34
        q = joints(RATE, 5.0, 12, np.random.default_rng(1))
        np.testing.assert_allclose(frames.action[5], q[10] + 0.1, atol=1e-5)
        assert frames.subtasks[10] == "go_to target=ball" and frames.subtasks[45] == "push target=ball"
        bright = [int(picture.mean()) for picture in pictures_at(run, cameras_of(run)["front"], frames.times)]
        assert bright[0] == pytest.approx(0, abs=3) and bright[26] == pytest.approx(50, abs=3)
        assert bright == sorted(bright)
        with pytest.raises(DataError, match="50.0 ticks per second"):
            frames_of(run, one, 100.0)


def test_parquet_is_read_by_others_and_goes_on(path, tmp_path):
    pq = pytest.importorskip("pyarrow.parquet", reason="the extra 'data' is not installed")
    from skill_stack.recording.datasets.parquet_dataset import ParquetWriter, merge, split

    target = tmp_path / "demos"
    card = make(target, path, ParquetWriter(target), cameras=["front"])
    table = pq.read_table(target / "frames" / "episode-000000.parquet")
    assert {STATE, ACTION, "observation.images.front", "task", "subtask", "timestamp"} <= set(table.column_names)
    assert table["task"][0].as_py() == WALK.instruction
    rows = pq.read_table(target / "episodes.parquet").to_pylist()
    assert [row["outcome"] for row in rows] == ["succeeded", "failed"]
    actions = np.array(table[ACTION].to_pylist())
    np.testing.assert_allclose(rows[0]["statistics"][ACTION]["mean"], actions.mean(0), rtol=1e-5)
    with Recording(path) as run:  # once more: nothing is written again
        assert not list(export(target, card, ParquetWriter(target), ((run, e) for e in episodes_of(run)), None))
    other = split(target, {"train": 1, "test": 1}, tmp_path / "parts", 0)
    assert {name: len(part.episodes) for name, part in other.items()} == {"train": 1, "test": 1}
    joined = merge([tmp_path / "parts" / "train", tmp_path / "parts" / "test"], tmp_path / "joined")
    assert sorted(joined.episodes) == sorted(card.episodes) == sorted(read_card(tmp_path / "joined").episodes)
    about = described(tmp_path / "joined")
    assert about["episodes"] == 2 and about["frames"] == sum(card.frames) and about["megabytes_per_hour"] > 0
    with pytest.raises(DataError, match="is no data set"):
        described(tmp_path)


def test_lerobot_reads_what_its_own_writer_wrote(path, tmp_path):
    module = pytest.importorskip("lerobot.datasets.lerobot_dataset", reason="the extra 'lerobot' is not installed")
    from skill_stack.recording.datasets.lerobot_dataset import LeRobotWriter

    target = tmp_path / "demos"
    card = make(target, path, LeRobotWriter(target, "demos"), format="lerobot")
    found = module.LeRobotDataset("demos", root=target)
    assert (found.meta.total_episodes, len(found)) == (2, sum(card.frames))
    assert found[5]["task"] == WALK.instruction and found[5]["subtask"] == "go_to target=ball"
    q = joints(RATE, 5.0, 12, np.random.default_rng(1))
    np.testing.assert_allclose(found[5][ACTION].numpy(), q[10] + 0.1, atol=1e-5)


def test_lerobot_divides_and_joins_data_sets(path, tmp_path):
    module = pytest.importorskip("lerobot.datasets.lerobot_dataset", reason="the extra 'lerobot' is not installed")
    from skill_stack.recording.datasets import lerobot_dataset

    target = tmp_path / "demos"
    card = make(target, path, lerobot_dataset.LeRobotWriter(target, "demos"), format="lerobot")
    parts = lerobot_dataset.split(target, {"train": 0.5, "test": 0.5}, tmp_path / "parts", 1)
    folders = {name: next(one for one in tmp_path.rglob(f"*{name}") if one.is_dir()) for name in parts}
    for name, folder in folders.items():
        assert read_card(folder).episodes == parts[name].episodes
        assert len(module.LeRobotDataset(name, root=folder)) == sum(parts[name].frames)
    assert sorted(one for part in parts.values() for one in part.episodes) == sorted(card.episodes)
    joined = lerobot_dataset.merge(list(folders.values()), tmp_path / "joined")
    found = module.LeRobotDataset("joined", root=tmp_path / "joined")
    assert (found.meta.total_episodes, len(found)) == (2, sum(card.frames))
    assert sorted(joined.episodes) == sorted(card.episodes) == sorted(read_card(tmp_path / "joined").episodes)
    tasks = [found[0]["task"], found[len(found) - 1]["task"]]
    assert tasks == joined.instructions and set(tasks) == {WALK.instruction, FALL.instruction}


def test_pictures_of_a_film_are_read_from_the_middle_on(tmp_path):
    """A film is decoded from the whole picture before the window on; each frame gets the newest picture."""
    pytest.importorskip("av", reason="the extra 'video' is not installed")
    run, encoder = MadeRun(tmp_path, "20251009-100000_go2"), VideoEncoder(10.0)
    for number in range(60):
        for cdr in encoder.encode(np.full((48, 64, 3), 4 * number, np.uint8), number, "front"):
            (film,) = decoded(encoder.type, cdr)
            message = {"timestamp": stamp(START), "frame_id": "front", "data": bytes(film.data), "format": film.format}
            run.write("front/compressed", "foxglove_msgs/CompressedVideo", START + number / 10.0, message)
    with Recording(run.end()) as recording:
        (topic,) = cameras_of(recording).values()
        found = list(pictures(recording, topic, (START + 3.05, START + 4.05)))
        assert [round(at - START, 1) for at, _ in found] == [round(3.1 + 0.1 * n, 1) for n in range(10)]
        assert all(abs(float(picture.mean()) - 40.0 * (at - START)) < 6.0 for at, picture in found)
        shown = [
            float(picture.mean()) / 40.0 for picture in pictures_at(recording, topic, START + np.array([3.12, 3.58]))
        ]
        assert shown == pytest.approx([3.1, 3.5], abs=0.15)


def test_answers_follow_from_the_log_beside_them(path):
    with Recording(path) as run:
        episodes = episodes_of(run)
        rows = questions(((run, one) for one in episodes), 1000, 1)
        again = questions(((run, one) for one in episodes), 5, 1)
    assert len(rows) > 20 and len({json.dumps(row) for row in rows}) == len(rows)
    told = {(row["kind"], row["question"]): row for row in rows}
    assert told["reason", "Why is the task failed?"]["answer"] == "it fell"
    assert told["order", "What did the robot do right after 'go_to target=ball'?"]["answer"] == "push target=ball"
    for row in rows:
        if row["kind"] in ("reason", "object", "tracking", "order", "task"):
            assert row["answer"] in row["context"]
    assert re.search(r"^1\.[67] s: go_to target=ball succeeded$", context(episodes[0], SeenThings()), re.MULTILINE)
    assert again == rows[:5]


def test_what_was_reached_is_named_whatever_was_asked(path):
    with Recording(path) as run:
        rows = [row for one in episodes_of(run) for row in reached.reached(run, one)]
    assert [row["reached"] for row in rows] == [
        "walk 0.7 metres forward",
        "walk 0.2 metres forward",
        "walk 0.5 metres forward",
    ]
    assert rows[2]["outcome"] == "failed"  # it failed to push, and still shows how to walk


@pytest.mark.parametrize(
    ("x", "y", "yaw", "said"),
    [
        (0.0, 0.0, 0.1, ""),
        (0.0, 0.0, np.pi / 2, "turn left by 90 degrees"),
        (0.0, 0.05, -7.0, "turn right by 401 degrees"),
        (-1.0, 0.0, 0.0, "walk 1.0 metres backward"),
        (0.1, -0.6, 0.0, "walk 0.6 metres to the right"),
        (1.0, 1.0, 0.0, ""),
        (1.0, 0.0, 1.0, ""),
    ],
)
def test_names_of_displacements(x, y, yaw, said):
    from pathlib import Path

    words = load_model(reached.ReachedWords, Path(reached.__file__).with_name("reached.yaml"))
    assert reached.named(x, y, yaw, words) == said


def test_a_face_is_hidden_and_the_rest_is_not():
    picture = np.random.default_rng(1).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    before = picture.copy()
    faces.hide(picture, (20.0, 20.0, 16.0, 16.0))
    assert len(np.unique(picture[18:34, 18:34].reshape(-1, 3), axis=0)) < 40
    assert np.array_equal(picture[:10], before[:10]) and np.array_equal(picture[:, 60:], before[:, 60:])
    faces.hide(picture, (-30.0, -30.0, 10.0, 10.0))  # outside: nothing happens
