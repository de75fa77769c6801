"""A kept motion as a policy: what is learnt, what is gone on with, what is installed, and what is refused."""

import errno
import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training extra is not installed")
pytest.importorskip("rsl_rl", reason="the training extra is not installed")

from skill_stack.cli import main
from skill_stack.core.errors import DataError
from skill_stack.core.plan import PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.reward_arguments import arguments_of
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.planner.composites import composite, keep
from skill_stack.training.motions import learn_motion as learning
from skill_stack.training.motions import motion_settings as settings_module
from skill_stack.training.motions.learn_motion import CLONED, PLANNER, TRAINED, LearnedMotion, learn_motion
from skill_stack.training.motions.motion_settings import motion_settings
from skill_stack.training.motions.motion_skill import PlannerStays, install_motion

ROOT = Path(__file__).resolve().parents[3]
NOW = "2026-01-01T00:00:00+00:00"
LEAN = {"terms": [{"term": "base_roll", "target": 0.2}], "success": {"hold": 0.2, "within": 2.0}}


def short():
    """Settings by which a policy of a kind is there in seconds."""
    usual = motion_settings()
    ppo = {**usual.task["ppo"], "robots": 4, "steps": 4, "hidden": [16]}
    clone = usual.clone.model_copy(update={"robots": 2, "rounds": 2, "ticks": 260, "samples": 2, "again": 10})
    return usual.model_copy(update={"task": {**usual.task, "ppo": ppo}, "clone": clone, "critic": 1, "episodes": 1})


@pytest.fixture
def found(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    return Resources((tmp_path / "overlay", ROOT), tmp_path / "overlay")


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    overlay = tmp_path_factory.mktemp("overlay")
    found = Resources((overlay, ROOT), overlay)
    remember(found, "tilt_over", LEAN)
    return learn_motion(found, "go2", "tilt_over", 1e-3, 3, report=lambda _: None, settings=short())


def remember(found, name, rewards):
    terms = RewardSet.parse(rewards, name)
    step = PlanNode("skill", skill="move_as_told", arguments=arguments_of(terms), why=f"asked for: {name} please")
    data = composite("go2", name, PlanNode("sequence", (step,)), name.replace("_", " "))
    data["rewards"]["rewards"] = terms.plain()
    return keep(found, data)


def test_a_kept_motion_becomes_a_policy_and_the_planner_is_used_no_more(found, capsys, monkeypatch):
    remember(found, "tilt_over", LEAN)
    monkeypatch.setattr(settings_module, "motion_settings", short)
    monkeypatch.setattr(learning, "motion_settings", short)
    asked = ["practise", "go2", "tilt_over", "--minutes", "0.001", "--episodes", "2", "--seed", "3", "--json"]
    monkeypatch.setattr(LearnedMotion, "best", CLONED)  # so little learning is not always enough
    monkeypatch.setattr("os.nice", lambda _: 0)  # later tests would wait behind everybody else
    assert main(asked) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["installed"] == CLONED and told["policies"][CLONED]["planner"]["successes"] == told["planner"]
    folder = found.overlay / "models/go2/tilt_over"
    robot = load_robot(found.robot("go2"), found)
    spec = load_library(found, robot)["tilt_over"]
    assert spec.policy is not None and spec.composite is None and "tilt over" in spec.phrases
    assert (folder / "planned.yaml").is_file() and (folder / "train.yaml").is_file()
    assert "until a person releases it" in load_library(found, robot, device=True).entries["tilt_over"].reason
    assert main(["release", "tilt_over", "--robot", "go2", "--yes"]) == 0, "it was tried as it is"
    assert load_library(found, robot, device=True)["tilt_over"].policy is not None
    assert main(asked) == 1
    assert "'tilt_over' is a skill of kind policy already" in capsys.readouterr().err


def test_what_was_learnt_and_measured_is_gone_on_with(found, monkeypatch):
    remember(found, "tilt_over", LEAN)
    lines: list[str] = []
    first = learn_motion(found, "go2", "tilt_over", 1e-3, 3, report=lines.append, settings=short())
    assert any(line.startswith("copying the planner") for line in lines)
    cut, again = first.policies[TRAINED].parent / "episodes.jsonl", []
    cut.write_text("".join(cut.read_text().splitlines(keepends=True)[:1]) + '{"version": "cut o')
    monkeypatch.setattr(learning, "distil", None)  # the copy is not made twice
    second = learn_motion(found, "go2", "tilt_over", 1e-3, 3, report=again.append, settings=short())
    assert again[0].startswith("going on from") and second.digests == first.digests
    assert second.episodes[TRAINED] == first.episodes[TRAINED] and len(second.episodes[PLANNER]) == 1


def test_ctrl_c_ends_cleanly_and_keeps_the_skill(found, capsys, monkeypatch):
    remember(found, "tilt_over", LEAN)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.nice", lambda _: 0)
    monkeypatch.setattr(learning, "motion_settings", short)
    monkeypatch.setattr(learning, "distil", interrupted)
    assert main(["practise", "go2", "tilt_over", "--minutes", "1"]) == 130
    assert "ended; what was learnt and measured is kept, and the same command goes on" in capsys.readouterr().err
    assert load_library(found, load_robot(found.robot("go2"), found))["tilt_over"].composite is not None


def test_a_worse_policy_is_not_installed_and_how_much_it_lacks_is_told(found, learned, monkeypatch):
    monkeypatch.setattr(LearnedMotion, "successes", lambda self, who: {PLANNER: 9, CLONED: 4, TRAINED: 7}[who])
    with pytest.raises(PlannerStays, match="planner 9, cloned 4, trained 7; the better policy is 2 short"):
        install_motion(found, learned, NOW)
    assert not (found.overlay / "models/go2/tilt_over/policy.onnx").exists()


def test_a_full_disk_leaves_the_skill_of_before(found, learned, monkeypatch):
    remember(found, "tilt_over", LEAN)
    monkeypatch.setattr(LearnedMotion, "best", CLONED)
    write = Path.write_bytes

    def full(path, content):
        if path.name == ".policy.onnx.part":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataError, match="No space left on device; free space, and the same command goes on"):
        install_motion(found, learned, NOW)
    assert load_library(found, load_robot(found.robot("go2"), found))["tilt_over"].composite is not None


@pytest.mark.parametrize(
    ("skill", "rewards", "told"),
    [
        ("far", {"terms": [{"term": "place_x", "target": 1.0}]}, "'far' has place_x, counted from where it begins"),
        ("walk", None, "'walk' is no motion by reward terms; have one done and say 'remember that as walk'"),
    ],
)
def test_what_cannot_become_a_policy_is_refused_with_what_can(found, skill, rewards, told):
    if rewards:
        remember(found, skill, rewards)
    with pytest.raises(DataError, match=told):
        learn_motion(found, "go2", skill, 1.0)
