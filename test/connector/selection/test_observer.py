"""Runs are kept under the body that did them: with the robot's own controller it is another one."""

from pathlib import Path

import numpy as np
import pytest

from skill_stack.connector.selection.known import track_record
from skill_stack.connector.selection.observer import RunObserver
from skill_stack.connector.selection.skill_options import ways_of
from skill_stack.connector.statistics.store import RunStore
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import SceneGraph

ROOT = Path(__file__).resolve().parents[3]
FOUND = Resources((ROOT,), ROOT)


class Kept:
    def __init__(self, store: RunStore) -> None:
        self.store, self.numbers = store, {}

    def begun(self, run) -> None:
        self.numbers[run.request] = self.store.begin(run)

    def ended(self, run) -> None:
        self.store.end(self.numbers[run.request], run)


@pytest.mark.parametrize(("control", "body"), [("joints", "go2"), ("vendor", "go2:vendor")])
def test_a_run_is_of_its_body(tmp_path, control, body) -> None:
    library = load_library(FOUND, load_robot(FOUND.robot("go2"), FOUND), control)
    request = SkillRequest("r1", "walk", {})
    with RunStore(tmp_path / "runs.sqlite") as store:
        observer = RunObserver(track_record(library, ()), np.random.default_rng(0), lambda: 1.0, Kept(store))
        observer.begin(request, ways_of(library, request)[0], library, SceneGraph())
        (row,) = store._database.query("SELECT robot, used FROM run")
    assert tuple(row) == (body, "walk")
