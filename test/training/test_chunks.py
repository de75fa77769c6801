"""Cloning into chunks: the demonstrator, what is recorded, what is learnt, and what is exported."""

import math
import shutil

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.recording.made_run import START, MadeRun
from skill_stack.training.chunks.astray import Astray
from skill_stack.training.chunks.demonstrations import Demonstrations, demonstrate
from skill_stack.training.chunks.demonstrator import FAR, THERE, command, progress
from skill_stack.training.chunks.settings import LearnSettings, RecordSettings, load_settings
from skill_stack.training.chunks.walks import walks_in

LIMITS = {"vx": (-0.5, 1.0), "vy": (-0.4, 0.4), "wz": (-1.0, 1.0)}
coordinate = st.floats(-3.0, 3.0)


@given(coordinate, coordinate)
def test_the_demonstrator_keeps_to_the_limits_and_stands_when_it_is_there(ahead, aside) -> None:
    told = command(ahead, aside, LIMITS)
    assert all(low <= told[name] <= high for name, (low, high) in LIMITS.items())
    there = math.hypot(ahead, aside) < THERE
    assert (not any(told.values())) == there or math.hypot(ahead, aside) < 2 * THERE


@given(coordinate, coordinate)
def test_followed_exactly_it_arrives(x, y) -> None:
    here, yaw = np.zeros(2), 0.0
    for _ in range(400):
        way = np.array([x, y]) - here
        c, s = math.cos(yaw), math.sin(yaw)
        told = command(c * way[0] + s * way[1], c * way[1] - s * way[0], LIMITS)
        here = here + 0.1 * np.array([c * told["vx"] - s * told["vy"], s * told["vx"] + c * told["vy"]])
        yaw += 0.1 * told["wz"]
    assert math.hypot(x - here[0], y - here[1]) <= THERE + 1e-6


def test_progress_counts_metres() -> None:
    assert progress(THERE / 2) == 1.0 and progress(FAR) == 0.0 and progress(10.0) == 0.0
    assert progress(THERE + 0.25) == pytest.approx(0.9)


GOALS = ("vx", "vy", "wz")
SETTINGS = RecordSettings(episodes=1, seconds=3.0, scene="playground", x=(0.5, 0.9), y=(-0.3, 0.3))


@pytest.fixture(scope="module")
def worlds():
    resources = Resources.from_environment({})
    robot = load_robot(resources.robot("go2"), resources)
    library = load_library(resources, robot)
    return Demonstrations(resources, robot, library, library["walk"])


@pytest.fixture(scope="module")
def folders(worlds, tmp_path_factory):
    """Recordings of two seeds; the first of them twice."""
    out = []
    for number, seed in enumerate((1, 1, 2)):
        out.append(tmp_path_factory.mktemp(f"runs {number}"))
        demonstrate(worlds, SETTINGS, "reach", seed, out[-1], lambda text: None)
    return out


def read(folder, worlds, expert=True):
    asked = (lambda ahead, aside: command(ahead, aside, worlds.limits)) if expert else None
    return walks_in(folder, "reach", GOALS, 0.1, asked, lambda text: None)


@pytest.fixture(scope="module")
def walks(folders, worlds):
    return [read(folder, worlds) for folder in folders]


def test_recordings_are_those_of_their_seed(walks) -> None:
    first, again, other = walks
    assert len(first) == 1
    assert all((a.seen == b.seen).all() and (a.told == b.told).all() for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0].seen[0], other[0].seen[0])


def test_recordings_hold_what_was_seen_and_what_the_demonstrator_would_do(walks, folders, worlds) -> None:
    for walk, driven in zip(walks[0], read(folders[0], worlds, expert=False), strict=True):
        assert walk.seen.shape == (len(walk.told), 9) and len(walk.progress) == len(walk.told) >= 20
        assert walk.done.shape == walk.told.shape and not np.array_equal(walk.done, walk.told), "it was led astray"
        assert np.array_equal(driven.told, walk.done), "where a person drove, that is what is learnt"
        assert walk.seen[0, :4] == pytest.approx([0.0, 0.0, 0.0, 1.0], abs=1e-9)
        assert len({tuple(row) for row in walk.seen[:, 4:6].tolist()}) == 1, "the point stays where it is"
        assert walk.progress[-1] > walk.progress[0]


def test_rows_are_what_the_line_felt_and_was_commanded(worlds, tmp_path, monkeypatch) -> None:
    """Reading the recording gives what a recorder inside of the line would have kept."""
    kept, instead = [], Astray.instead

    def noted(self, told, now):
        kept.append((dict(told), instead(self, told, now)))
        return kept[-1][1]

    monkeypatch.setattr(Astray, "instead", noted)
    worlds.walk(SETTINGS, "reach", 5, tmp_path, "walk")
    (walk,) = read(tmp_path, worlds)
    assert len(walk.told) in (len(kept), len(kept) - 1)
    for mine, number in ((walk.told, 0), (walk.done, 1)):
        assert mine == pytest.approx(np.array([list(one[number].values()) for one in kept])[: len(mine)], abs=1e-4)


