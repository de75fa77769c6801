"""What a slow skill is put together of: terms, fallbacks, and the way to its network."""

import pytest

from skill_stack.controllers.foreign.foreign_skill import load_foreign
from skill_stack.controllers.slow.slow_links import DirectLinks, SharedLinks
from skill_stack.controllers.slow.slow_runner import SlowRunner
from skill_stack.core.errors import DataError
from skill_stack.core.shared_memory.slow_report import slow_reports
from test.controllers.skill_host import Others, part, skill

from .conftest import Still, chunk_manifest, chunks, reading_at


def load(folder, robot, policy, others=None, links=None):
    return load_foreign(skill(), policy, folder, robot, others or Others(Still), links or DirectLinks())


def test_a_slow_policy_has_a_fallback_for_each_phase(robot, tmp_path) -> None:
    others, path = Others(Still), chunks(tmp_path / "p.onnx")
    runner = load(tmp_path, robot, part(path, chunk_manifest(robot)), others)
    assert isinstance(runner, SlowRunner) and others.asked == [("fallback", "stand"), ("fallback", "sit")]
    others = Others(Still)
    load(tmp_path, robot, part(path, chunk_manifest(robot, {"fallback": "crouch"})), others)
    assert others.asked == [("fallback", "crouch")]


def test_a_fallback_that_is_slow_itself_is_none(robot, tmp_path) -> None:
    policy = part(chunks(tmp_path / "p.onnx"), chunk_manifest(robot))
    slow = load(tmp_path, robot, policy)
    with pytest.raises(DataError, match="fallback 'stand' of skill 'skill' is slow itself"):
        load(tmp_path, robot, policy, Others(Still, stand=slow))


def test_terms_and_network_of_other_sizes_are_told(robot, tmp_path) -> None:
    policy = part(chunks(tmp_path / "p.onnx", size=6), chunk_manifest(robot))
    with pytest.raises(DataError, match="are 4 values, its network takes 6"):
        load(tmp_path, robot, policy)


def test_in_one_process_it_answers_after_the_declared_time(robot, tmp_path) -> None:
    runner = load(tmp_path, robot, part(chunks(tmp_path / "p.onnx"), chunk_manifest(robot)))
    runner.start(reading_at((0.0,) * 4), None)
    found = [runner.run(reading_at((0.5,) * 4), {}, 0.02).q[0] for _ in range(12)]
    assert found[:5] == [-1.0] * 5, "0.1 s without an answer"
    assert found[5] > -1.0 and found[10] == pytest.approx(0.52) and runner.use.ticks == 5


def test_for_the_worker_the_control_process_makes_the_place_to_meet(robot, tmp_path) -> None:
    block = tmp_path / "block"
    runner = load(tmp_path, robot, part(chunks(tmp_path / "p.onnx"), chunk_manifest(robot)), links=SharedLinks(block))
    runner.start(reading_at((0.0,) * 4), None)
    runner.run(reading_at((0.5,) * 4), {}, 0.02)
    (report,) = slow_reports(block)
    assert report.skill == "skill" and not report.ok and "no worker" in report.text and report.values["asked"] == "1"
