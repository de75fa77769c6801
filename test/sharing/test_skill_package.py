"""Skill packages: what was packed is read, and whatever was altered, forged or made to harm is refused."""

import io
import json
import stat
import zipfile

import pytest

from skill_stack.core.errors import DataError
from skill_stack.sharing import skill_package
from skill_stack.sharing.author_key import AuthorKey
from skill_stack.sharing.package_manifest import MANIFEST, SIGNATURE, SharingLimits
from skill_stack.sharing.skill_package import build, read

LIMITS = SharingLimits(file=200_000, content=1_000_000, manifest=20_000, members=8, suffixes=(".yaml", ".onnx", ".png"))
CONTENTS = {"skills/wave/skill.yaml": b"name: wave\n", "skills/wave/policy.onnx": bytes(5000), "pictures/a.png": b"png"}
ABOUT = {
    "robot": "go2", "skills": ["wave"], "version": "1.0", "author": "Ada", "licence": "Apache-2.0", "hazard": "low",
    "description": "Waves a paw.", "made": "2026-01-01T00:00:00+00:00", "stack": "0.2.0", "needs": ["stand"],
}  # fmt: skip


@pytest.fixture
def key(tmp_path):
    return AuthorKey.load(tmp_path / "keys")


@pytest.fixture
def package(key):
    return build(ABOUT, CONTENTS, LIMITS, key.public, key.sign)


def rewritten(data, change, key=None):
    """The package with its members changed; signed anew by a key where there is one."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        members = {entry.filename: old.read(entry) for entry in old.infolist()}
    change(members)
    if key is not None:
        signature = json.loads(members[SIGNATURE])
        members[SIGNATURE] = json.dumps({
            **signature, "key": skill_package.as_text(key.public),
            "signature": skill_package.as_text(key.sign(members[MANIFEST])),
        }).encode()  # fmt: skip
    return zipped(members.items())


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry, content in members:
            new.writestr(entry, content)
    return out.getvalue()


def stated(members, /, **fields):
    """Changes fields of the manifest."""
    members[MANIFEST] = json.dumps({**json.loads(members[MANIFEST]), **fields}).encode()


def with_entry(data, entry, content=b"x"):
    """The package with one more member."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return zipped([*((one.filename, old.read(one)) for one in old.infolist()), (entry, content)])


def test_what_was_packed_is_read_and_the_same_content_gives_the_same_file(package, key):
    found = read(package, LIMITS)
    assert dict(found.contents) == CONTENTS and found.key == key.public
    assert found.manifest.robot == "go2" and found.manifest.file_name == "go2-wave-1.0.skillpack"
    assert set(found.files_of("wave")) == {"skill.yaml", "policy.onnx"}
    assert build(ABOUT, CONTENTS, LIMITS, key.public, key.sign) == package


def test_an_altered_file_is_refused(package):
    def change(members):
        members["skills/wave/policy.onnx"] = b"\1" + members["skills/wave/policy.onnx"][1:]

    with pytest.raises(DataError, match=r"policy\.onnx is not what its author signed"):
        read(rewritten(package, change), LIMITS)


def test_an_altered_manifest_is_refused_also_where_its_hashes_fit(package):
    with pytest.raises(DataError, match="signature does not fit its manifest"):
        read(rewritten(package, lambda members: stated(members, hazard="none")), LIMITS)


def test_a_signature_of_another_key_does_not_pass_for_the_first(package, tmp_path):
    other = AuthorKey.load(tmp_path / "others")

    def change(members):
        signature = json.loads(members[SIGNATURE])
        signature["signature"] = skill_package.as_text(other.sign(members[MANIFEST]))
        members[SIGNATURE] = json.dumps(signature).encode()

    with pytest.raises(DataError, match="signature does not fit"):
        read(rewritten(package, change), LIMITS)


@pytest.mark.parametrize("byte", range(0, 2000, 97))
def test_no_flipped_byte_changes_what_is_read(package, byte):
    place = byte * len(package) // 2000
    try:
        found = read(package[:place] + bytes([package[place] ^ 0x41]) + package[place + 1 :], LIMITS)
    except DataError:
        return
    assert dict(found.contents) == CONTENTS  # a date or another field of the archive that nothing uses


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_file_that_was_cut_is_refused(package, share):
    with pytest.raises(DataError, match="damaged, or no package"):
        read(package[: int(share * len(package))], LIMITS)


