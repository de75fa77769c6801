"""Skills from one user to another: pack, install, try, release, uninstall, publish, keys."""

import json
import shutil
from pathlib import Path

import pytest

from skill_stack.cli import main
from skill_stack.core.skill_origin import origin_of, quarantine

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def users(tmp_path, monkeypatch):
    """Makes a user's overlay the present one."""

    def become(name):
        monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / name))
        return tmp_path / name / "models" / "go2"

    monkeypatch.chdir(tmp_path)
    return become


def own_skill(folder, name="bow", robot="go2"):
    shutil.copytree(ROOT / "models" / "go2" / "sit", folder / name)
    file = folder / name / "skill.yaml"
    text = file.read_text().replace("name: sit\n", f"name: {name}\n", 1).replace("stance: sit", f"stance: {name}")
    file.write_text(text.replace("robot: go2", f"robot: {robot}").replace("[sit, sit down, take a seat]", "[bow]"))


PACK = ["pack", "bow", "--licence", "Apache-2.0", "--author", "Ada"]
FILE = "go2-bow-1.0.skillpack"


@pytest.fixture
def packed(users, capsys):
    """A package of Ada's, her key's fingerprint, and Bob as the present user."""
    own_skill(users("ada"))
    assert main([*PACK, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    return told["key"], users("bob")


def refused(capsys, *words):
    assert main(list(words)) == 1
    out = capsys.readouterr()
    return out.out + out.err


def test_from_one_user_to_the_robot_of_another(packed, capsys):
    key, skills = packed
    assert main(["install", FILE, "--dry-run"]) == 0
    shown = capsys.readouterr().out
    for text in (
        key,
        "seen for the first time",
        "Apache-2.0",
        "hazard   low",
        "words: bow",
        "quarantine",
        "nothing was changed",
    ):
        assert text in shown
    assert not skills.exists()
    assert main(["install", FILE, "--yes", "--trust", key]) == 0
    assert "skill-stack try bow" in capsys.readouterr().out
    assert "in quarantine" in quarantine(skills / "bow")
    main(["skills", "go2", "--json"])
    row = next(one for one in json.loads(capsys.readouterr().out) if one["skill"] == "bow")
    assert row["usable"] and "in quarantine" in row["quarantine"]
    assert "was not tried here" in refused(capsys, "release", "bow", "--yes")
    assert main(["try", "bow", "--json"]) == 0
    assert origin_of(skills / "bow").trial.startswith("bow in scene 'open', seed 0")
    capsys.readouterr()
    assert main(["release", "bow", "--yes"]) == 0
    assert quarantine(skills / "bow") == ""
    assert main(["uninstall", "bow", "--yes"]) == 0
    assert not (skills / "bow").exists()


def test_a_change_after_the_trial_needs_another_one(packed, capsys):
    key, skills = packed
    main(["install", FILE, "--yes", "--trust", key])
    main(["try", "bow", "--json"])
    file = skills / "bow" / "skill.yaml"
    file.write_text(file.read_text().replace("duration: 1.5", "duration: 1.4"))
    assert "was changed since its trial" in refused(capsys, "release", "bow", "--yes")
    assert main(["release", "bow", "--yes", "--untried"]) == 0
    assert quarantine(skills / "bow") == ""


@pytest.mark.parametrize("more", [["--noise", "0"], ["--seconds", "0.2"]])
def test_a_trial_that_was_made_easy_counts_for_nothing(packed, capsys, more):
    key, skills = packed
    main(["install", FILE, "--yes", "--trust", key])
    main(["try", "bow", "--json", *more])
    assert origin_of(skills / "bow").tried == ""


def test_twice_is_once_and_a_new_version_replaces_the_old_in_quarantine(packed, users, capsys):
    key, skills = packed
    main(["install", FILE, "--yes", "--trust", key])
    main(["release", "bow", "--yes", "--untried"])
    capsys.readouterr()
    assert main(["install", FILE]) == 0
    assert "installed already" in capsys.readouterr().out and quarantine(skills / "bow") == ""
    users("ada")
    main(["pack", "bow", "--licence", "Apache-2.0", "--version", "1.1"])
    users("bob")
    assert main(["install", "go2-bow-1.1.skillpack", "--yes"]) == 0  # the key is known by now
    assert "replaces 1.0" in capsys.readouterr().out
    assert origin_of(skills / "bow").version == "1.1" and "in quarantine" in quarantine(skills / "bow")
    assert [path.name for path in skills.parent.parent.iterdir() if path.name.startswith(".")] == []


def test_nothing_happens_without_an_answer(packed, capsys, monkeypatch):
    _, skills = packed
    monkeypatch.setattr("sys.stdin", open("/dev/null"))
    assert main(["install", FILE]) == 1
    assert "nothing was changed" in capsys.readouterr().out and not skills.exists()


def test_the_key_of_a_new_author_is_to_be_said(packed, capsys):
    key, skills = packed
    assert f"--trust {key}" in refused(capsys, "install", FILE, "--yes")
    assert "do not install it" in refused(capsys, "install", FILE, "--yes", "--trust", "SHA256:other")
    assert not skills.exists()


def test_another_key_under_a_known_name_is_refused_until_the_person_forgets_the_first(packed, users, capsys):
    key, _ = packed
    main(["install", FILE, "--yes", "--trust", key])
    own_skill(users("eve"))
    capsys.readouterr()
    main([*PACK, "--version", "2.0", "--json"])
    eve = json.loads(capsys.readouterr().out)["key"]
    skills = users("bob")
    said = refused(capsys, "install", "go2-bow-2.0.skillpack", "--yes", "--trust", eve)
    assert "'Ada' has another one here" in said and key in said
    assert main(["keys", "remove", "Ada"]) == 0
    said = refused(capsys, "install", "go2-bow-2.0.skillpack", "--yes", "--trust", eve)
    assert "It is not replaced" in said  # the skill of that name is still of the first key
    assert origin_of(skills / "bow").version == "1.0"


def test_an_altered_file_installs_nothing(packed, capsys):
    _, skills = packed
    data = bytearray(Path(FILE).read_bytes())
    data[len(data) // 2] ^= 1
    Path(FILE).write_bytes(data)
    assert FILE in refused(capsys, "install", FILE, "--yes") and not skills.exists()


def test_a_skill_that_is_there_is_not_replaced(users, capsys):
    skills = users("ada")
    shutil.copytree(ROOT / "models" / "go2" / "sit", skills / "sit")
    capsys.readouterr()
    main(["pack", "sit", "--licence", "MIT", "--author", "Ada", "--json"])
    key = json.loads(capsys.readouterr().out)["key"]
    users("bob")
    said = refused(capsys, "install", "go2-sit-1.0.skillpack", "--yes", "--trust", key)
    assert "has a skill 'sit' already, and it is not from a package" in said


def test_a_robot_that_is_not_here_is_named(packed, users, capsys, monkeypatch, tmp_path):
    ada = tmp_path / "ada"
    shutil.copytree(ROOT / "urdf" / "go2", ada / "urdf" / "other_dog")
    robot = ada / "urdf" / "other_dog" / "robot.yaml"
    robot.write_text(robot.read_text().replace("name: go2\n", "name: other_dog\n", 1))
    users("ada")
    own_skill(ada / "models" / "other_dog", robot="other_dog")
    skill = ada / "models" / "other_dog" / "bow" / "skill.yaml"
    skill.write_text(skill.read_text().replace(", leave_through: rise", "").replace("enter_through: rise\n", ""))
    (skill.parent / "results.json").unlink()  # measured on the Go2
    assert main(["pack", "bow", "--robot", "other_dog", "--licence", "MIT"]) == 0
    users("bob")
    said = refused(capsys, "install", "other_dog-bow-1.0.skillpack", "--yes")
    assert "for robot 'other_dog'" in said and "Available: " in said


def test_a_skill_that_cannot_run_here_is_installed_with_its_reason(packed, users, capsys):
    ada = users("ada")
    own_skill(ada, "deep_bow")
    file = ada / "deep_bow" / "skill.yaml"
    file.write_text(file.read_text().replace("stance: deep_bow", "stance: bow"))
    main(["pack", "deep_bow", "--licence", "MIT"])
    users("bob")
    capsys.readouterr()
    assert main(["install", "go2-deep_bow-1.0.skillpack", "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["needs"] == ["bow", "rise"]
    assert told["problems"] == {"deep_bow": "it needs skill 'bow': it does not exist"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pack", "bow"], "--licence"),
        (["pack", "nothing", "--licence", "MIT"], "there is no skill"),
        (["pack", "bow", "--licence", "MIT", "--author", "Eve"], "your key is that of 'Ada'"),
        (["install", "."], FILE),
        (["install", "nowhere.skillpack"], "No such file"),
        (["release", "sit"], "was not installed from a package; those that were: none"),
        (["uninstall", "sit"], "was not installed from a package"),
        (["keys", "remove"], "say whose"),
    ],
)  # fmt: skip
def test_mistakes_say_what_would_have_worked(packed, users, capsys, words, said):
    users("ada")
    try:
        assert main(words) == 1
    except SystemExit:  # argparse
        pass
    assert said in capsys.readouterr().err


def test_a_first_package_asks_who_its_author_is(users, capsys):
    own_skill(users("ada"))
    assert "--author" in refused(capsys, "pack", "bow", "--licence", "MIT")


def test_two_skills_with_one_network_are_packed_together(users, capsys):
    skills = users("ada")
    shutil.copytree(ROOT / "models" / "go2" / "walk", skills / "stride")
    file = skills / "stride" / "skill.yaml"
    file.write_text(file.read_text().replace("name: walk\n", "name: stride\n", 1))
    shutil.copytree(ROOT / "models" / "go2" / "walk", skills / "saunter")
    file = skills / "saunter" / "skill.yaml"
    file.write_text(
        file.read_text().replace("name: walk\n", "name: saunter\n", 1).replace("policy.onnx", "../stride/policy.onnx")
    )
    words = ["--licence", "MIT", "--author", "Ada"]
    assert "skill-stack pack saunter stride" in refused(capsys, "pack", "saunter", *words)
    assert main(["pack", "saunter", "stride", *words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["skill"] == "saunter"


def test_what_is_published_is_installed_from_there(packed, users, capsys):
    key, skills = packed
    assert main(["publish", FILE, "--into", "shared", "--json"]) == 0
    assert "shared/index.html" in json.loads(capsys.readouterr().out)["files"]
    assert main(["install", f"shared/packages/{FILE}", "--yes", "--trust", key]) == 0
    assert (skills / "bow").is_dir()
    assert main(["keys", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [(one["author"], one["fingerprint"], one["own"]) for one in listed] == [("Ada", key, False)]
