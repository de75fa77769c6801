"""A thousand questions about runs: each answer is computed once more from the messages, by other code."""

import json
import re

import numpy as np
import pytest
from mcap_ros2.reader import read_ros2_messages

from skill_stack.recording.datasets.questions import questions
from skill_stack.recording.made_run import START, MadeRun, stamp
from skill_stack.recording.reading.episode import episodes_of
from skill_stack.recording.recording import Recording

THINGS = ("red_ball", "blue_box", "green_cup", "grey_bag")
SKILLS = ("go_to", "push", "look_for", "sit")
TASKS = 45


def thing(name):
    pose = {"position": {"x": 0.0, "y": 0.0, "z": 0.0}, "orientation": {"x": 0.0, "y": 0.0, "z": 0.0, "w": 1.0}}
    return {"id": name, "kind": "thing", "colour": "", "shape": "box", "names": [], "pose": pose,
            "size": {"x": 0.1, "y": 0.1, "z": 0.1}, "confidence": 1.0, "last_seen": stamp(0.0),
            "movable": True}  # fmt: skip


def write(folder, seed=3):
    """A run of many tasks whose things appear, move and go at random."""
    rng = np.random.default_rng(seed)
    run, now = MadeRun(folder, "20251009-100000_go2"), START
    for number in range(TASKS):
        task, known = f"t{number}", sorted(rng.choice(THINGS, 2, replace=False).tolist())
        head = {"stamp": stamp(now), "frame_id": "map"}
        nowhere = thing("x")["pose"]
        scene = {"header": head, "objects": [thing(name) for name in known], "facts": [], "robot_located": False,
                 "robot_pose": nowhere}  # fmt: skip
        run.write("scene", "skill_stack_interfaces/SceneGraph", now - 0.5, scene)
        outcome = str(rng.choice(["succeeded", "failed", "interrupted"]))
        run.event(now, "instruction", task, f"do number {number}")
        at = now + 0.1
        for step in range(int(rng.integers(1, 4))):
            key, skill = f"{task}/{step}", str(rng.choice(SKILLS))
            arguments = {"target": str(rng.choice(THINGS))} if skill != "sit" else {}
            run.event(at, "step_started", task, "", request_id=key, skill=skill, arguments=arguments)
            ends = str(rng.choice(["succeeded", "failed"]))
            why = f"it slipped {number}" if ends == "failed" else ""
            for _ in range(int(rng.integers(0, 3))):
                change = {"change": str(rng.choice(["appeared", "moved", "removed"])), "name": str(rng.choice(THINGS)),
                          "stamp": stamp(at - START), "distance": float(rng.uniform(0.05, 1.0))}  # fmt: skip
                at += float(rng.uniform(0.2, 1.0))
                run.write("scene_events", "skill_stack_interfaces/SceneEvent", at, change)
            at += float(rng.uniform(0.3, 2.0))
            run.event(at, "step_ended", task, why, request_id=key, skill=skill, outcome=ends)
            at += 0.15
        run.event(at, "outcome", task, "" if outcome == "succeeded" else f"because of {number}", outcome=outcome)
        now = at + 1.0
    return run.end()


