"""Resource options: from a request to the form that transforms may change, and on to what the engine keeps."""

from __future__ import annotations

import re
from typing import Any, Final

from pulumi.runtime.proto import resource_pb2

from preflight.preview.state.errors import RefusedError
from preflight.preview.state.graph import Options

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_SECONDS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_HOOK_MOMENTS: Final = ("before_create", "after_create")


def transform_options(request: Any, provider: str) -> Any:
    """Build TransformResourceOptions from a RegisterResourceRequest, aliases in one list."""
    options = resource_pb2.TransformResourceOptions(
        depends_on=request.dependencies,
        ignore_changes=request.ignoreChanges,
        replace_on_changes=request.replaceOnChanges,
        version=request.version,
        aliases=request.aliases,
        provider=provider,
        plugin_download_url=request.pluginDownloadURL,
        deleted_with=request.deletedWith,
        additional_secret_outputs=request.additionalSecretOutputs,
        providers=request.providers,
        replace_with=request.replace_with,
        hide_diff=request.hideDiffs,
    )
    setattr(options, "import", request.importId)
    for urn in request.aliasURNs:
        options.aliases.add().urn = urn
    if request.HasField("protect"):
        options.protect = request.protect
    if request.HasField("retainOnDelete"):
        options.retain_on_delete = request.retainOnDelete
    if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace:
        options.delete_before_replace = request.deleteBeforeReplace
    if request.HasField("customTimeouts"):
        options.custom_timeouts.CopyFrom(request.customTimeouts)
    if request.HasField("hooks"):
        options.hooks.CopyFrom(request.hooks)
    if request.HasField("replacement_trigger"):
        options.replacement_trigger.CopyFrom(request.replacement_trigger)
    return options


def resource_options(options: Any) -> Options:
    """Read TransformResourceOptions.

    Raises:
        RefusedError: for a timeout that is no duration.
    """
    timeouts = {
        operation: seconds(getattr(options.custom_timeouts, operation))
        for operation in ("create", "update", "delete", "read")
        if getattr(options.custom_timeouts, operation, "")
    }
    return Options(
        protect=options.protect if options.HasField("protect") else None,
        ignore_changes=list(options.ignore_changes),
        delete_before_replace=options.delete_before_replace if options.HasField("delete_before_replace") else None,
        additional_secret_outputs=list(options.additional_secret_outputs),
        retain_on_delete=options.retain_on_delete if options.HasField("retain_on_delete") else None,
        deleted_with=options.deleted_with,
        timeouts=timeouts,
        import_id=getattr(options, "import"),
        hooks={moment: list(getattr(options.hooks, moment)) for moment in _HOOK_MOMENTS},
    )


def seconds(duration: str) -> float:
    """Return the seconds in a Go duration such as ``1h30m``.

    Raises:
        RefusedError: when it is none.
    """
    parts = _DURATION.findall(duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration:
        raise RefusedError(f"custom_timeouts: {duration!r} is not a duration; write for example '30m' or '1h30m'")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
