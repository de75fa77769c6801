"""What ends in .pt is told apart by its members, never run; nothing here needs torch but the tests that say so."""

import pickle
import zipfile

import pytest

from skill_stack.controllers.importers.torchscript_archive import check, is_torchscript
from skill_stack.core.errors import DataError


def archive(path, **members):
    """An archive of torch: its members lie in a folder of its own name."""
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(f"policy/{name}", content)
    return path


def torchscript(path):
    return archive(path, **{"data.pkl": b"x", "constants.pkl": b"x", "code/__torch__/policy.py": b"class A" * 200})


class Payload:
    """Leaves a file behind if it is ever read as a pickle."""

    def __init__(self, path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


def test_torchscript_is_known_by_its_members(tmp_path) -> None:
    path = torchscript(tmp_path / "policy.pt")
    assert len(check(path)) == 64 and is_torchscript(path)


def test_pickles_are_refused_and_never_read(tmp_path) -> None:
    trap = tmp_path / "trap"
    content = pickle.dumps(Payload(trap), protocol=2)
    for path in (tmp_path / "plain.pt", archive(tmp_path / "module.pt", **{"data.pkl": content})):
        if path.name == "plain.pt":
            path.write_bytes(content)
        with pytest.raises(DataError, match=r"runs code when it is read; export .*torch\.jit\.script"):
            check(path)
        assert not is_torchscript(path) and not trap.exists()


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"data.pkl": pickle.dumps({"actor.weight": 1.0}, protocol=2)}, "a state dict or checkpoint: weights without"),
        ({"data.pkl": b"\xff\xff"}, "a state dict or checkpoint"),
        ({"models/policy.json": b"{}"}, r"archive of torch\.export"),
        ({"readme.txt": b"x"}, r"without TorchScript in it \(no constants\.pkl and code/\)"),
        ({"constants.pkl": b"x"}, "without TorchScript in it"),
    ],
)
def test_other_archives_say_what_they_are(tmp_path, members, text) -> None:
    with pytest.raises(DataError, match=text):
        check(archive(tmp_path / "policy.pt", **members))


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9, 0.999])
def test_an_archive_cut_short_is_said_to_be(tmp_path, share) -> None:
    path = torchscript(tmp_path / "policy.pt")
    content = path.read_bytes()
    path.write_bytes(content[: max(4, int(share * len(content)))])
    with pytest.raises(DataError, match="cut short or damaged; copy it again"):
        check(path)


def test_a_flipped_byte_is_found(tmp_path) -> None:
    path = torchscript(tmp_path / "policy.pt")
    content = bytearray(path.read_bytes())
    content[content.index(b"class A") + 50] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(DataError, match="damaged"):
        check(path)


def test_what_is_no_archive_or_missing(tmp_path) -> None:
    (tmp_path / "policy.pt").write_bytes(b"weights")
    with pytest.raises(DataError, match="is no TorchScript; export"):
        check(tmp_path / "policy.pt")
    with pytest.raises(DataError, match="there is no file"):
        check(tmp_path / "other.pt")


def test_what_torch_itself_writes(tmp_path) -> None:
    torch = pytest.importorskip("torch", reason="the archives are written by torch")
    layer = torch.nn.Linear(3, 2)
    path = tmp_path / "policy.pt"
    torch.save(layer.state_dict(), path)
    with pytest.raises(DataError, match="a state dict or checkpoint"):
        check(path)
    torch.save(layer, path)
    with pytest.raises(DataError, match=r"a pickled module \(torch\.nn\.modules\.linear\.Linear\)"):
        check(path)
    torch.jit.trace(layer, torch.zeros(1, 3)).save(str(path))
    assert is_torchscript(path)
