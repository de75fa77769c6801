import copy
import dataclasses
import pickle

import pytest

from skill_stack.core.dataclass_factory import fast_constructor
from skill_stack.core.robot_state import BaseKnowledge, RobotState
from skill_stack.core.sensor_sample import Odometry, SensorSample
from skill_stack.core.setpoint import SkillStatus


@pytest.mark.parametrize("kind", [BaseKnowledge, Odometry, RobotState, SensorSample, SkillStatus])
def test_what_is_made_quickly_is_what_the_constructor_makes(kind):
    values = tuple(float(place) for place in range(len(dataclasses.fields(kind))))
    made = fast_constructor(kind)(*values)
    assert type(made) is kind
    assert made == kind(*values)
    assert repr(made) == repr(kind(*values))
    assert made == copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == dataclasses.replace(made)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made, dataclasses.fields(kind)[0].name, 9.0)


def test_fields_can_be_named_and_must_all_be_given():
    make = fast_constructor(BaseKnowledge)
    assert make("legs", age=1.0, position=2.0, heading=3.0, velocity=4.0) == BaseKnowledge("legs", 1.0, 2.0, 3.0, 4.0)
    with pytest.raises(TypeError):
        make("legs")
    with pytest.raises(TypeError):
        make("legs", 1.0, 2.0, 3.0, 4.0, 5.0)


@dataclasses.dataclass(frozen=True)
class WithoutSlots:
    value: float


@dataclasses.dataclass(frozen=True, slots=True)
class Checked:
    value: float

    def __post_init__(self) -> None:
        if self.value < 0:
            raise ValueError("negative")


@pytest.mark.parametrize("kind", [WithoutSlots, Checked])
def test_a_class_whose_constructor_does_more_is_refused(kind):
    with pytest.raises(TypeError, match=kind.__name__):
        fast_constructor(kind)
