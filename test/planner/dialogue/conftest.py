"""A stand-in of the node around the dialogue: a robot that begins what it is told and ends it when the test says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner.dialogue.dialogue import Dialogue
from skill_stack.planner.dialogue.job import Job
from skill_stack.planner.dialogue.records.correction_log import CorrectionLog
from skill_stack.planner.dialogue.records.taught_facts import TaughtFacts, with_taught_facts

POSTURES = ("standing", "sitting")


class Robot:
    """The port, and what a test looks at."""

    def __init__(self, planner, library, scene, folder, **options):
        self.planner, self.library, self.scene, self.base = planner, library, scene, scene
        self.now, self.wall, self.clock = 0.0, 1.8e9, 0.0
        self.body = frozenset({Fact("posture", ("robot", "standing"))})
        self.asked: list = []
        self.running: dict = {}
        self.cancelled: list[str] = []
        self.changes: list = []
        self.refusing = ""
        self.results: dict[int, tuple[str, str]] = {}
        self.events: list[tuple[str, str]] = []
        self.shown: list = []
        self.memories: list = []
        self.stops = self.estops = self.given_up = 0
        self.warnings: list[str] = []
        self.decisions: list[str] = []
        self.later: list | None = None
        self.log = CorrectionLog(folder / "corrections.sqlite")
        self.facts_told = TaughtFacts(folder / "taught.sqlite")
        self.dialogue = Dialogue(
            planner, library, self, "go2", "playground", self.log, self.facts_told,
            self.decisions.append, **options,
        )  # fmt: skip

    # the port

    @property
    def stop_count(self):
        return self.stops + self.estops

    def cancel_planning(self):
        self.given_up += 1

    def graph(self):
        return self.scene

    def facts(self):
        return self.body | place_facts(self.scene)

    def plan(self, instruction, then):
        plan = self.planner.plan(instruction, self.scene, self.facts())
        then(plan) if self.later is None else self.later.append(lambda: then(plan))

    def start(self, request):
        self.running.clear()  # the connector replaces what runs
        self.asked.append(request)
        self.running[request.id] = request

    def change(self, request, refused):
        self.changes.append(request)
        if self.refusing:
            refused(self.refusing)
        elif request.id in self.running:
            self.running[request.id] = request

    def cancel(self, request_id):
        self.cancelled.append(request_id)

    def stop(self, job, kind):
        self.stops += kind == "stop"
        self.estops += kind == "estop"
        self.finish(job, "succeeded", "stopped")

    def planned(self, job):
        assert job.plan is not None

    def show(self, job):
        self.shown.append((job.present, job.executor.states() if job.executor else {}))

    def finish(self, job, outcome, reason):
        self.results.setdefault(id(job), (outcome, reason))

    def taught(self, facts):
        self.scene = replace(with_taught_facts(self.base, facts), robot=self.scene.robot)

    def remember(self, experience):
        self.memories.append(experience)

    def warn(self, text):
        self.warnings.append(text)

    # the test

    def say(self, text, trusted=False, cancelled=lambda: False):
        """Words from somebody; gives the job."""
        self.now += 0.1
        job = Job(Instruction(text, "test", self.now), lambda *event: self.events.append(event), cancelled, trusted)
        self.kept = [*getattr(self, "kept", []), job]  # ids of objects are used as keys
        self.dialogue.arrive(job)
        return job

    def result(self, job):
        return self.results.get(id(job))

    def look(self, seconds=0.1):
        self.clock += seconds
        self.now += seconds
        self.dialogue.look(self.clock)

    @property
    def step(self):
        """The request that runs."""
        return next(reversed(self.running.values())) if self.running else None

    def end(self, outcome="succeeded", **more):
        """Ends what runs; a success has the effects of the skill."""
        request = self.running.pop(next(reversed(self.running)))
        if outcome == "succeeded":
            spec = self.library[request.skill]
            after = Step(spec, spec.complete(dict(request.arguments))).after(self.facts())
            self.body = frozenset(fact for fact in after if fact.predicate == "posture")
            self._move(request)
        self.dialogue.take_outcome(StepOutcome(request.id, request.skill, outcome, **more))
        return request

    def _move(self, request):
        target = request.arguments.get("target")
        if request.skill == "go_to" and target in self.scene.objects:
            x, y, _ = self.scene[target].position
            self.place(x - 0.5, y, 0.0)

    def place(self, x, y, yaw):
        self.scene = replace(self.scene, robot=Pose2(x, y, yaw))

    def finish_all(self, most=30):
        """Lets everything succeed; the skills in order."""
        done = []
        for _ in range(most):
            if not self.running:
                self.look()
                if not self.running:
                    break
            done.append(self.end())
        return [(one.skill, one.arguments.get("target", "")) for one in done]

    def heard(self, kind):
        return [text for event, text in self.events if event == kind]


@pytest.fixture
def make_robot(planner, library, scene, tmp_path):
    def make(**options):
        return Robot(options.pop("planner", planner), options.pop("library", library), scene, tmp_path, **options)

    return make


@pytest.fixture
def robot(make_robot):
    return make_robot()
