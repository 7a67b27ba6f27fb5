"""Self-managed backends and exported files, on any file system that fsspec knows.

A backend is what ``pulumi login`` accepts: a folder or bucket that holds ``.pulumi``. Its stacks are
``.pulumi/stacks/NAME.json`` (Pulumi before 3.61) or ``.pulumi/stacks/PROJECT/NAME.json``, gzipped or not; history,
backups and locks beside them are left alone. Anything else is a file of ``pulumi stack export``, or a folder of such.
Source: Pulumi, ``pkg/backend/diy`` (``store.go``, ``meta.go``).
"""

from __future__ import annotations

import datetime
import posixpath
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, Final
from urllib.parse import parse_qsl, urlsplit

from preflight.fleet.errors import FleetError, StateError
from preflight.fleet.sources.model import StateRef

_SUFFIX: Final = re.compile(r"\.json(?:\.gz)?$")
_PROTOCOLS: Final = {"azblob": "abfs", "gs": "gcs"}
_INSTALL: Final = {"s3": "s3fs", "gcs": "gcsfs", "abfs": "adlfs"}
_TRIES: Final = 5
_META: Final = ".pulumi/meta.yaml"


class FileSource:
    """States as files: a backend, one exported file, or a folder of exported files."""

    def __init__(self, text: str) -> None:
        self.text = text
        protocol, _, rest = text.partition("://")
        if not rest:
            protocol, rest = "file", text
        rest, _, query = rest.partition("?")
        self._protocol = _PROTOCOLS.get(protocol, protocol)
        self._shown = f"{protocol}://" if "://" in text else ""
        self.fs = _file_system(text, self._protocol, dict(parse_qsl(query)))
        # fsspec's own normal form: absolute and without the protocol.
        self._root = str(self.fs._strip_protocol(rest if self._protocol == "file" else f"{self._protocol}://{rest}"))

    def states(self) -> Iterator[StateRef]:
        """Yield every state, by path."""
        try:
            yield from self._states()
        except PermissionError as error:
            raise FleetError(f"{self.text}: listing is not allowed: {_words(error)}") from error
        except FileNotFoundError as error:
            raise FleetError(f"{self.text}: there is no such file, folder or bucket") from error
        except OSError as error:
            raise FleetError(f"{self.text}: can't be listed: {_words(error)}") from error
        except FleetError:
            raise
        except Exception as error:  # each file system has errors of its own: no credentials, no such host
            raise FleetError(f"{self.text}: can't be listed: {type(error).__name__}: {_words(error)}") from error

    def _states(self) -> Iterator[StateRef]:
        self.fs.invalidate_cache()
        if self.fs.isfile(self._root):
            yield self._ref(self._root, self.fs.info(self._root), "", _stem(self._root))
            return
        folder = posixpath.join(self._root, ".pulumi", "stacks")
        if not self.fs.isdir(folder):
            if self.fs.isdir(posixpath.join(self._root, ".pulumi")):
                return
            yield from self._exports()
            return
        self._check_meta()
        newest: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
        for path, info in self.fs.find(folder, detail=True).items():
            steps = path[len(folder) :].strip("/").split("/")
            if not _SUFFIX.search(path) or len(steps) > 2:
                continue
            key = ("" if len(steps) == 1 else steps[0], _stem(path))
            if key not in newest or _modified(newest[key][1]) < _modified(info):
                newest[key] = (path, info)
        for (project, stack), (path, info) in sorted(newest.items()):
            yield self._ref(path, info, project, stack)

    def _exports(self) -> Iterator[StateRef]:
        if not self.fs.isdir(self._root):
            raise FileNotFoundError(self._root)
        found = {path: info for path, info in self.fs.find(self._root, detail=True).items() if _SUFFIX.search(path)}
        if not found:
            raise FleetError(
                f"{self.text}: holds neither .pulumi/stacks (a Pulumi backend) nor .json files of pulumi stack export"
            )
        for path, info in sorted(found.items()):
            yield self._ref(path, info, "", _stem(path))

    def _check_meta(self) -> None:
        """Refuse a layout of the future: its states might be elsewhere, and an empty fleet would look well."""
        path = posixpath.join(self._root, _META)
        if not self.fs.exists(path):
            return
        import yaml

        try:
            meta = yaml.safe_load(self.fs.cat_file(path))
        except yaml.YAMLError:
            meta = None
        version = meta.get("version", 0) if isinstance(meta, dict) else None
        if version not in (0, 1):
            raise FleetError(f"{self.text}: {_META} has layout version {version!r}; Preflight reads 0 and 1")

    def _ref(self, path: str, info: Mapping[str, Any], project: str, stack: str) -> StateRef:
        return StateRef(
            source=self.text,
            key=path,
            url=f"{self._shown}{path}",
            project=project,
            stack=stack,
            version=_version(info),
            size=int(info.get("size") or 0),
            modified=_modified(info),
        )

    def read(self, refs: Sequence[StateRef]) -> Iterator[bytes | Exception]:
        """Yield each state's bytes; what fails for a passing reason (throttling, a broken connection) is retried."""
        wanted = [ref.key for ref in refs]
        got: dict[str, bytes | Exception] = {}
        for attempt in range(_TRIES):
            open_ = [key for key in wanted if not isinstance(got.get(key), bytes)]
            if not open_:
                break
            if attempt:
                time.sleep(min(0.2 * 2**attempt, 5))
            got |= self._cat(open_)
            if not any(isinstance(found, Exception) and _passing(found) for found in got.values()):
                break
        for ref in refs:
            found = got[ref.key]
            yield found if isinstance(found, bytes) else state_error(found)

    def _cat(self, paths: list[str]) -> dict[str, bytes | Exception]:
        found = self.fs.cat(paths, on_error="return")
        if isinstance(found, dict):
            return {path: found[path] for path in paths if path in found}
        return {paths[0]: found}

    def open(self, ref: StateRef) -> IO[bytes]:
        """Open a state for reading piece by piece; as it is now, not as it was listed."""
        try:
            self.fs.invalidate_cache(self.fs._parent(ref.key))
            opened: IO[bytes] = self.fs.open(ref.key, "rb", block_size=8 * 2**20)
        except Exception as error:
            raise state_error(error) from error
        return opened


