"""Where files come from: a folder, a file, texts, a zip file, a tar archive; each read lazily, and within limits.

Nothing is ever unpacked to disk.
"""

from __future__ import annotations

import gzip
import io
import lzma
import os
import posixpath
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, cast

MAX_FILE_BYTES = 4 * 1024 * 1024
"""The largest single file that is read: source code is smaller."""
MAX_ARCHIVE_BYTES = 300 * 1024 * 1024
MAX_FILES = 20_000
MAX_READS = 1_000
"""Files of one function's code that are read."""
MAX_READ_BYTES = 32 * 1024 * 1024
"""What is read of one function's code in all."""
MAX_INFLATED_BYTES = 262_144_000
"""How far a compressed archive is unpacked, in memory and in passing: the unzipped size that Lambda takes ("Lambda
quotas", AWS Lambda developer guide)."""
MAX_DIRECTORY_BYTES = 16 * 1024 * 1024
"""The largest directory of a zip file that is read."""
_SOURCES = (".py", ".js", ".mjs", ".cjs", ".ts", ".json", ".toml", ".txt", ".cfg", ".sh")
"""Files of a compressed tar archive whose content is kept from the one time that it is unpacked."""

BROKEN = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    KeyError,
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
)
"""What the readers of zip and tar raise on malformed, encrypted or exotic archives."""


@dataclass(frozen=True)
class Unreadable:
    """Code that can't be looked into.

    ``certain`` tells that the update would fail as well: nothing is at the path, or what is there is no archive.
    Otherwise the code is merely out of sight: an S3 object, an image, something too large.
    """

    reason: str
    certain: bool = False


def inner_name(name: str) -> str | None:
    """Bring a name inside an archive into its plain form (``./a//b.py`` → ``a/b.py``); ``None`` when it leads out of
    the archive.
    """
    plain = posixpath.normpath(name.replace("\\", "/"))
    if plain == ".":
        return ""
    return None if plain.startswith(("/", "../")) or plain == ".." or plain[1:3] == ":/" or "\0" in plain else plain


def why(error: BaseException) -> str:
    """Return what an error says, in words for a message."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _limited(content: bytes, name: str) -> bytes | Unreadable:
    if len(content) > MAX_FILE_BYTES:
        return Unreadable(f"{name!r} has more than {MAX_FILE_BYTES} bytes, too many to look into")
    return content


class Folder:
    """The files below a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def has(self, name: str) -> bool:
        """Tell whether there is a file of that name."""
        inner = inner_name(name)
        try:
            return bool(inner) and inner == name and (self._root / name).is_file()
        except (OSError, ValueError):
            return False

    def names(self) -> frozenset[str]:
        """List the files."""
        return self._listed

    @cached_property
    def _listed(self) -> frozenset[str]:
        found: set[str] = set()
        for folder, _, names in os.walk(self._root):
            inside = Path(folder).relative_to(self._root)
            for name in names:
                if len(found) >= MAX_FILES:
                    return frozenset(found)
                found.add((inside / name).as_posix())
        return frozenset(found)

    def read(self, name: str) -> bytes | Unreadable:
        """Read a file, within the limits."""
        return _read_path(self._root / name, name)


class OneFile:
    """A file by itself."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def has(self, name: str) -> bool:
        """Tell whether there is a file of that name."""
        return name == self._path.name

    def names(self) -> frozenset[str]:
        """List the files."""
        return frozenset({self._path.name})

    def read(self, name: str) -> bytes | Unreadable:
        """Read a file, within the limits."""
        return _read_path(self._path, name)


def _read_path(path: Path, name: str) -> bytes | Unreadable:
    try:
        with path.open("rb") as file:
            return _limited(file.read(MAX_FILE_BYTES + 1), name)
    except OSError as error:
        return Unreadable(f"{name!r} can't be read: {why(error)}")


class Texts:
    """Content that stands in the program itself."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def has(self, name: str) -> bool:
        """Tell whether there is a file of that name."""
        return name in self._texts

    def names(self) -> frozenset[str]:
        """List the files."""
        return frozenset(self._texts)

    def read(self, name: str) -> bytes | Unreadable:
        """Read a file, within the limits."""
        return _limited(self._texts[name].encode("utf-8", "replace"), name)


