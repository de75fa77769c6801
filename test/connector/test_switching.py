"""Which way out of a running skill is taken, by its phase and by how far it is."""

from dataclasses import replace

import pytest

from skill_stack.connector.switching import PATIENCE, SLOWING, Switching
from skill_stack.core.setpoint import UNDO, ControlMode
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.skills.skill_library import SkillLibrary
from test.connector.conftest import ROOT, FakeController, go2_library, velocity_skill


@pytest.fixture(scope="module")
def library():
    wave, lie = (load_skill(ROOT / "models" / "go2" / name) for name in ("wave", "lie"))
    known = [entry.spec for entry in go2_library().entries.values()]
    return SkillLibrary.from_specs("go2", [*known, wave, lie, velocity_skill("dance", False, [])])


def status(library, skill, progress=0.0, time=1.0, mode=ControlMode.ACTIVE):
    controller = FakeController(library, mode=mode, skill=skill, progress=progress, time=time)
    return replace(controller.status(), progress=progress)


def choice(library, wanted, skill, progress=0.0, **more):
    found = Switching(library, wanted, "rise").next(status(library, skill, progress, **more))
    return found.choice, found.skill


def test_a_free_phase_is_left_at_once(library):
    assert choice(library, "walk", "stand") == ("at once", "walk")
    assert choice(library, "walk", "rise", 1.0) == ("at once", "walk")


def test_what_is_felt_counts_more_than_what_a_phase_declares(library):
    def felt(wanted, skill, progress, what):
        found = Switching(library, wanted, "rise").next(replace(status(library, skill, progress), felt=what))
        return found.choice, found.skill

    assert felt("walk", "sit", 0.4, "free") == ("at once", "walk")
    assert felt("walk", "sit", 0.4, "contact") == choice(library, "walk", "sit", 0.4)
    assert felt("walk", "lie", 0.2, "holding") == ("leave through", "rise"), "it rests already"
    assert felt("walk", "rise", 0.2, "holding") == ("advance", "rise"), "this is the way out"
    assert felt("walk", "stand", 0.0, "contact") == ("at once", "walk")


def test_a_limp_robot_enters_as_the_skill_declares(library):
    assert choice(library, "walk", "", mode=ControlMode.DISARMED) == ("at once", "rise")


@pytest.mark.parametrize("skill", ["sit", "lie"])
def test_what_was_hardly_begun_is_rolled_back_and_what_is_done_is_led_out_of(library, skill):
    assert choice(library, "walk", skill, 0.2) == ("roll back", skill)
    assert choice(library, "walk", skill, 1.0) == ("leave through", "rise")


def test_near_the_end_it_goes_on_to_the_end(library):
    assert choice(library, "walk", "wave", 0.5) == ("leave through", "rise")
    assert choice(library, "walk", "wave", 0.9) == ("advance", "wave")
    assert choice(library, "walk", "wave", 1.0) == ("leave through", "stand")
    assert choice(library, "walk", "rise", 0.9) == ("advance", "rise")


def test_rising_is_not_rolled_back(library):
    assert choice(library, "walk", "rise", 0.05) == ("advance", "rise")


def test_another_goal_on_the_ground_is_not_reached_by_standing_up_backwards(library):
    assert choice(library, "lie", "sit", 0.1) == ("leave through", "rise")


def test_the_wanted_skill_goes_on(library):
    assert choice(library, "sit", "sit", 0.2) == ("at once", "sit")


def test_the_way_back_is_kept_to_until_it_is_done(library):
    switching = Switching(library, "walk", "rise")
    for number, progress in enumerate((0.6, 0.62, 0.4, 0.1)):
        found = switching.next(status(library, "sit", progress, 1.0 + 0.05 * number))
        assert (found.choice, found.skill, found.goals) == ("roll back", "sit", {UNDO: 1.0})
    assert switching.next(status(library, "sit", 0.0, 1.3)).skill == "walk"
    assert switching.next(status(library, "walk", 0.0, 1.4)).goals == {}


def test_what_does_not_go_back_is_left_as_usual(library):
    switching = Switching(library, "walk", "rise")
    chosen = [switching.next(status(library, "sit", 0.2 + 0.01 * n, 1.0 + 0.05 * n)).choice for n in range(40)]
    begun = chosen.index("leave through")
    assert begun * 0.05 == pytest.approx(PATIENCE, abs=0.11)
    assert set(chosen[begun:]) == {"leave through"}


@pytest.mark.parametrize("skill", ["sit", "lie", "wave"])
def test_nobody_lies_down_at_a_trot(library, skill):
    switching = Switching(library, skill, "rise")
    found = switching.next(status(library, "walk"), 1.2)
    assert (found.choice, found.skill) == ("slow down", "stand")
    assert switching.next(status(library, "stand", time=1.5), 0.8).choice == "slow down"
    assert switching.next(status(library, "stand", time=1.9), 0.4).skill == skill


def test_who_cannot_slow_down_is_not_kept_waiting_for_ever(library):
    switching = Switching(library, "sit", "rise")
    times = [1.0 + 0.05 * number for number in range(round(SLOWING / 0.05) + 2)]
    found = [switching.next(status(library, "walk", time=time), 1.2) for time in times]
    assert found[-2].choice == "slow down" and (found[-1].choice, found[-1].skill) == ("at once", "sit")


def test_speed_holds_up_nothing_that_keeps_the_support(library):
    assert Switching(library, "dance", None).next(status(library, "walk"), 1.2).choice == "at once"
    assert Switching(library, "sit", "rise").next(status(library, "lie", 0.5), 1.2).choice != "slow down"
