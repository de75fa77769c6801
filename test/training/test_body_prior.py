"""A body's latent: teachers are copied, a latent is bounded whatever comes, and the file draws what the prior says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.training.body_prior.astray import LatentsAstray  # noqa: E402
from skill_stack.training.body_prior.export import LONGEST, export_prior  # noqa: E402
from skill_stack.training.body_prior.learn import Distillation  # noqa: E402
from skill_stack.training.body_prior.make import load_networks  # noqa: E402
from skill_stack.training.body_prior.new_task import SECONDS, PlaceWorlds, ThroughLatent, load_new_task  # noqa: E402
from skill_stack.training.body_prior.settings import Behaviour, BodyPriorSettings, load_prior  # noqa: E402
from skill_stack.training.body_prior.teachers import Intents, Teachers  # noqa: E402
from skill_stack.training.exporting.policy import LoadedPolicy  # noqa: E402
from skill_stack.training.learners.divergence import TrainingDiverged  # noqa: E402
from skill_stack.training.physics.episode import TrainingEpisode  # noqa: E402
from skill_stack.training.tasks.task import load_task  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "models" / "go2" / "body_latent"
ROBOT = load_robot(ROOT / "urdf" / "go2")
RESOURCES = Resources.from_environment({})
TICK = 0.02
torch.set_num_threads(1)


def small(**changes) -> BodyPriorSettings:
    """Two behaviours that one network knows, learnt by few robots in few rounds."""
    goals = {"vx": (-0.3, 0.8), "vy": (0.0, 0.0), "wz": (0.0, 0.0)}
    behaviours = (
        Behaviour(name="walk", skill="walk", goals=goals),
        Behaviour(name="stand", skill="walk", silent=True, through="walk"),
    )
    told = {"size": 3, "behaviours": behaviours, "rounds": 3, "settled": 1, "ticks": 40, "hidden": (64, 64)}
    return load_prior(FOLDER).model_copy(update=told | {"batch": 256, "passes": 20, "last_passes": 20, **changes})


def distillation(settings: BodyPriorSettings, seed: int = 3) -> Distillation:
    task = load_task(FOLDER)
    commands = task.commands[: settings.size]
    ppo = task.ppo.model_copy(update={"robots": 48})
    return Distillation(ROBOT, task.model_copy(update={"commands": commands, "ppo": ppo}), settings, RESOURCES, seed)


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    one = distillation(small())
    before = one._act(1.0, 0.0)
    assert before == 0.0
    one.learn(lambda _: None, tmp_path_factory.mktemp("run"))
    return one


def test_a_decoder_does_what_its_teacher_does_where_the_teacher_leads(learnt):
    learnt._kept.clear()
    learnt._act(1.0, 0.0)
    seen, coded, _, told = (torch.cat(one) for one in zip(*learnt._kept))
    with torch.no_grad():
        place = learnt.worlds.place
        own = learnt.networks.decoder(
            torch.cat([seen[:, : place.start], learnt.networks.latent(coded), seen[:, place.stop :]], dim=1)
        )
    error = (own - told).square().mean(dim=1).sqrt()
    spread = (told - told.mean(dim=0)).square().mean().sqrt()
    assert float(error.mean()) < 0.45 * float(spread)


def test_robots_led_astray_are_taught_by_the_nearest_intent(learnt):
    settings, count = small(), 20
    intents = Intents(settings, count, np.random.default_rng(1))
    astray = LatentsAstray(settings, learnt.networks, np.arange(5), count, np.random.default_rng(2))
    given = astray.advance(torch.zeros(count, len(learnt.pick)), intents, TICK)
    assert torch.isnan(given[5:]).all() and (given[:5].abs() <= 1.0).all()
    with torch.no_grad():
        mine = learnt.networks.latent(torch.from_numpy(intents.coded()))[:5]
    nearest = torch.cdist(given[:5], astray._places).min(dim=1).values
    torch.testing.assert_close((mine - given[:5]).norm(dim=1), nearest, atol=1e-4, rtol=0.0)


def test_who_is_fast_is_taught_to_walk_before_it_stands():
    settings = small()
    intents, teachers = Intents(settings, 4, np.random.default_rng(1)), Teachers(ROBOT, RESOURCES, settings.behaviours)
    rng = np.random.default_rng(4)
    sizes = {"base_ang_vel": 3, "projected_gravity": 3, "joint_pos_rel": 12, "joint_vel_rel": 12, "last_action": 12}
    parts = {name: 0.1 * rng.standard_normal((4, size)) for name, size in sizes.items()}
    phase, no = np.full(4, 0.3), np.zeros(4, bool)
    intents.kind[:] = 1
    standing, slowed = (teachers.answer(parts, phase, intents, fast) for fast in (no, ~no))
    intents.kind[:], intents.goals[:] = 0, intents.middles[0]
    np.testing.assert_allclose(slowed, teachers.answer(parts, phase, intents, no))
    assert np.abs(standing - slowed).max() > 0.05


@pytest.mark.parametrize("value", [50.0, -1e6])
def test_a_nonsense_latent_is_brought_to_the_bound(value):
    policy = LoadedPolicy(FOLDER / "policy.onnx", ROBOT)
    bounded = policy.contract.clip_command(np.full(8, value))
    np.testing.assert_array_equal(bounded, np.full(8, np.sign(value)))


def test_a_robot_that_is_told_nonsense_keeps_its_feet():
    policy, rng = LoadedPolicy(FOLDER / "policy.onnx", ROBOT), np.random.default_rng(8)
    robot = TrainingEpisode(ROBOT, policy, np.random.default_rng(5))
    told, tilts = np.zeros(8), []
    for tick in range(300):
        if tick % 25 == 0:
            told = 1e3 * rng.standard_normal(8)
        tilts.append(robot.step(told).tilt)
    assert max(tilts) < 0.8


def test_the_prior_s_file_draws_bounded_latents_that_a_number_chooses(learnt, tmp_path):
    count = len(learnt.pick)
    export_prior(learnt.networks, np.ones(count), 8.0, 1.0, 1.5, 5, 1, tmp_path / "prior.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "prior.onnx"), providers=["CPUExecutionProvider"])

    def drawn(seconds: float, number: float, seen: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
        told = np.concatenate([np.full(count, seen), [seconds / LONGEST, 20.0, number]]).astype(np.float32)
        latent, progress = session.run(None, {"obs": told[None]})
        return latent[0], progress[0]

    same, again = drawn(3.2, 7.0)[0], drawn(3.7, 7.0)[0]
    np.testing.assert_array_equal(same, again)
    assert np.abs(same - drawn(4.2, 7.0)[0]).max() > 1e-3 and np.abs(same - drawn(3.2, 8.0)[0]).max() > 1e-3
    assert np.abs(drawn(3.2, 7.0, 1e9)[0]).max() <= 1.0
    assert drawn(10.0, 7.0)[1] == pytest.approx([0.5] * 5) and drawn(30.0, 7.0)[1] == pytest.approx([1.0] * 5)


def test_a_run_that_diverges_keeps_the_round_before(tmp_path):
    one = distillation(small(ticks=8, passes=2, last_passes=2))
    with pytest.raises(TrainingDiverged, match=r"round 2 of 4, .*last.pt holds round 1: diverged: its loss is nan"):
        one.learn(lambda _: one._kept[0][3].fill_(np.nan), tmp_path)  # after each round what was taught is spoilt
    kept = torch.load(tmp_path / "last.pt", weights_only=True)
    assert all(torch.isfinite(values).all() for values in kept.values())


def test_an_absurd_rate_ends_the_first_round_and_keeps_nothing(tmp_path):
    with pytest.raises(TrainingDiverged, match="round 1 of 4, nothing is kept: diverged"):
        distillation(small(ticks=8, rate=1e25)).learn(lambda _: None, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_missing_checkpoint_is_named(tmp_path):
    with pytest.raises(DataError, match="is no checkpoint of this latent"):
        load_networks(ROBOT, FOLDER, RESOURCES, tmp_path / "none.pt")


def test_a_behaviour_goes_through_one_that_there_is():
    with pytest.raises(ValueError, match="there is no behaviour"):
        BodyPriorSettings(player="improvise", behaviours=(Behaviour(name="walk", skill="walk", through="fly"),))


def test_a_place_counts_where_the_robot_is_at_it_when_its_time_is_over(learnt):
    task = load_new_task(FOLDER)
    worlds = PlaceWorlds(ROBOT, task.model_copy(update={"ppo": task.ppo.model_copy(update={"robots": 6})}), 2)
    through, away = ThroughLatent(worlds, learnt.networks), worlds.commands.command[:, :2]
    assert through.num_actions == 3 and through.get_observations().batch_size[0] == 6
    assert (np.linalg.norm(away, axis=1) > 0.9).all() and (np.linalg.norm(away, axis=1) < 2.6).all()
    for _ in range(20):
        through.step(torch.zeros(6, 3))
    assert not worlds.reached
    worlds._place[:3] = worlds._pose()[:3]
    worlds._place[3:] = worlds._pose()[3:] + [1.0, 0.0, 0.0]
    worlds._since[:] = SECONDS
    through.step(torch.zeros(6, 3))
    assert worlds.reached == [True] * 3 + [False] * 3
