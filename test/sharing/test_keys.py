"""Keys of authors: made once for their owner alone, trusted at first use, and replaced by none."""

import os
import stat

import pytest

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.sharing.author_key import AuthorKey, fingerprint, is_signed
from skill_stack.sharing.known_keys import KnownKeys

NOW = "2026-01-01T00:00:00+00:00"
ADA, EVE = bytes(range(32)), bytes(range(1, 33))


def test_a_key_is_made_once_and_nobody_else_reads_it(tmp_path):
    folder = tmp_path / "keys"
    before = os.umask(0)  # the mode must not hang on it
    try:
        made = AuthorKey.load(folder)
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "author.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert AuthorKey.load(folder).public == made.public
    assert AuthorKey.load(tmp_path / "another").public != made.public


def test_a_signature_is_of_one_key_and_one_content(tmp_path):
    key, other = AuthorKey.load(tmp_path / "a"), AuthorKey.load(tmp_path / "b")
    signature = key.sign(b"content")
    assert is_signed(key.public, signature, b"content")
    assert not is_signed(key.public, signature, b"Content")
    assert not is_signed(other.public, signature, b"content")
    assert not is_signed(b"short", signature, b"content") and not is_signed(key.public, b"", b"content")


def test_a_key_that_others_can_read_is_not_used(tmp_path):
    AuthorKey.load(tmp_path)
    (tmp_path / "author.pem").chmod(0o640)
    with pytest.raises(DataError, match="chmod 600"):
        AuthorKey.load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_named(tmp_path, content):
    (tmp_path / "author.pem").write_bytes(content)
    (tmp_path / "author.pem").chmod(0o600)
    with pytest.raises(DataError, match=r"author\.pem: is no"):
        AuthorKey.load(tmp_path)


def test_an_author_is_trusted_at_first_use_and_then_by_that_key_alone(tmp_path):
    keys = KnownKeys(tmp_path)
    assert keys.check("Ada", ADA) is None
    keys.add("Ada", ADA, NOW)
    again = KnownKeys(tmp_path)
    assert again.check("Ada", ADA).since == NOW
    with pytest.raises(DataError, match="has another one here since 2026-01-01.*skill-stack keys remove 'Ada'"):
        again.check("Ada", EVE)
    with pytest.raises(DataError, match="is that of 'Ada', and it says 'Grace'"):
        again.add("Grace", ADA, NOW)
    assert [one.author for one in KnownKeys(tmp_path).keys] == ["Ada"]


def test_a_key_is_forgotten_by_its_author_name(tmp_path):
    keys = KnownKeys(tmp_path)
    keys.add("Ada", ADA, NOW)
    with pytest.raises(UnknownName, match="Ada"):
        keys.remove("Eda")
    assert keys.remove("Ada").fingerprint == fingerprint(ADA)
    assert KnownKeys(tmp_path).check("Ada", EVE) is None


def test_a_wrong_file_of_keys_is_named(tmp_path):
    (tmp_path / "known.json").write_text('{"keys": [{"author": ""}]}')
    with pytest.raises(DataError, match=r"known\.json"):
        KnownKeys(tmp_path)
