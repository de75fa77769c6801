"""KnownKeys: whose keys were accepted here; an author is trusted at first use, and no other key after that."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.sharing.author_key import as_text, fingerprint, from_text

KNOWN = "known.json"


class KnownKey(DataModel):
    """A key and who has it.

    Attributes:
        author: The author, as packages state it.
        key: The public key, base64.
        since: When it was accepted, ISO 8601, UTC.
        own: Whether it is this user's own.
    """

    author: str = Field(min_length=1, max_length=100)
    key: str
    since: str
    own: bool = False

    @property
    def fingerprint(self) -> str:
        """The key for people."""
        return fingerprint(from_text(self.key))


class KnownKeysFile(DataModel):
    """The file with the keys.

    Attributes:
        keys: One for each author.
    """

    keys: tuple[KnownKey, ...] = ()


class KnownKeys:
    """The accepted keys, kept in a file.

    Attributes:
        folder: Where keys are.
        keys: The keys.
    """

    def __init__(self, folder: Path) -> None:
        """Reads the file; raises DataError where it is wrong."""
        self.folder = folder
        self._path = folder / KNOWN
        self.keys = load_model(KnownKeysFile, self._path).keys if self._path.exists() else ()

    @property
    def own(self) -> KnownKey | None:
        """This user's key; None before its first use."""
        return next((one for one in self.keys if one.own), None)

    def of(self, author: str) -> KnownKey | None:
        """The key of an author; None where none was accepted."""
        return next((one for one in self.keys if one.author == author), None)

    def check(self, author: str, public: bytes) -> KnownKey | None:
        """What is known of the key of a package.

        Args:
            author: The author that the package states.
            public: The key that signed it.

        Returns:
            The known key, or None where author and key are both new.

        Raises:
            DataError: The author has another key here, or the key another author.
        """
        known = self.of(author)
        text = as_text(public)
        if known is not None and known.key != text:
            raise DataError(
                f"it is signed by the key {fingerprint(public)}, but '{author}' has another one here since "
                f"{known.since}: {known.fingerprint}. Do not install it; if '{author}' says that the key is new: "
                f"skill-stack keys remove '{author}'"
            )
        other = next((one for one in self.keys if one.key == text and one.author != author), None)
        if other is not None:
            raise DataError(f"its key {other.fingerprint} is that of '{other.author}', and it says '{author}'")
        return known

    def add(self, author: str, public: bytes, now: str, own: bool = False) -> KnownKey:
        """Accepts a key.

        Args:
            author: Who has it.
            public: The key.
            now: The present time, ISO 8601, UTC.
            own: Whether it is this user's own.

        Raises:
            DataError: As of :meth:`check`.
        """
        if known := self.check(author, public):
            return known
        added = KnownKey(author=author, key=as_text(public), since=now, own=own)
        self._write((*self.keys, added))
        return added

    def remove(self, author: str) -> KnownKey:
        """Forgets the key of an author; raises UnknownName."""
        known = self.of(author)
        if known is None:
            raise UnknownName("known author", author, [one.author for one in self.keys])
        self._write(tuple(one for one in self.keys if one is not known))
        return known

    def _write(self, keys: tuple[KnownKey, ...]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self._path.with_suffix(".new")
        new.write_text(KnownKeysFile(keys=keys).model_dump_json(indent=1) + "\n", encoding="utf-8")
        new.replace(self._path)
        self.keys = keys
