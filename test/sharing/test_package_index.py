"""The folder of packages for others."""

import json

import pytest

from skill_stack.core.errors import DataError
from skill_stack.sharing.author_key import AuthorKey
from skill_stack.sharing.package_index import publish
from skill_stack.sharing.package_manifest import SharingLimits
from skill_stack.sharing.skill_package import build, read

LIMITS = SharingLimits(file=200_000, content=1_000_000, manifest=20_000, members=8, suffixes=(".yaml", ".png"))
ABOUT = {
    "robot": "go2", "skills": ["wave"], "version": "1.0", "author": "Ada <b>", "licence": "MIT", "hazard": "low",
    "description": "Waves \"<script>alert(1)</script>\"", "made": "2026-01-01", "stack": "0.2.0",
    "results": [{"skill": "wave", "body": "go2", "episodes": 10, "successes": 9, "commit": "abc"}],
}  # fmt: skip


@pytest.fixture
def made(tmp_path):
    key = AuthorKey.load(tmp_path / "keys")

    def package(by=key, text=b"name: wave", **changes):
        contents = {"skills/wave/skill.yaml": text, "pictures/a.png": b"png"}
        data = build({**ABOUT, **changes}, contents, LIMITS, by.public, by.sign)
        return read(data, LIMITS), data

    return package


def test_what_is_published_can_be_read_again_and_is_on_the_page(made, tmp_path):
    package, data = made()
    folder = tmp_path / "shared"
    publish(package, data, folder)
    publish(*made(version="1.1"), folder)
    index = json.loads((folder / "index.json").read_text())
    assert [one["file"] for one in index["packages"]] == [f"packages/go2-wave-1.{n}.skillpack" for n in (0, 1)]
    for one in index["packages"]:
        assert read((folder / one["file"]).read_bytes(), LIMITS).sha256 == one["sha256"]
        assert all((folder / picture).read_bytes() == b"png" for picture in one["pictures"])
    page = (folder / "index.html").read_text()
    assert "9/10 on go2" in page and "Skill packages (2)" in page
    assert "<script>" not in page and "&lt;script&gt;" in page and "Ada <b>" not in page


def test_the_same_again_changes_nothing(made, tmp_path):
    for _ in range(2):
        publish(*made(), tmp_path / "shared")
    assert len(json.loads((tmp_path / "shared" / "index.json").read_text())["packages"]) == 1


def test_a_version_is_not_published_twice_with_another_content(made, tmp_path):
    publish(*made(), tmp_path / "shared")
    with pytest.raises(DataError, match="a new content needs a new --version"):
        publish(*made(text=b"name: wave # better"), tmp_path / "shared")


def test_another_author_does_not_take_a_name_over(made, tmp_path):
    publish(*made(), tmp_path / "shared")
    eve = AuthorKey.load(tmp_path / "eve")
    with pytest.raises(DataError, match="is by the key SHA256:"):
        publish(*made(by=eve, version="2.0"), tmp_path / "shared")


@pytest.mark.parametrize(
    "text", ["", "[]", '{"format": 1}', '{"format": 1, "packages": [{}]}', '{"format": 1, "packages": 3}']
)
def test_a_file_that_is_no_index_is_left_as_it_is(made, tmp_path, text):
    (tmp_path / "index.json").write_text(text)
    with pytest.raises(DataError, match="is no index of skill packages"):
        publish(*made(), tmp_path)
    assert (tmp_path / "index.json").read_text() == text


def test_an_index_of_another_version_is_named(made, tmp_path):
    (tmp_path / "index.json").write_text('{"format": 7, "packages": []}')
    with pytest.raises(DataError, match="is of version 7"):
        publish(*made(), tmp_path)
