"""Coefficients of adapters reach a network within what it was trained for, and only on the base that it was made of."""

import dataclasses
import math

import numpy as np
import pytest

from skill_stack.controllers.runners.skill_bank import SkillBank
from skill_stack.core.robots.adapter_part import AdapterPart
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.skills.skill import GoalParameter

GOALS = ("payload", "weak")


@pytest.fixture
def part(library) -> AdapterPart:
    conditions = [
        {"goal": "payload", "property": "added_mass", "none": 0.0, "full": 8.0},
        {"goal": "weak", "property": "motor_strength", "none": 0.9, "full": 0.5},
    ]
    base = library["walk"].policy.sha256
    return AdapterPart.model_validate(
        {"base": "walk", "base_sha256": base, "largest_sum": 1.5, "conditions": conditions}
    )


@pytest.fixture
def make(library, kit, tmp_path):
    """Makes a library with a skill 'adapted' of a small network, whose file and skill state some adapters."""

    def made(in_file, in_skill):
        contract = kit.contract_of(library)
        names = (*contract.command_names, *GOALS)
        sizes = [
            len(names) if name == "velocity_commands" else size
            for name, size in zip(contract.observation_names, contract.observation_sizes)
        ]
        gait = dataclasses.replace(contract.gait, moved_by=contract.command_names)
        ranges = (*contract.command_ranges, (0.0, 1.0), (0.0, 1.0))
        contract = dataclasses.replace(
            contract,
            command_names=names,
            command_ranges=ranges,
            observation_sizes=tuple(sizes),
            gait=gait,
            adapters=in_file,
        )
        more = kit.with_policy(library, tmp_path, "adapted", contract, adapters=in_skill)
        shares = tuple(
            GoalParameter(name=name, description=name, unit="1", lower=0.0, upper=1.0, default=0.0) for name in GOALS
        )
        return kit.changed(more, "adapted", goal=(*library["walk"].goal, *shares))

    return made


@pytest.fixture
def rig(robot, part, make, kit):
    """A rig that walks with the adapted network."""
    rig = kit.Rig(robot, make(part, part))
    assert "adapted" not in rig.core.bank.problems
    rig.walk()
    rig.ask("adapted", goals={"vx": 0.4})
    assert rig.tick(3).status.mode is ControlMode.ACTIVE
    return rig


@pytest.mark.parametrize(
    ("goals", "why"),
    [
        ({"payload": 1.0, "weak": 1.0}, "payload + weak sum to 2, they were trained to 1.5"),
        ({"payload": 1.4}, "payload = 1.4 1 is outside 0…1"),
        ({"weak": -0.3}, "weak = -0.3 1 is outside 0…1"),
        ({"weak": math.nan}, "not finite: weak"),
        ({"payload": math.inf}, "not finite: payload"),
    ],
)
def test_nonsense_is_refused_where_the_setpoint_enters(rig, goals, why) -> None:
    rig.ask("adapted", goals={"vx": 0.4, **goals})
    status = rig.tick().status
    assert status.mode is ControlMode.STANCE and why in status.reason
    rig.ask("adapted", goals={"vx": 0.4, "payload": 0.9, "weak": 0.6})
    assert rig.tick(2).status.mode is ControlMode.ACTIVE, "what is within the bound is obeyed again"


def test_coefficients_reach_the_network(rig) -> None:
    rig.ask("adapted", goals={"vx": 0.4, "payload": 0.9, "weak": 0.6})
    rig.tick(2)
    runner = rig.core.bank["adapted"]
    np.testing.assert_allclose(runner.observed[0][9:11], [0.9, 0.6], rtol=1e-6)


def test_a_skill_without_adapters_takes_any_sum(rig) -> None:
    rig.ask("walk", goals={"vx": 0.4, "payload": 5.0, "weak": 5.0})
    assert rig.tick(2).status.mode is ControlMode.ACTIVE


def test_file_and_skill_must_state_the_same(robot, part, make) -> None:
    other = part.model_copy(update={"largest_sum": 3.0})
    assert "adapters are not those" in SkillBank(robot, make(part, other)).problems["adapted"]
    assert "adapters are not those" in SkillBank(robot, make(part, None)).problems["adapted"]
    assert "adapters are not those" in SkillBank(robot, make(None, part)).problems["adapted"]


@pytest.mark.parametrize("change", [{"base_sha256": "b" * 64}, {"base": "sit"}, {"base": "nothing"}])
def test_adapters_of_another_base_are_refused(robot, part, make, change) -> None:
    other = part.model_copy(update=change)
    problem = SkillBank(robot, make(other, other)).problems["adapted"]
    assert f"adapts the network {other.base_sha256[:8]} of '{other.base}'" in problem