def state_error(error: Exception) -> StateError:
    """Return why a state can't be had, in words."""
    if isinstance(error, PermissionError):
        return StateError("read", f"reading it is not allowed: {_words(error)}")
    if isinstance(error, FileNotFoundError):
        return StateError("read", "it was listed, and is gone")
    return StateError("read", f"can't be read after {_TRIES} attempts: {type(error).__name__}: {_words(error)}")


def _passing(error: Exception) -> bool:
    """Whether trying again may help."""
    return not isinstance(error, (PermissionError, FileNotFoundError, IsADirectoryError))


def _file_system(text: str, protocol: str, query: Mapping[str, str]) -> Any:
    import fsspec

    options: dict[str, Any] = {}
    if protocol == "s3":
        # The parameters of Pulumi's own s3:// URLs.
        client = {"region_name": query.get("region"), "endpoint_url": query.get("endpoint")}
        endpoint = client["endpoint_url"]
        if endpoint and "://" not in endpoint:
            client["endpoint_url"] = ("http://" if query.get("disableSSL") == "true" else "https://") + endpoint
        options["client_kwargs"] = {key: value for key, value in client.items() if value}
        if query.get("profile"):
            options["profile"] = query["profile"]
        if query.get("s3ForcePathStyle") == "true":
            options["config_kwargs"] = {"s3": {"addressing_style": "path"}}
    elif protocol == "abfs" and query.get("storage_account"):
        options["account_name"] = query["storage_account"]
    try:
        return fsspec.filesystem(protocol, **options)
    except ImportError as error:
        package = _INSTALL.get(protocol)
        raise FleetError(f"{text}: needs {package or error}{f': pip install {package}' if package else ''}") from error
    except ValueError as error:
        raise FleetError(
            f"{text}: {urlsplit(text).scheme}:// is not a file system that fsspec knows; for example "
            "s3://bucket, gs://bucket, azblob://container, file:///folder, or pulumi://organization"
        ) from error


def _stem(path: str) -> str:
    return _SUFFIX.sub("", posixpath.basename(path))


def _version(info: Mapping[str, Any]) -> str:
    etag = info.get("ETag") or info.get("etag")
    if etag:
        return str(etag).strip('"')
    return f"{info.get('size')}-{info.get('mtime') or _modified(info)}"


def _modified(info: Mapping[str, Any]) -> str:
    found = next((info[key] for key in ("LastModified", "last_modified", "updated", "mtime") if info.get(key)), None)
    if isinstance(found, datetime.datetime):
        return found.astimezone(datetime.timezone.utc).isoformat(timespec="seconds")
    if isinstance(found, (int, float)):
        return datetime.datetime.fromtimestamp(found, datetime.timezone.utc).isoformat(timespec="seconds")
    return str(found or "")


def _words(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:300]