@pytest.mark.parametrize(("version", "said"), [(0, "is of version 0"), (2, "is of version 2"), (None, "version None")])
def test_another_version_of_the_format_says_what_to_do(package, key, version, said):
    """Fields that this version does not know must not be what is complained of."""
    data = rewritten(package, lambda members: stated(members, format=version, unknown=1), key)
    with pytest.raises(DataError, match=f"{said}.*this stack reads 1: ask its author"):
        read(data, LIMITS)


@pytest.mark.parametrize(
    "path",
    [
        "../evil.yaml", "/etc/evil.yaml", "skills/../../evil.yaml", "skills/wave/../../evil.yaml", "C:\\evil.yaml",
        "skills\\wave\\evil.yaml", "skills/wave/.hidden.yaml", "skills/wave/deep/evil.yaml", "evil.yaml",
        "skills/wave/", "skills/wave/origin.json", "skills/wave/code.py", "skills/wave/weights.pkl",
        "skills/wave/a\n.yaml",
    ],
)  # fmt: skip
def test_no_member_leads_anywhere_else_or_is_a_program(package, path):
    with pytest.raises(DataError, match="cannot be called|is of a kind that is not shared|no plain file"):
        read(with_entry(package, path), LIMITS)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(package, kind):
    entry = zipfile.ZipInfo("skills/wave/extra.yaml")
    entry.external_attr = (kind | 0o777) << 16
    with pytest.raises(DataError, match="is a link or no plain file"):
        read(with_entry(package, entry, b"/etc/passwd"), LIMITS)


def test_the_same_name_twice_is_refused_in_any_case(package):
    with pytest.raises(DataError, match="in it twice"):
        read(with_entry(package, "skills/wave/SKILL.yaml"), LIMITS)


def test_a_member_that_the_manifest_does_not_list_is_refused(package):
    with pytest.raises(DataError, match=r"manifest and content differ: skills/wave/more\.yaml"):
        read(with_entry(package, "skills/wave/more.yaml"), LIMITS)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(package, monkeypatch):
    bomb = with_entry(package, "skills/wave/big.onnx", bytes(LIMITS.content))
    assert len(bomb) < LIMITS.file
    monkeypatch.setattr(skill_package, "_unpacked", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(DataError, match="would unpack to 1[0-9]+ bytes"):
        read(bomb, LIMITS)


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_beyond_it(package, key):
    """The archive's directory says 5000 bytes for a member that holds 900 000."""
    data = bytearray(rewritten(package, lambda members: members.update({"skills/wave/policy.onnx": bytes(900_000)})))
    true, said = (900_000).to_bytes(4, "little"), (5000).to_bytes(4, "little")
    assert data.count(true) == 2  # its own header, and the directory
    with pytest.raises(DataError, match="not what its author signed|damaged"):
        read(bytes(data.replace(true, said)), LIMITS)


@pytest.mark.parametrize("change", [{"members": 2}, {"file": 100}, {"content": 1000}, {"manifest": 10}])
def test_what_is_beyond_the_limits_is_refused(package, change):
    with pytest.raises(DataError):
        read(package, LIMITS.model_copy(update=change))


@pytest.mark.parametrize(
    "fields",
    [
        {"skills": ["sit"]}, {"skills": ["../wave"]}, {"robot": "../go2"}, {"version": "1.0; rm"}, {"unknown": 1},
        {"author": "Ada\x1b[2J"}, {"licence": ""}, {"members": []}, {"description": "a\nb"},
    ],
)  # fmt: skip
def test_a_signed_manifest_of_wrong_fields_is_refused(package, key, fields):
    with pytest.raises(DataError):
        read(rewritten(package, lambda members: stated(members, **fields), key), LIMITS)


@pytest.mark.parametrize("missing", [MANIFEST, SIGNATURE, "skills/wave/skill.yaml"])
def test_what_is_missing_is_named(package, missing):
    with pytest.raises(DataError, match=missing.replace(".", r"\.")):
        read(rewritten(package, lambda members: members.pop(missing)), LIMITS)


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{", b"[" * 100_000, b'{"algorithm": "rsa", "key": "", "signature": ""}']
)
def test_a_strange_signature_is_refused(package, text):
    with pytest.raises(DataError):
        read(rewritten(package, lambda members: members.update({SIGNATURE: text})), LIMITS)


def test_nothing_that_could_not_be_read_is_made(key):
    with pytest.raises(DataError, match="is of a kind that is not shared"):
        build(ABOUT, {**CONTENTS, "skills/wave/train.py": b""}, LIMITS, key.public, key.sign)
    with pytest.raises(DataError, match="licence"):
        build({**ABOUT, "licence": "?"}, CONTENTS, LIMITS, key.public, key.sign)
