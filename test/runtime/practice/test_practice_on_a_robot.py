"""Practice on the simulated Go2: a motion that was refused is tried, kept, in quarantine, resumed and used again."""

import resource
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.kept_rewards import load_kept_rewards
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skill_origin import origin_of, quarantine
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import SceneGraph
from skill_stack.motion.sampling.whole_motion import Trajectory, WholeMotion
from skill_stack.planner.memory.experience import Experience, StepRecord, ThingNote
from skill_stack.planner.memory.store import ExperienceStore
from skill_stack.planner.planner import Planner
from skill_stack.practice.goal import Goal
from skill_stack.practice.practice import NotKept, NotLearnt
from skill_stack.practice.settings import practice_settings
from skill_stack.runtime.practice.goal_sources import PastGoals, drawn_goals, listed_goals
from skill_stack.runtime.practice.learners import STANDING, CompositionLearner, RewardLearner
from skill_stack.runtime.practice.motion_trial import MotionGround
from skill_stack.runtime.practice.trajectory_learner import TrajectoryLearner

ROOT = Path(__file__).resolve().parents[3]
REFUSED = "lift your left front paw twice, then sit"
USABLE = {"foot_lift": (0.0, 0.22), "base_pitch": (-0.6, 0.6)}


@pytest.fixture
def place(tmp_path):
    """An overlay of its own, and where motions of the Go2 are tried."""
    found = Resources((tmp_path, ROOT), tmp_path)
    robot = load_robot(found.robot("go2"), found)
    return found, MotionGround(robot, load_library(found, robot), practice_settings())


def planned(found: Resources, words: str, device: bool = False):
    robot = load_robot(found.robot("go2"), found)
    library = load_library(found, robot, device=device)
    return Planner(library).plan(Instruction(words), SceneGraph({}), STANDING), library


def time() -> str:
    return "2026-01-01T00:00:00+00:00"


def test_what_a_refused_task_lacks_is_practised_and_used_in_two_tasks_without_learning(place):
    found, ground = place
    assert planned(found, REFUSED)[0].status == "refusal"
    (goal,) = PastGoals(ground).missing(REFUSED)
    assert (goal.words, goal.source) == ("lift your left front paw", "refused")
    learner = RewardLearner(ground, found, time, USABLE)
    assert learner.suits(goal) == "" and CompositionLearner(ground, found, time, USABLE).suits(goal)
    trial = learner.trial(goal, 1)
    assert trial.passed and trial.true
    run = learner.practised(trial)
    lifted = [one.rewards.aims[0].label for one in run.labels]
    assert "foot_lift of FL" in lifted and run.positions.shape[1] == 12
    name = learner.keep(goal, 1, 1)
    for words in (REFUSED, "sit, then stand up, then lift your left front paw, then lie down"):
        plan, _ = planned(found, words)
        assert plan.status == "plan" and plan.tree is not None
        whys = [node.why for node in plan.tree.every_skill() if node.skill == ground.skill.name]
        assert len(whys) == 1 and whys[0].startswith(f"{goal.words}: ")
    folder = found.overlay / "models" / "go2" / name
    assert "practised in simulation" in quarantine(folder) and origin_of(folder).practised
    kept = load_kept_rewards(folder)
    assert kept is not None and kept.words == goal.words and "1 of 1 worlds" in kept.provenance
    reason = planned(found, "sit", device=True)[1].entries[name].reason
    assert "quarantine" in reason and f"skill-stack release {name}" in reason


def test_a_name_that_is_taken_is_told_and_nothing_is_replaced(place):
    found, ground = place
    rewards = RewardSet.parse({"terms": [{"term": "base_pitch", "target": 0.3}]}, "test")
    learner = RewardLearner(ground, found, time, USABLE)
    learner.keep(Goal(robot="go2", words="nod deeply", rewards=rewards), 9, 10)
    before = (found.overlay / "models/go2/nod_deeply/skill.yaml").read_bytes()
    with pytest.raises(NotKept, match="there is a skill 'nod_deeply' already; rename it"):
        learner.keep(Goal(robot="go2", words="nod deeply", rewards=rewards), 10, 10)
    assert (found.overlay / "models/go2/nod_deeply/skill.yaml").read_bytes() == before
    with pytest.raises(NotKept, match="there is a skill 'sit' already"):
        learner.keep(Goal(robot="go2", words="sit", rewards=rewards), 10, 10)


def test_what_one_robot_keeps_is_there_for_every_robot_with_its_body(place):
    found, ground = place
    rewards = RewardSet.parse({"terms": [{"term": "base_pitch", "target": 0.3}]}, "test")
    RewardLearner(ground, found, time, USABLE).keep(Goal(robot="go2", words="nod deeply", rewards=rewards), 9, 10)
    for name, has in (("go2_hand", True), ("go1", False)):
        library = load_library(found, load_robot(found.robot(name), found))
        plan = Planner(library).plan(Instruction("nod deeply"), SceneGraph({}), STANDING)
        assert (plan.status == "plan") == has, plan.reason


def test_a_disk_that_takes_nothing_more_is_told_and_the_half_written_skill_moves_nothing(place):
    found, ground = place
    rewards = RewardSet.parse({"terms": [{"term": "base_pitch", "target": 0.3}]}, "test")
    goal = Goal(robot="go2", words="bend " * 20, rewards=rewards)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, before[1]))  # the note of origin fits, the terms and steps do not
    try:
        with pytest.raises(DataError, match="cannot be written"):
            RewardLearner(ground, found, time, USABLE).keep(goal, 9, 10)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not [path for path in found.skills("go2") if path.is_relative_to(found.overlay)]
    assert RewardLearner(ground, found, time, USABLE).keep(goal, 9, 10)  # with room again it is kept


