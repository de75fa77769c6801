import cv2
import numpy as np

from skill_stack.perception.search import verdict_pictures
from skill_stack.perception.search.verdict_pictures import keep_pictures


def test_a_picture_is_kept_under_the_name_of_step_and_verdict(tmp_path):
    picture = np.zeros((4, 6, 3), np.uint8)
    picture[..., 0] = 200
    file = keep_pictures(tmp_path, "plan-1/2 ../x", "cannot tell", picture)
    assert file.parent == tmp_path and file.name == "plan-1_2_..-x_cannot_tell.png".replace("-x", "_x")
    assert (cv2.imread(str(file))[..., 2] == 200).all(), "red stays red"


def test_the_oldest_of_many_go(tmp_path, monkeypatch):
    monkeypatch.setattr(verdict_pictures, "KEPT", 3)
    for number in range(5):
        keep_pictures(tmp_path, f"step-{number}", "failed", np.zeros((2, 2, 3), np.uint8))
    assert len(list(tmp_path.glob("*.png"))) == 3