_ZIP_END_BYTES = 66_000
"""The last record of a zip file and its comment, and the records before it of a large one."""


class Zip:
    """The files of a zip archive."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def directory_size(self) -> int:
        """The bytes of the archive's directory, all of which is read before any of it can be used.

        Source: ".ZIP File Format Specification" (APPNOTE.TXT), end of central directory record.
        """
        with self._path.open("rb") as file:
            file.seek(max(0, self._path.stat().st_size - _ZIP_END_BYTES))
            end = file.read()
        at = end.rfind(b"PK\x05\x06")
        if at < 0:
            return 0  # no zip file, as its reader will say
        size = int.from_bytes(end[at + 12 : at + 16], "little")
        at = end.rfind(b"PK\x06\x06")
        return int.from_bytes(end[at + 40 : at + 48], "little") if size == 0xFFFFFFFF and at >= 0 else size

    @cached_property
    def _inner(self) -> dict[str, str]:
        with zipfile.ZipFile(self._path) as archive:
            return _plain_names(info.filename for info in archive.infolist()[:MAX_FILES] if not info.is_dir())

    def has(self, name: str) -> bool:
        """Tell whether there is a file of that name."""
        return name in self._inner

    def names(self) -> frozenset[str]:
        """List the files."""
        return frozenset(self._inner)

    def read(self, name: str) -> bytes | Unreadable:
        """Read a file, within the limits."""
        try:
            with zipfile.ZipFile(self._path) as archive, archive.open(self._inner[name]) as file:
                return _limited(file.read(MAX_FILE_BYTES + 1), name)
        except BROKEN as error:
            return Unreadable(f"{name!r} can't be read from the zip file: {why(error)}")


class TooLargeError(ValueError):
    """An archive that unpacks to more than is looked into."""


class _Bounded(io.RawIOBase):
    """An unpacked stream, up to a limit; what lies behind it is never unpacked."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left = MAX_INFLATED_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._stream.read(min(len(buffer), _CHUNK_BYTES))
        self._left -= len(content)
        if self._left < 0:
            raise TooLargeError
        buffer[: len(content)] = content
        return len(content)


_CHUNK_BYTES = 1024 * 1024


class Tar:
    """A tar archive, plain or gzipped, as Pulumi reads them. It is gone through once: there is no way back in a
    compressed stream but from its beginning.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _inner(self) -> dict[str, bytes | None]:
        """Content by plain name; None for what is too large, or no source."""
        found: dict[str, bytes | None] = {}
        kept = 0
        with self._path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream = cast(IO[bytes], gzip.GzipFile(fileobj=raw) if packed else raw)
            with tarfile.open(fileobj=io.BufferedReader(_Bounded(stream)), mode="r|") as archive:
                for member in archive:
                    name = inner_name(member.name)
                    if not member.isfile() or not name or len(found) >= MAX_FILES:
                        continue
                    found[name] = None
                    wanted = name.endswith(_SOURCES) and member.size <= MAX_FILE_BYTES
                    content = archive.extractfile(member) if wanted and kept < MAX_READ_BYTES else None
                    if content is not None:
                        found[name] = content.read()
                        kept += member.size
        return found

    def has(self, name: str) -> bool:
        """Tell whether there is a file of that name."""
        return name in self._inner

    def names(self) -> frozenset[str]:
        """List the files."""
        return frozenset(self._inner)

    def read(self, name: str) -> bytes | Unreadable:
        """Read a file, within the limits."""
        content = self._inner[name]
        return (
            content
            if content is not None
            else Unreadable(f"{name!r} has more bytes than a source has, too many to look into")
        )


def _plain_names(listed: Any) -> dict[str, str]:
    """Map the plain form of each name to the name in the archive, without those that lead out of it."""
    pairs = ((inner_name(name), name) for name in listed)
    return {plain: name for plain, name in pairs if plain}
