"""Pulumi Cloud's REST API: the stacks of an organization, and each one's deployment as ``pulumi stack export`` has it.

The token is read from ``PULUMI_ACCESS_TOKEN``, which ``pulumi login`` uses too. Source: Pulumi Cloud REST API,
"Stacks" (list, export) and "Pagination".
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, Final
from urllib.parse import quote, urlencode, urlsplit

from preflight.about import VERSION
from preflight.fleet.errors import FleetError, StateError
from preflight.fleet.sources.model import StateRef

TOKEN: Final = "PULUMI_ACCESS_TOKEN"
API: Final = "PULUMI_BACKEND_URL"
"""Where a self-hosted Pulumi Cloud answers, when the source does not say."""
_DEFAULT: Final = "https://api.pulumi.com"
_TRIES: Final = 6
_PAUSE: Final = 0.05
"""Seconds between two requests of one process, so that a fleet does not use up what its people need."""


def is_cloud(text: str) -> bool:
    """Tell whether a SOURCE names an organization of Pulumi Cloud: ``pulumi://ORG`` or ``https://api…/ORG``."""
    return bool(re.match(r"pulumi://|https?://", text)) and not re.search(r"\.json(\.gz)?$", text)


class CloudSource:
    """The stacks of one organization, or those that a token can see when the source names none."""

    def __init__(self, text: str, log: Callable[[str], None]) -> None:
        self.text = text
        self._log = log
        parts = urlsplit(text)
        if parts.scheme == "pulumi":
            backend = os.environ.get(API, "")
            self._base = backend.rstrip("/") if backend.startswith("http") else _DEFAULT
            self._organization = (parts.netloc + parts.path).strip("/")
        else:
            self._base = f"{parts.scheme}://{parts.netloc}"
            self._organization = parts.path.strip("/")
        if "/" in self._organization:
            raise FleetError(f"{text}: name an organization only, for example pulumi://acme")
        if not os.environ.get(TOKEN):
            raise FleetError(f"{text}: {TOKEN} is not set; create a token in Pulumi Cloud, and export it")

    def states(self) -> Iterator[StateRef]:
        """Yield every stack that was deployed, page by page."""
        continuation = ""
        while True:
            query = {"organization": self._organization, "continuationToken": continuation}
            query = {key: value for key, value in query.items() if value}
            try:
                with self._get(f"/api/user/stacks?{urlencode(query)}") as answer:
                    page = json.load(answer)
            except (StateError, ValueError) as error:
                raise FleetError(f"{self.text}: can't be listed: {error}") from error
            for found in page.get("stacks") or ():
                if found.get("lastUpdate") or found.get("resourceCount"):
                    yield self._ref(found)
            continuation = page.get("continuationToken") or ""
            if not continuation:
                return

    def _ref(self, found: dict[str, Any]) -> StateRef:
        names = [str(found.get(key) or "") for key in ("orgName", "projectName", "stackName")]
        key = "/".join(quote(name, safe="") for name in names)
        updated = int(found.get("lastUpdate") or 0)
        when = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(updated)) if updated else ""
        # A stack's last update and its number of resources; the list has no ETag.
        version = f"{updated}-{found.get('resourceCount', '')}" if updated else ""
        return StateRef(
            self.text, key, f"{self._base}/api/stacks/{key}", names[1], names[2], names[0], version, 0, when
        )

    def read(self, refs: Sequence[StateRef]) -> Iterator[bytes | Exception]:
        """Yield each stack's exported deployment."""
        for ref in refs:
            try:
                with self._get(f"/api/stacks/{ref.key}/export") as answer:
                    yield answer.read()
            except (StateError, OSError) as error:
                yield error if isinstance(error, StateError) else StateError("read", f"broke off: {error}")

    def open(self, ref: StateRef) -> IO[bytes]:
        """Fetch an exported deployment into a file, for reading piece by piece."""
        import shutil

        spooled: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        with self._get(f"/api/stacks/{ref.key}/export") as answer:
            shutil.copyfileobj(answer, spooled)
        spooled.seek(0)
        return spooled

    def _get(self, path: str) -> Any:
        """Ask, waiting as long as the service says when it is asked too often.

        Raises:
            StateError: an answer that no waiting changes.
        """
        request = urllib.request.Request(
            self._base + path,
            headers={
                "Authorization": f"token {os.environ.get(TOKEN, '')}",
                "Accept": "application/vnd.pulumi+8",
                "User-Agent": f"preflight/{VERSION}",
            },
        )
        last = ""
        for attempt in range(_TRIES):
            time.sleep(_PAUSE)
            try:
                return urllib.request.urlopen(request, timeout=120)
            except urllib.error.HTTPError as error:
                last = f"HTTP {error.code} {error.reason}"
                if error.code in (401, 403):
                    raise StateError("read", f"{last}: the token in {TOKEN} does not allow it") from error
                if error.code != 429 and error.code < 500:
                    raise StateError("read", last) from error
                wait = error.headers.get("Retry-After", "")
            except OSError as error:
                last, wait = str(error), ""
            if attempt + 1 < _TRIES:
                seconds = float(wait) if wait.isdigit() else min(0.5 * 2**attempt, 30)
                self._log(f"{self.text}: {last}; asking again in {seconds:g} s")
                time.sleep(seconds)
        raise StateError("read", f"{last}, after {_TRIES} attempts")
