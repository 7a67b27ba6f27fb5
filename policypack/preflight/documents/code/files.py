"""The files of an archive or asset, read lazily and safely, whatever their form: folder, zip, tar, map of assets.

Nothing is ever unpacked to disk. The forms are those of Pulumi's assets and archives ("Assets and archives", Pulumi
documentation).
"""

from __future__ import annotations

import lzma
import os
import posixpath
import tarfile
import urllib.parse
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from ...wire import ARCHIVE, ASSET, OUTPUT_VALUE, SECRET, is_unknown, signature

MAX_FILE_BYTES = 4 * 1024 * 1024
"""The largest single file that is read: source code is smaller."""
MAX_ARCHIVE_BYTES = 300 * 1024 * 1024
MAX_FILES = 20_000
_MAX_DEPTH = 16

_BROKEN = (
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


class _Source(Protocol):
    def has(self, name: str) -> bool: ...
    def names(self) -> frozenset[str]: ...
    def read(self, name: str) -> bytes | Unreadable: ...


class Files:
    """The files of a function's code by their names inside the archive, with ``/`` and without a leading one."""

    def __init__(self, source: _Source, size: int | None = None) -> None:
        self._source = source
        self.size = size
        """The size in bytes of an archive file; ``None`` for folders and maps, which are packed later."""

    def has(self, name: str) -> bool:
        """Tell whether there is a file of that name; folders are none."""
        return self._source.has(name)

    def names(self) -> frozenset[str]:
        """List all files, at most :data:`MAX_FILES` of them; see :attr:`complete`."""
        return self._source.names()

    @property
    def complete(self) -> bool:
        """Tell whether :meth:`names` lists every file."""
        return len(self.names()) < MAX_FILES

    def read(self, name: str) -> bytes | Unreadable:
        """Read a file of at most :data:`MAX_FILE_BYTES`."""
        if not self.has(name):
            return Unreadable(f"there is no file {name!r}")
        return self._source.read(name)

    def text(self, name: str) -> str | Unreadable:
        """Read a file as UTF-8 text."""
        content = self.read(name)
        if isinstance(content, Unreadable):
            return content
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return Unreadable(f"{name!r} is not UTF-8 text")


def open_code(value: object, base: Path | str) -> Files | Unreadable:
    """Open an archive or asset in wire form.

    Args:
        value: the property as it came: a signature object with ``path``, ``assets``, ``text`` or ``uri``, a secret
            around it, or an unknown. base: the folder in which the program runs; relative paths start there.

    Returns:
        The files, or why they can't be read. Never raises.
    """
    folder = Path(base)
    found = _open(value, folder, depth=0)
    if isinstance(found, Unreadable) and found.certain and not folder.is_dir():
        return Unreadable(f"{found.reason}, nor is the program's folder on this machine")
    return found


def _open(value: object, base: Path, depth: int) -> Files | Unreadable:
    if is_unknown(value):
        return Unreadable("the code is not known at preview")
    kind = signature(value)
    if not isinstance(value, dict) or depth > _MAX_DEPTH:
        return Unreadable("the value is neither an archive nor an asset")
    if kind in (SECRET, OUTPUT_VALUE):
        return _open(value.get("value"), base, depth + 1)
    if kind not in (ARCHIVE, ASSET):
        return Unreadable("the value is neither an archive nor an asset")
    if kind == ARCHIVE and isinstance(value.get("assets"), Mapping):
        return _open_map(value["assets"], base, depth)
    path = _local_path(value, base)
    if isinstance(path, (Unreadable, Path)):
        return path if isinstance(path, Unreadable) else _open_path(path, value, is_archive=kind == ARCHIVE)
    if kind == ASSET and isinstance(value.get("text"), str):
        return Files(_Texts({"": value["text"]}))
    return Unreadable("the value holds neither a path nor a content")


def _local_path(value: Mapping[str, Any], base: Path) -> Path | Unreadable | None:
    path, uri = value.get("path"), value.get("uri")
    if isinstance(path, str) and path:
        if is_unknown(path):
            return Unreadable("the path of the code is not known at preview")
        return base / path
    if isinstance(uri, str) and uri:
        try:
            parts = urllib.parse.urlsplit(uri)
        except ValueError:
            return Unreadable(f"the address {uri!r} can't be read")
        if parts.scheme == "file":
            from urllib.request import url2pathname  # brings http and ssl along, which is slow

            return Path(url2pathname(parts.path))
        return Unreadable(f"the code is at {parts.scheme or uri}:// and not on this machine")
    return None


def _open_path(path: Path, value: Mapping[str, Any], *, is_archive: bool) -> Files | Unreadable:
    shown = value.get("path") or value.get("uri")
    try:
        if path.is_dir():
            if is_archive:
                return Files(_Folder(path))
            return Unreadable(f"{shown!r} is a folder; a folder takes a FileArchive, not a FileAsset", certain=True)
        if not path.exists():
            return Unreadable(f"there is nothing at the path {shown!r}", certain=True)
        if not path.is_file():
            return Unreadable(f"{shown!r} is neither a file nor a folder")
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        return Unreadable(f"the path {shown!r} can't be opened: {_why(error)}")
    if size > MAX_ARCHIVE_BYTES:
        return Unreadable(f"{shown!r} has {size} bytes, too many to look into")
    name = path.name.lower()
    if name.endswith((".zip", ".jar")):
        return _open_zip(path, shown, size)
    if name.endswith((".tar", ".tgz", ".tar.gz")):
        return _open_tar(path, shown, size)
    if is_archive:
        return Unreadable(
            f"{shown!r} has not the name of an archive; Pulumi accepts .zip, .jar, .tar, .tgz and .tar.gz", certain=True
        )
    return Files(_OneFile(path), size)


def _open_zip(path: Path, shown: object, size: int) -> Files | Unreadable:
    source = _Zip(path)
    try:
        source.names()
    except _BROKEN as error:
        return Unreadable(
            f"{shown!r} can't be read as a zip file: {_why(error)}", certain=isinstance(error, zipfile.BadZipFile)
        )
    return Files(source, size)


def _open_tar(path: Path, shown: object, size: int) -> Files | Unreadable:
    source = _Tar(path)
    try:
        source.names()
    except _BROKEN as error:
        return Unreadable(
            f"{shown!r} can't be read as a tar file: {_why(error)}", certain=isinstance(error, tarfile.TarError)
        )
    return Files(source, size)


def _open_map(assets: Mapping[Any, Any], base: Path, depth: int) -> Files | Unreadable:
    parts: list[tuple[str, Files]] = []
    for key, value in assets.items():
        if key == "":
            continue
        opened = _open(value, base, depth + 1)
        if isinstance(opened, Unreadable):
            return Unreadable(f"{key}: {opened.reason}", opened.certain)
        name = inner_name(str(key))
        if name is None:
            return Unreadable(f"the name {key!r} leads out of the archive")
        parts.append((name, opened))
    return Files(_Map(parts))


def inner_name(name: str) -> str | None:
    """Bring a name inside an archive into its plain form (``./a//b.py`` → ``a/b.py``); ``None`` when it leads out of
    the archive.
    """
    plain = posixpath.normpath(name.replace("\\", "/"))
    if plain == ".":
        return ""
    return None if plain.startswith(("/", "../")) or plain == ".." or plain[1:3] == ":/" or "\0" in plain else plain


def _why(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _limited(content: bytes, name: str) -> bytes | Unreadable:
    if len(content) > MAX_FILE_BYTES:
        return Unreadable(f"{name!r} has more than {MAX_FILE_BYTES} bytes, too many to look into")
    return content


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def has(self, name: str) -> bool:
        inner = inner_name(name)
        try:
            return bool(inner) and inner == name and (self._root / name).is_file()
        except (OSError, ValueError):
            return False

    def names(self) -> frozenset[str]:
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
        return _read_path(self._root / name, name)


class _OneFile:
    def __init__(self, path: Path) -> None:
        self._path = path

    def has(self, name: str) -> bool:
        return name == self._path.name

    def names(self) -> frozenset[str]:
        return frozenset({self._path.name})

    def read(self, name: str) -> bytes | Unreadable:
        return _read_path(self._path, name)


def _read_path(path: Path, name: str) -> bytes | Unreadable:
    try:
        with path.open("rb") as file:
            return _limited(file.read(MAX_FILE_BYTES + 1), name)
    except OSError as error:
        return Unreadable(f"{name!r} can't be read: {_why(error)}")


class _Texts:
    """Content that stands in the program itself."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def has(self, name: str) -> bool:
        return name in self._texts

    def names(self) -> frozenset[str]:
        return frozenset(self._texts)

    def read(self, name: str) -> bytes | Unreadable:
        return _limited(self._texts[name].encode("utf-8", "replace"), name)


class _Zip:
    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _inner(self) -> dict[str, str]:
        with zipfile.ZipFile(self._path) as archive:
            return _plain_names(info.filename for info in archive.infolist()[:MAX_FILES] if not info.is_dir())

    def has(self, name: str) -> bool:
        return name in self._inner

    def names(self) -> frozenset[str]:
        return frozenset(self._inner)

    def read(self, name: str) -> bytes | Unreadable:
        try:
            with zipfile.ZipFile(self._path) as archive, archive.open(self._inner[name]) as file:
                return _limited(file.read(MAX_FILE_BYTES + 1), name)
        except _BROKEN as error:
            return Unreadable(f"{name!r} can't be read from the zip file: {_why(error)}")


class _Tar:
    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _inner(self) -> dict[str, str]:
        listed: list[str] = []
        with tarfile.open(self._path) as archive:
            for member in archive:
                if member.isfile() and len(listed) < MAX_FILES:
                    listed.append(member.name)
        return _plain_names(listed)

    def has(self, name: str) -> bool:
        return name in self._inner

    def names(self) -> frozenset[str]:
        return frozenset(self._inner)

    def read(self, name: str) -> bytes | Unreadable:
        try:
            with tarfile.open(self._path) as archive:
                file = archive.extractfile(self._inner[name])
                if file is None:
                    return Unreadable(f"{name!r} is not a plain file")
                return _limited(file.read(MAX_FILE_BYTES + 1), name)
        except _BROKEN as error:
            return Unreadable(f"{name!r} can't be read from the tar file: {_why(error)}")


class _Map:
    """Assets and archives under names; those of an archive come below its name, a lone file or text takes the name
    itself.
    """

    def __init__(self, parts: list[tuple[str, Files]]) -> None:
        self._parts = parts

    @cached_property
    def _inner(self) -> dict[str, tuple[Files, str]]:
        found: dict[str, tuple[Files, str]] = {}
        for prefix, files in self._parts:
            for name in files.names():
                lone = isinstance(files._source, (_Texts, _OneFile))
                outer = prefix if lone else posixpath.join(prefix, name)
                if outer and len(found) < MAX_FILES:
                    found[outer] = (files, name)
        return found

    def has(self, name: str) -> bool:
        return name in self._inner

    def names(self) -> frozenset[str]:
        return frozenset(self._inner)

    def read(self, name: str) -> bytes | Unreadable:
        files, inner = self._inner[name]
        return files.read(inner)


def _plain_names(listed: Any) -> dict[str, str]:
    """Map the plain form of each name to the name in the archive, without those that lead out of it."""
    pairs = ((inner_name(name), name) for name in listed)
    return {plain: name for plain, name in pairs if plain}
