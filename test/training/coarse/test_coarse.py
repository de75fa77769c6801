"""Coarse finger commands: persons, windows that count, and what is measured."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.connector.retargeting.hand_shape import HandShape  # noqa: E402
from skill_stack.connector.retargeting.shared_space import shared_space  # noqa: E402
from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.core.robots.robot import RobotSpec  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.training.chunks.export import export  # noqa: E402
from skill_stack.training.chunks.learn import ChunkNetwork  # noqa: E402
from skill_stack.training.coarse.hands import AGES, FELT, HEARD, CommandedHands  # noqa: E402
from skill_stack.training.coarse.judge import judge  # noqa: E402
from skill_stack.training.coarse.network_file import follower  # noqa: E402
from skill_stack.training.coarse.person import REST, TOLD, Persons, coordinates  # noqa: E402
from skill_stack.training.coarse.primitives import Primitives  # noqa: E402
from skill_stack.training.coarse.record import STEPS, answers, record, rows, with_wild  # noqa: E402
from skill_stack.training.coarse.settings import PersonSettings, WindowSettings, load_settings  # noqa: E402

FOLDER = Path(__file__).resolve().parents[3] / "models" / "allegro_right" / "follow_fingers"
DT = 0.05
EXACT = {"noise": (0.0, 0.0), "tremor": (0.0, 0.0), "vigour": (1.0, 1.0), "rests": (0.2, 0.2), "means": (1.0, 1.0)}


@pytest.fixture(scope="module")
def folder() -> Path:
    return Resources.from_environment({}).find("models/allegro_right/turn_cube_left", "skill").parent


@pytest.fixture(scope="module")
def robot() -> RobotSpec:
    resources = Resources.from_environment({})
    return load_robot(resources.robot("allegro_right"), resources)


@pytest.fixture(scope="module")
def primitives(robot: RobotSpec, folder: Path) -> Primitives:
    return Primitives(robot, [folder / name for name in load_settings(FOLDER).primitives])


def persons(count: int = 3, **changed: tuple[float, float]) -> Persons:
    gaits = np.zeros((2, 4, 5))
    gaits[0, :, 0], gaits[1, :, 1] = 0.5, 0.3
    return Persons(PersonSettings(**{**EXACT, **changed}), gaits, (1.0, 0.5), count, DT, np.random.default_rng(3))


def test_a_command_is_what_was_meant_so_long_ago() -> None:
    people = persons(delay=(0.2, 0.2))
    shown = []
    for tick in range(60):
        people.step()
        shown.append(people.shown)
        if tick >= 4 and tick % round(TOLD / DT) == 0:
            assert people.joints == pytest.approx(shown[tick - 4])
    assert np.ptp(shown, axis=0).max() > 0.2


def test_between_two_commands_nothing_is_told() -> None:
    people = persons(noise=(0.2, 0.2))
    told = []
    for _ in range(40):
        people.step()
        told.append(people.joints)
    changes = [bool((one != other).any()) for one, other in zip(told, told[1:])]
    assert changes == [tick % 2 == 1 for tick in range(39)]


def test_slow_errors_are_as_large_as_asked() -> None:
    people = persons(400, noise=(0.2, 0.2), rests=(100.0, 100.0))
    for _ in range(60):
        people.step()
    assert people.joints.std() == pytest.approx(0.2, rel=0.1)


def test_a_tremor_shakes_by_its_amplitude_at_most() -> None:
    people = persons(50, tremor=(0.05, 0.05), rests=(100.0, 100.0))
    told = []
    for _ in range(60):
        people.step()
        told.append(people.joints)
    assert 0.025 < np.abs(told).max() <= 0.05


def test_who_takes_over_begins_at_rest() -> None:
    people = persons()
    for _ in range(12):
        people.step()
    assert (people.meant != REST).all()
    people.begin(np.array([1]))
    assert people.meant.tolist()[1] == REST and (people.joints[1] == 0.0).all() and (people.joints[0] != 0.0).any()


def test_primitives_answer_as_their_networks_do(primitives: Primitives) -> None:
    seen = np.random.default_rng(1).normal(0.0, 0.1, (5, 7 * 16))
    which = np.array([REST, 0, 2, 5, 0])
    answer = primitives.answers(seen, which, np.full(5, 0.3))
    assert (answer[0] == 0.0).all() and (np.abs(answer[1:]).max(axis=1) > 0.0).all()
    alone = primitives.answers(seen[3:4], which[3:4], np.array([7.0]))
    assert answer[3] == pytest.approx(alone[0], abs=1e-6)  # a push has no clock
    later = primitives.answers(seen[1:2], which[1:2], np.array([0.8]))
    assert np.abs(answer[1] - later[0]).max() > 0.01  # a turn has


def test_a_skill_without_a_finger_motion_is_no_primitive(robot: RobotSpec, folder: Path) -> None:
    with pytest.raises(DataError, match="walk: a primitive needs"):
        Primitives(robot, [folder.parent / "go2" / "walk"])


def test_coordinates_are_those_of_the_retargeting(robot: RobotSpec) -> None:
    shape, space = HandShape(robot), shared_space()
    postures = np.array([robot.pose("cradle"), robot.pose("fist") + 9.0])
    found = coordinates(shape, space, postures)
    assert found[0] == pytest.approx(space.encode(shape.tips(postures[0]), shape.which))
    assert np.isfinite(found[1]).all()  # beyond the joints' ranges it is the posture at their ends


@pytest.fixture(scope="module")
def hands(robot: RobotSpec, primitives: Primitives) -> CommandedHands:
    settings = load_settings(FOLDER)
    return CommandedHands(robot, primitives, shared_space(), settings, settings.judged, 4, 11)


def test_the_lower_end_of_the_dial_is_the_bowl(hands: CommandedHands) -> None:
    for _ in range(40):
        hands.step(np.zeros((4, 16)))
    assert (hands.persons.asked != REST).any()
    assert (hands.wise(np.zeros(4), WindowSettings(size=0.5)) == 0.0).all()
    assert np.abs(hands.wise(np.ones(4), WindowSettings(size=0.5))).max() > 0.1


def test_in_the_middle_of_the_dial_less_is_done(hands: CommandedHands) -> None:
    for _ in range(40):
        hands.step(np.zeros((4, 16)))
    settings = WindowSettings(far=1.0)
    all_of_it, half, less = (
        hands.wise(np.full(4, 0.5), settings.model_copy(update=changed))
        for changed in ({}, {"size": 0.5}, {"sizes": dict.fromkeys(load_settings(FOLDER).primitives, 0.2)})
    )
    assert half == pytest.approx(0.5 * all_of_it) and np.abs(half).max() > 0.05
    assert less == pytest.approx(0.2 * all_of_it)


def test_more_of_a_push_is_set_aside_where_it_has_brought_the_object(
    hands: CommandedHands, primitives: Primitives, monkeypatch: pytest.MonkeyPatch
) -> None:
    push = primitives.names.index("push_to_ring")
    monkeypatch.setattr(hands.persons, "asked", np.full(4, push))
    way = primitives.towards[push]
    monkeypatch.setattr(CommandedHands, "place", np.outer([0.01, 0.02, -0.02, -0.04], way))
    settings = WindowSettings(far=0.03, done=0.015)
    assert hands.aside(np.full(4, 0.5), settings).tolist() == [False, True, False, False], "back is always allowed"
    assert not hands.aside(np.ones(4), settings).any()


def test_who_forgets_knows_the_present_and_no_target(hands: CommandedHands) -> None:
    for _ in range(5):
        hands.step(np.full((4, 16), 0.1))
    before = hands.seen(np.zeros(4))
    hands.forget(np.array([2]))
    seen, count = hands.seen(np.zeros(4)), len(AGES)
    assert (seen[[0, 1, 3]] == before[[0, 1, 3]]).all()
    positions = seen[2, : count * 16].reshape(count, 16)
    assert (positions == positions[-1]).all() and (positions[-1] == before[2, (count - 1) * 16 : count * 16]).all()
    targets = seen[2, (count + 1) * 16 : FELT * 16].reshape(count, 16)
    assert (targets == targets[-1]).all() and np.abs(targets - before[2, FELT * 16 - 16 : FELT * 16]).min() > 0.05
    told = seen[2, FELT * 16 :].reshape(HEARD, -1)
    assert (told == told[-1]).all()


def test_the_newest_command_and_the_dial_are_seen_last(hands: CommandedHands) -> None:
    seen = hands.seen(np.array([0.0, 0.25, 0.5, 1.0]))
    size = shared_space().size + 1
    assert seen.shape == (4, FELT * 16 + HEARD * size)
    assert seen[:, -1].tolist() == [0.0, 0.25, 0.5, 1.0]
    hands.step(np.zeros((4, 16)))
    again = hands.seen(np.zeros(4))
    assert again[:, -2 * size : -size - 1] == pytest.approx(seen[:, -size:-1])


class Fake:
    """Hands whose first one loses its object at a tick, and whose fingers do a share of what is meant."""

    def __init__(self, at: int, share: float) -> None:
        self.dt, self._tick, self._at = DT, 0, at
        self.lost = np.zeros(2, bool)
        self.persons = SimpleNamespace(meant=np.array([0, 1]), shown=np.zeros((2, 4)))
        self.moved, self._share = np.zeros((2, 4)), share
        self.targets = np.zeros((2, 4))
        self.place, self.turning = np.zeros((2, 2)), np.zeros(2)

    def seen(self, obey: np.ndarray) -> np.ndarray:
        return np.full((2, 3), float(self._tick), np.float32)

    def wise(self, obey: np.ndarray, settings: WindowSettings) -> np.ndarray:
        return np.zeros((2, 4))

    def aside(self, obey: np.ndarray, settings: WindowSettings) -> np.ndarray:
        return np.array([False, True])

    def forget(self, which: np.ndarray) -> None:
        """Knows nothing anyway."""

    def step(self, targets: np.ndarray) -> None:
        self._tick += 1
        self.lost = np.array([self._tick == self._at, False])
        self.persons.shown = np.random.default_rng(self._tick).normal(size=(2, 4))
        self.moved = self._share * self.persons.shown
        self.persons.meant = np.array([self._tick // 20 % 2, 1])
        self.turning = np.array([1.0, -1.0]) * np.array([1, -1])[self.persons.meant]


def test_what_led_to_a_loss_is_not_learnt_from() -> None:
    settings = WindowSettings(seconds=5.0, leads=1.0, care=3.0)
    found = record(Fake(50, 1.0), settings, None, np.random.default_rng(0))  # type: ignore[arg-type]
    assert found.weight.tolist().count(3.0) == 100, "what was set aside for the object's place counts more"
    ticks = found.seen[:, 0].astype(int)
    assert len(ticks) == 2 * 100 - 20
    assert np.flatnonzero(np.bincount(ticks, minlength=100) == 1).tolist() == list(range(30, 50))


def test_time_held_ends_with_the_first_loss_or_the_cap() -> None:
    still = lambda hands: np.zeros((2, 4))  # noqa: E731
    found = judge(Fake(50, 1.0), still, np.zeros((2, 2)), np.array([1, -1]), cap=5.0)  # type: ignore[arg-type]
    assert found.held.tolist() == [2.5, 5.0]
    assert found.fingers == pytest.approx(1.0)
    contrary = judge(Fake(50, -0.5), still, np.zeros((2, 2)), np.array([1, -1]), cap=5.0)  # type: ignore[arg-type]
    assert contrary.fingers == pytest.approx(-1.0)


def test_wild_commands_are_shown_with_the_bowl() -> None:
    rng = np.random.default_rng(5)
    seen = rng.normal(size=(400, FELT * 4 + HEARD * 4)).astype(np.float32)
    given = rows(seen, np.ones((400, 4)), np.ones(400))
    found = with_wild(given, rng)
    extra = found.seen[400:]
    assert 30 < len(extra) < 100
    assert (found.wanted[400:] == 0.0).all() and (found.seen[:400] == seen).all()
    spread = np.abs(extra[:, FELT * 4 :].reshape(len(extra), HEARD, 4)[:, :, :-1]).max(axis=(1, 2))
    assert spread.min() > np.abs(seen).max() * 0.6 and np.median(spread) > 5.0


def test_the_file_answers_as_the_network(hands: CommandedHands, tmp_path: Path) -> None:
    size = hands.seen(np.zeros(4)).shape[1]
    network = ChunkNetwork(np.random.default_rng(0).normal(size=(50, size)), STEPS * 17, (16,))
    export(network, STEPS, 16, tmp_path / "policy.onnx")
    found = follower(tmp_path / "policy.onnx", 0.5)(hands)
    assert found == pytest.approx(answers(network, hands.seen(np.full(4, 0.5))), abs=1e-4)
