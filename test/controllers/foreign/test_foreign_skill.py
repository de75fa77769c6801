"""What a skill with a manifest is put together of: its own rate, and who takes over in the end."""

import numpy as np
import pytest

from skill_stack.controllers.foreign.foreign_runner import ForeignRunner
from skill_stack.controllers.foreign.foreign_skill import load_foreign
from skill_stack.controllers.runners.paced_runner import PacedRunner
from skill_stack.controllers.runners.runner_substitution import HandOverRunner
from skill_stack.controllers.slow.slow_links import DirectLinks
from test.controllers.skill_host import Others, part, skill

from .conftest import linear, manifest_of

REFERENCE = {"time_step": "t", "joint_pos": "jp", "joint_vel": "jv", "frames": 3}


class Still:
    """A skill that takes over."""

    network, drives, progress, inner = "", None, 0.0, ()

    def __init__(self, spec):
        self.spec = spec


def tracking(folder, robot, **changes):
    outputs = [("jp", np.zeros((1, 4))), ("jv", np.zeros((1, 4)))]
    path = linear(folder / "p.onnx", {"obs": 4}, {"obs": np.zeros((4, 4))}, step="t", outputs=outputs)
    return part(path, manifest_of(robot, reference=REFERENCE | changes))


def load(folder, robot, policy, others=None, links=None):
    return load_foreign(skill(), policy, folder, robot, others or Others(Still), links or DirectLinks())


def test_a_policy_runs_in_the_loop_at_its_own_rate(robot, tmp_path) -> None:
    path = linear(tmp_path / "p.onnx", {"obs": 4}, {"obs": np.zeros((4, 4))})
    assert isinstance(load(tmp_path, robot, part(path, manifest_of(robot))), ForeignRunner)
    assert isinstance(load(tmp_path, robot, part(path, manifest_of(robot, rate=25.0))), PacedRunner)


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, []),
        ({"end": "again"}, []),
        ({"end": "stance"}, [("what takes over from", "sit")]),
        ({"end": "skill", "then": "bow"}, [("what takes over from", "bow")]),
    ],
)
def test_who_takes_over_from_a_motion_is_loaded_with_it(robot, tmp_path, changes, asked) -> None:
    others = Others(Still)
    runner = load(tmp_path, robot, tracking(tmp_path, robot, **changes), others)
    assert others.asked == asked and isinstance(runner, HandOverRunner) == bool(asked)
