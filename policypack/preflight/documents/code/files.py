"""The files of an archive or asset, read lazily and safely, whatever their form: folder, zip, tar, map of assets.

Nothing is ever unpacked to disk. The forms are those of Pulumi's assets and archives ("Assets and archives", Pulumi
documentation).
"""

from __future__ import annotations

import posixpath
import tarfile
import urllib.parse
import zipfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from ...wire import ARCHIVE, ASSET, OUTPUT_VALUE, SECRET, is_unknown, signature
from .sources import (
    BROKEN,
    MAX_ARCHIVE_BYTES,
    MAX_DIRECTORY_BYTES,
    MAX_FILES,
    MAX_INFLATED_BYTES,
    MAX_READ_BYTES,
    MAX_READS,
    Folder,
    OneFile,
    Tar,
    Texts,
    TooLargeError,
    Unreadable,
    Zip,
    inner_name,
    why,
)

_MAX_DEPTH = 16


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
        self._reads = self._bytes = 0

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
        """Read a file of at most :data:`~.sources.MAX_FILE_BYTES`, unless the code is too large as a whole."""
        if not self.has(name):
            return Unreadable(f"there is no file {name!r}")
        self._reads += 1
        if self._reads > MAX_READS or self._bytes > MAX_READ_BYTES:
            return Unreadable("the code is too large to look into")
        content = self._source.read(name)
        self._bytes += len(content) if isinstance(content, bytes) else 0
        return content

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
            around it, or an unknown.
        base: the folder in which the program runs; relative paths start there.

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
        return Files(Texts({"": value["text"]}))
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
                return Files(Folder(path))
            return Unreadable(f"{shown!r} is a folder; a folder takes a FileArchive, not a FileAsset", certain=True)
        if not path.exists():
            return Unreadable(f"there is nothing at the path {shown!r}", certain=True)
        if not path.is_file():
            return Unreadable(f"{shown!r} is neither a file nor a folder")
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        return Unreadable(f"the path {shown!r} can't be opened: {why(error)}")
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
    return Files(OneFile(path), size)


def _open_zip(path: Path, shown: object, size: int) -> Files | Unreadable:
    source = Zip(path)
    try:
        if source.directory_size() > MAX_DIRECTORY_BYTES:
            return Unreadable(f"{shown!r} has too many files to look into")
        source.names()
    except BROKEN as error:
        return Unreadable(
            f"{shown!r} can't be read as a zip file: {why(error)}", certain=isinstance(error, zipfile.BadZipFile)
        )
    return Files(source, size)


def _open_tar(path: Path, shown: object, size: int) -> Files | Unreadable:
    source = Tar(path)
    try:
        source.names()
    except TooLargeError:
        return Unreadable(f"{shown!r} unpacks to more than {MAX_INFLATED_BYTES} bytes, too many to look into")
    except BROKEN as error:
        return Unreadable(
            f"{shown!r} can't be read as a tar file: {why(error)}", certain=isinstance(error, tarfile.TarError)
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
                lone = isinstance(files._source, (Texts, OneFile))
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
