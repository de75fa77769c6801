import mujoco
import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.hardware.mujoco.flat_view import flat_view


def test_every_array_is_where_it_says_also_after_the_simulation_moved_on():
    model = mujoco.MjModel.from_xml_string(
        "<mujoco><worldbody><body><freejoint/><geom size='.1'/></body></worldbody></mujoco>"
    )
    data = mujoco.MjData(model)
    arrays = (data.qvel, data.qpos, data.qacc)
    view, starts = flat_view(arrays)
    mujoco.mj_step(model, data, 10)
    assert data.qpos[2] < 0
    for array, start in zip(arrays, starts):
        np.testing.assert_array_equal(view[start : start + array.size], array)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1.0


@pytest.mark.parametrize("wrong", [np.zeros(4, np.float32), np.zeros((4, 4))[:, 1], np.zeros(4, int)])
def test_other_arrays_are_refused(wrong):
    with pytest.raises(DataError, match="float64"):
        flat_view((np.zeros(3), wrong))
