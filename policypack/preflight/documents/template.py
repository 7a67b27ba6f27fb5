"""CloudFormation templates as text: what has to be granted, given and uploaded before a stack can be made from one.

Sources: "Acknowledging IAM resources in CloudFormation templates", "CreateStack" (Capabilities), "Template sections",
    AWS CloudFormation user guide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import jsontext

_MAX_BYTES = 1024 * 1024
_IAM = frozenset(
    f"AWS::IAM::{name}"
    for name in (
        "AccessKey",
        "Group",
        "GroupPolicy",
        "InstanceProfile",
        "ManagedPolicy",
        "Policy",
        "Role",
        "RolePolicy",
        "User",
        "UserPolicy",
        "UserToGroupAddition",
    )
)
_NAME_PROPERTIES = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}


@dataclass(frozen=True)
class Template:
    """What a template asks for; tuples hold logical ids in the order of the text.

    Attributes:
        error: why the text is no template; everything else is empty then.
        iam: resources that need CAPABILITY_IAM (or CAPABILITY_NAMED_IAM).
        named_iam: those of them that have a name of their own, and so need CAPABILITY_NAMED_IAM.
        auto_expand: the macros for which CAPABILITY_AUTO_EXPAND is needed, ``AWS::Include`` and its like among them.
        nested: nested stacks to their TemplateURL; ``None`` where it is computed.
        required_parameters: parameters without a default.
    """

    error: str | None = None
    iam: tuple[str, ...] = ()
    named_iam: tuple[str, ...] = ()
    auto_expand: tuple[str, ...] = ()
    nested: Mapping[str, str | None] = field(default_factory=dict)
    required_parameters: tuple[str, ...] = ()


def parse(text: str) -> Template:
    """Read a known template in JSON or YAML, CloudFormation's short tags (``!Ref``, ``!Sub``…) included. Never
    raises.
    """
    if len(text) > _MAX_BYTES:
        return Template(error=f"the template has {len(text)} characters, CloudFormation takes 1 MB at most")
    value, error = _load(text)
    if error is not None:
        return Template(error=error)
    if not isinstance(value, Mapping):
        return Template(error="the template is not an object")
    resources = _entries(value.get("Resources"))
    if not resources:
        return Template(error="the template has no Resources")
    iam = [name for name, entry in resources.items() if entry.get("Type") in _IAM]
    return Template(
        iam=tuple(iam),
        named_iam=tuple(name for name in iam if _has_name(resources[name])),
        auto_expand=tuple(_macros(value)),
        nested={
            name: _url(entry) for name, entry in resources.items() if entry.get("Type") == "AWS::CloudFormation::Stack"
        },
        required_parameters=tuple(
            name for name, entry in _entries(value.get("Parameters")).items() if "Default" not in entry
        ),
    )


def missing_capabilities(template: Template, granted: Iterable[str]) -> list[tuple[str, str]]:
    """List the capabilities that a stack needs and does not have, each with the reason."""
    has = frozenset(granted)
    found = []
    if template.named_iam and "CAPABILITY_NAMED_IAM" not in has:
        found.append(
            ("CAPABILITY_NAMED_IAM", f"{', '.join(template.named_iam)} is an IAM resource with a name of its own")
        )
    elif template.iam and not has & {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"}:
        found.append(("CAPABILITY_IAM", f"{', '.join(template.iam)} is an IAM resource"))
    if template.auto_expand and "CAPABILITY_AUTO_EXPAND" not in has:
        found.append(("CAPABILITY_AUTO_EXPAND", f"the template uses the macro {', '.join(template.auto_expand)}"))
    return found


def _load(text: str) -> tuple[Any, str | None]:
    if text.lstrip()[:1] == "{":
        read = jsontext.parse(text)
        if read.error is None:
            return read.value, None
    import yaml  # only where a template is no JSON: it takes longer to import than most rules run

    from . import yaml_text

    try:
        # The base loader takes every scalar as text and ignores tags, short forms of functions among them.
        return yaml_text.load(text, yaml.BaseLoader, unique=False)[0], None
    except yaml_text.YamlError as error:
        place = f" (line {error.line}, column {error.column})" if error.line else ""
        return None, f"the template is neither JSON nor YAML: {error}{place}"


def _entries(section: object) -> dict[str, Mapping[str, Any]]:
    if not isinstance(section, Mapping):
        return {}
    return {str(name): entry for name, entry in section.items() if isinstance(entry, Mapping)}


def _properties(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    found = entry.get("Properties")
    return found if isinstance(found, Mapping) else {}


def _has_name(entry: Mapping[str, Any]) -> bool:
    name = _properties(entry).get(_NAME_PROPERTIES.get(str(entry.get("Type")), ""))
    return name is not None and name not in ("AWS::NoValue", {"Ref": "AWS::NoValue"})


def _url(entry: Mapping[str, Any]) -> str | None:
    url = _properties(entry).get("TemplateURL")
    return url if isinstance(url, str) and url.startswith(("http", "s3:")) and "${" not in url else None


def _macros(value: Mapping[str, Any]) -> list[str]:
    """The names of the macros at the top and inside of resources (``Fn::Transform``), each once."""
    found: dict[str, None] = {}
    top = value.get("Transform")
    for item in top if isinstance(top, list) else [top]:
        name = item.get("Name") if isinstance(item, Mapping) else item
        if isinstance(name, str):
            found[name] = None
    pending: list[Any] = [value.get("Resources")]
    seen: set[int] = set()
    while pending:
        item = pending.pop()
        # Aliases of YAML make one object appear in many places, or inside itself.
        if id(item) in seen:
            continue
        if isinstance(item, Mapping):
            seen.add(id(item))
            inner = item.get("Fn::Transform")
            if isinstance(inner, Mapping) and isinstance(inner.get("Name"), str):
                found[inner["Name"]] = None
            pending.extend(item.values())
        elif isinstance(item, list):
            seen.add(id(item))
            pending.extend(item)
    return list(found)