def test_what_failed_before_is_a_goal_and_skills_that_are_there_are_none(place, tmp_path):
    found, ground = place
    arguments = {"base_pitch": 0.3, "base_pitch_weight": 1.0}
    steps = (StepRecord("move_as_told", arguments, "failed", why="asked for: lower your nose"),)
    with ExperienceStore(tmp_path / "memory.sqlite") as store:
        store.record(Experience("lower your nose", "go2", 1.0, 1.0, "failed", steps=steps))
        store.record(Experience("sit, then stand up", "go2", 2.0, 1.0, "refusal"))
        store.record(Experience("do not lift your paw", "go2", 3.0, 1.0, "refusal"))
        goals = list(PastGoals(ground).goals(store))
    assert [(goal.words, goal.source) for goal in goals] == [("lower your nose", "failed")]


def test_what_succeeded_in_three_different_scenes_gets_a_name_of_its_own(place, tmp_path):
    found, ground = place
    steps = (StepRecord("turn", {}, "succeeded"), StepRecord("sit", {}, "succeeded"))
    ball = lambda x: (ThingNote("ball", "ball", position=(x, 0.0, 0.1)),)  # noqa: E731
    with ExperienceStore(tmp_path / "memory.sqlite") as store:
        done = [("turn left, then sit", x) for x in (1.0, 2.0, 2.0, 3.0)] + [("Sit, then  turn left", 1.0)] * 3
        for number, (words, x) in enumerate(done):
            store.record(Experience(words, "go2", float(number), 1.0, "succeeded", things=ball(x), steps=steps))
        (goal,) = PastGoals(ground).repeated(store)
    assert (goal.words, goal.source, goal.rewards) == ("turn left, then sit", "repeated", None)
    learner = CompositionLearner(ground, found, time, USABLE)
    assert learner.suits(goal) == "" and learner.keep(goal, 10, 10) == "turn_left_then_sit"
    again = planned(found, "do the turn left then sit twice")[0]
    assert [step.skill for step in again.tree.skills()].count("sit") == 2


def test_goals_of_the_grammar_can_be_read_and_are_not_what_rest_is(place):
    _, ground = place
    drawn = drawn_goals(ground, np.random.default_rng(5))
    goals = [next(drawn) for _ in range(30)]
    assert all(goal.rewards is not None and not ground.at_rest(goal.rewards) for goal in goals)
    assert len({goal.key for goal in goals}) > 20


def test_a_file_of_goals_is_checked_line_by_line(tmp_path):
    file = tmp_path / "goals.jsonl"
    file.write_text('{"words": "nod", "rewards": {"terms": [{"term": "base_pitch", "target": 0.3}]}}\n\n{"words": 3}\n')
    goals = listed_goals(file, "go2")
    assert next(goals).words == "nod"
    with pytest.raises(DataError, match="line 3"):
        next(goals)


def low(ground, off):
    """A search that finds the body low for a while."""
    down = ground.robot.by_name(ground.robot.poses["default"]) + np.tile([0.0, 0.4, -0.8], 4)
    keys = np.stack([down, down, down, ground.robot.pose("default")])
    return lambda *_: Trajectory(keys, 0.6, off)


def test_a_trajectory_is_replayed_kept_and_used_at_once_by_what_is_practised_next(place, monkeypatch):
    found, ground = place
    terms = {"terms": [{"term": "base_height", "target": 0.21}], "success": {"hold": 0.1}}
    rewards = RewardSet.parse(terms, "test")
    goal = Goal(robot="go2", words="duck down", rewards=rewards)
    learner = TrajectoryLearner(ground, found, time, USABLE, lambda _: None)
    monkeypatch.setattr(WholeMotion, "search", low(ground, 3.25))
    with pytest.raises(NotLearnt, match=r"stays 3.2 tolerances off"):
        learner.learn(goal, 60.0)
    monkeypatch.setattr(WholeMotion, "search", low(ground, 0.5))
    learner.learn(goal, 60.0)
    run = learner.run(goal, 1)
    assert run.passed, run.reason
    composition = CompositionLearner(ground, found, time, USABLE)
    twice = Goal(robot="go2", words="duck down twice, then sit")
    assert composition.suits(twice)
    assert learner.keep(goal, 1, 1) == "duck_down"
    assert composition.suits(twice) == "", "it is a skill from now on, without a new session"
    plan, library = planned(found, twice.words)
    assert [step.skill for step in plan.tree.every_skill()] == ["duck_down", "sit"]
    assert library["duck_down"].kind == "posture" and "quarantine" in quarantine(found.overlay / "models/go2/duck_down")
    assert composition.keep(twice, 9, 10) == "duck_down_twice_then_sit"
    plan, library = planned(found, "do the duck down twice then sit, then stand up")
    assert [step.skill for step in plan.tree.skills()][:3] == ["duck_down", "duck_down", "sit"]


def test_a_trajectory_is_for_motions_that_end(place):
    _, ground = place
    learner = TrajectoryLearner(ground, place[0], time, USABLE, lambda _: None)
    assert "nothing says when" in learner.suits(Goal(robot="go2", words="sit, then stand up"))
    fast = RewardSet.parse({"terms": [{"term": "velocity_x", "target": 0.5}]}, "test")
    assert "velocity_x goes on" in learner.suits(Goal(robot="go2", words="go", rewards=fast))
    still = RewardSet.parse({"terms": [{"term": "velocity_x", "target": 0.0}, {"term": "apex_height"}]}, "test")
    assert learner.suits(Goal(robot="go2", words="hop", rewards=still)) == ""