class Told:
    """What the messages of one task say, read without the code that makes the questions."""

    def __init__(self, messages, task):
        self.events = [(t, m.kind, m.text, json.loads(m.payload)) for n, t, m in messages
                       if n == "/run_events" and m.task_id == task]  # fmt: skip
        self.begin, self.end = self.events[0][0], self.events[-1][0]
        inside = [(t - self.begin, m) for n, t, m in messages if n == "/scene_events" and self.begin <= t < self.end]
        self.changes = [(seconds, m.name, m.change, m.distance) for seconds, m in inside]
        self.known = [m for n, t, m in messages if n == "/scene" and t < self.begin][-1].objects
        self.steps = {}
        for t, kind, text, payload in self.events:
            if kind == "step_started":
                words = " ".join([payload["skill"], *(f"{k}={v}" for k, v in payload["arguments"].items())])
                self.steps[payload["request_id"]] = [words, t - self.begin, None, "", "", payload]
            elif kind == "step_ended":
                self.steps[payload["request_id"]][2:5] = [t - self.begin, payload["outcome"], text]
        self.outcome = self.events[-1][3]["outcome"]

    def there(self, name, seconds):
        states = [name in {one.id for one in self.known}]
        states += [change != "removed" for at, who, change, _ in self.changes if who == name and at <= seconds]
        return "yes" if states[-1] else "no"

    def step(self, words):
        (found,) = [one for one in self.steps.values() if one[0] == words]
        return found

    def answer(self, question):
        """The true answer; one branch for each form of a question."""
        steps = sorted(self.steps.values(), key=lambda one: one[1])
        names = [one[0] for one in steps]
        moves = [one for one in self.changes if one[2] == "moved"]
        forms = {
            r"What was the robot asked to do\?": lambda: self.events[0][2],
            r"Which steps did the robot carry out, in order\?": lambda: "; ".join(names),
            r"How many steps did the robot begin\?": lambda: str(len(steps)),
            r"Did the task succeed\?": lambda: "yes" if self.outcome == "succeeded" else f"no, it {self.outcome}",
            r"How long did the task take, in seconds\?": lambda: f"{self.end - self.begin:.1f}",
            r"Why is the task (?:\w+)\?": lambda: self.events[-1][2],
            r"What did the robot do right after '(.+)'\?": lambda one: names[names.index(one) + 1],
            r"What did the robot do right before '(.+)'\?": lambda one: names[names.index(one) - 1],
            r"How did '(.+)' end\?": lambda one: self.step(one)[3],
            r"How long did '(.+)' take, in seconds\?": lambda one: f"{self.step(one)[2] - self.step(one)[1]:.1f}",
            r"Why is '(.+)' (?:\w+)\?": lambda one: self.step(one)[4],
            r"What was the robot doing ([\d.]+) s after it was asked\?": lambda at: [
                one[0] for one in steps if one[1] - 0.06 <= float(at) < one[2] + 0.06
            ][-1],
            r"What was the target of (\w+)\?": lambda skill: next(
                one[5]["arguments"]["target"] for one in steps if one[5]["skill"] == skill
            ),
            r"How often did (\w+) move\?": lambda name: str(sum(one[1] == name for one in moves)),
            r"Is (\w+) there when the task ends\?": lambda name: self.there(name, self.end - self.begin),
            r"Was (\w+) there ([\d.]+) s after the words\?": lambda name, at: self.there(name, float(at) + 0.051),
            r"How far did (\w+) move at ([\d.]+) s, in metres\?": lambda name, at: next(
                f"{one[3]:.2f}" for one in moves if one[1] == name and f"{one[0]:.1f}" == at
            ),
            r"When was (\w+) seen to be gone, in seconds\?": lambda name: next(
                f"{at:.1f}" for at, who, change, _ in self.changes if who == name and change == "removed"
            ),
            r"Which thing moved last\?": lambda: moves[-1][1],
            r"Which things moved\?": lambda: ", ".join(sorted({one[1] for one in moves})),
        }
        for form, true in forms.items():
            if match := re.fullmatch(form, question):
                return true(*match.groups())
        raise AssertionError(f"no true answer is known to {question}")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    path = write(tmp_path_factory.mktemp("runs"))
    with Recording(path) as run:
        rows = questions(((run, one) for one in episodes_of(run)), 1000, 1)
    return path, rows


def test_a_thousand_answers_are_true_by_the_recording(drawn):
    path, rows = drawn
    messages = [(one.channel.topic, one.log_time_ns * 1e-9, one.ros_msg) for one in read_ros2_messages(str(path))]
    told = {f"t{number}": Told(messages, f"t{number}") for number in range(TASKS)}
    true = [told[row["episode"].rsplit("/")[-1]].answer(row["question"]) for row in rows]
    wrong = [(row, answer) for row, answer in zip(rows, true) if answer != row["answer"]]
    assert len(rows) == 1000 and not wrong, wrong[:3]
    kinds = {row["kind"] for row in rows}
    assert {"plan", "outcome", "order", "time", "tracking", "object", "moves", "permanence", "reason"} <= kinds
    answers = [row["answer"] for row in rows if row["kind"] == "permanence"]
    assert min(answers.count("yes"), answers.count("no")) > 20, "both happen"


def test_the_log_has_what_the_answers_need(drawn):
    for row in drawn[1]:
        if row["kind"] == "moves" and "move at" in row["question"]:
            name, at = re.fullmatch(r"How far did (\w+) move at ([\d.]+) s, in metres\?", row["question"]).groups()
            assert f"{at} s: {name} moved by {row['answer']} m" in row["context"]
        if row["kind"] == "permanence" and row["question"].startswith("Is"):
            name = row["question"].split()[1]
            lines = [line for line in row["context"].splitlines() if name in line and " moved by" not in line]
            changes = [line for line in lines if line.endswith((f"{name} removed", f"{name} appeared"))]
            moved = [line for line in row["context"].splitlines() if f"s: {name} moved by" in line]
            last = max([*changes, *moved], key=row["context"].index, default="")
            known = name in lines[0] if lines else False
            assert row["answer"] == ("no" if last.endswith("removed") else "yes" if last or known else "no")