def test_a_spoilt_walk_is_left_out_and_a_folder_without_walks_says_so(
    worlds, folders, tmp_path, monkeypatch
) -> None:
    with pytest.raises(DataError, match="has 1 recordings and 0 walks of 'follow'"):
        walks_in(folders[0], "follow", GOALS, 0.1, None, lambda text: None)
    said = []
    shutil.copytree(folders[0], tmp_path / "runs")
    with monkeypatch.context() as patch:
        end = MadeRun.end

        def stopped(run):
            run.event(START + 5.0, "stop", "", "by mistake")
            return end(run)

        patch.setattr(MadeRun, "end", stopped)
        worlds.walk(SETTINGS, "reach", 7, tmp_path / "runs", "stopped")
    assert len(walks_in(tmp_path / "runs", "reach", GOALS, 0.1, None, said.append)) == 1
    assert any("left out 1 of 2" in text for text in said)


def test_what_a_person_did_who_took_over_counts_more_and_what_led_to_it_nothing(worlds, tmp_path, monkeypatch) -> None:
    pytest.importorskip("torch", reason="learning needs the extra 'train'")
    from skill_stack.training.chunks.learn import rows_of

    end = MadeRun.end

    def taken_over(run):
        run.event(START + 5.0, "takeover", "", source="teleop", begins=True)
        run.event(START + 5.5, "takeover", "", source="teleop", begins=False)
        return end(run)

    monkeypatch.setattr(MadeRun, "end", taken_over)
    worlds.walk(SETTINGS, "reach", 7, tmp_path, "taken over")
    (walk,) = read(tmp_path, worlds, expert=False)
    counts = {kind: int((walk.driver == kind).sum()) for kind in (-1.0, 0.0, 1.0)}
    assert counts[1.0] == 5 and counts[-1.0] == 10 and counts[0.0] >= 5
    begins = int(np.argmax(walk.driver == 1.0))
    assert (walk.driver[begins - 10 : begins] == -1.0).all() and not walk.driver[begins + 5 :].any()
    rows = rows_of([walk], 5, np.ones(3), planned=2, takeover=4.0)
    assert rows.weight[2:].tolist() == np.select([walk.driver > 0, walk.driver < 0], [4.0, 0.0], 1.0).tolist()


def test_a_network_learns_them_and_answers_the_same_as_a_file(walks, tmp_path) -> None:
    pytest.importorskip("torch", reason="learning needs the extra 'train'")
    from skill_stack.training.chunks.export import export
    from skill_stack.training.chunks.learn import learn, rows_of

    scale = np.array([1.0, 0.4, 1.0])
    training, judging = (rows_of(some, 5, scale) for some in (walks[0], walks[2]))
    assert training.wanted.shape == (len(training.seen), 5 * 4)
    told = np.concatenate([walk.told for walk in walks[0]])
    assert training.wanted[:, :3] * scale == pytest.approx(told)
    settings = LearnSettings(hidden=(32,), epochs=60, batch=16, rate=3e-3)
    network, errors = learn(training, judging, settings, 1, lambda text: None)
    blind = float(np.abs(training.wanted - training.wanted.mean(axis=0)).mean())
    assert errors["error"] < 0.5 * blind
    path = tmp_path / "policy.onnx"
    assert len(export(network, 5, 3, path)) == 64
    answer = onnxruntime.InferenceSession(str(path)).run(None, {"obs": training.seen[:1].astype(np.float32)})
    assert [one.shape for one in answer] == [(1, 5, 3), (1, 5)]


def test_a_network_that_sees_what_is_under_way_repeats_it_and_goes_on(walks) -> None:
    pytest.importorskip("torch", reason="learning needs the extra 'train'")
    from skill_stack.training.chunks.learn import rows_of

    walk, scale = walks[0][0], np.array([1.0, 0.4, 1.0])
    rows = rows_of([walk], 5, scale, planned=2)
    assert rows.seen.shape == (len(walk.seen) + 2, 9 + 2 * 3), "it is asked before it begins, too"
    actions = rows.wanted[:, :15].reshape(-1, 5, 3) * scale
    assert actions[:, :2].reshape(-1, 6) == pytest.approx(rows.seen[:, 9:]), "what it sees of its own commands"
    assert not actions[0, :2].any() and actions[0, 2] == pytest.approx(walk.told[0]), "till it answers the robot stands"
    assert actions[2, :2] == pytest.approx(walk.done[:2]) and actions[2, 2:] == pytest.approx(walk.told[2:5])


def test_a_walk_is_led_astray_for_a_while_only() -> None:
    settings, told = RecordSettings(stray=0.5, stray_seconds=6.0), {"vx": 0.4, "vy": 0.0, "wz": 0.0}
    for seed in range(20):
        astray = Astray(settings, LIMITS, seed)
        found = [astray.instead(told, 0.1 * step) for step in range(70)]
        assert all(low <= one[name] <= high for one in found for name, (low, high) in LIMITS.items())
        assert astray.over and found[-1] == told
    assert any(astray.instead(told, 0.0) != told for astray in (Astray(settings, LIMITS, seed) for seed in range(5)))


def test_the_settings_of_the_shipped_skill_can_be_read() -> None:
    resources = Resources.from_environment({})
    settings = load_settings(resources.find("models/go2/reach", "skill"))
    assert settings.record.episodes >= 100 and settings.measure_episodes >= 40
