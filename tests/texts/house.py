"""The house style of what users read, as far as a test can tell; CONTRIBUTING.md shows it by example.

Every function returns what is wrong with a text, as short sentences; nothing when it is well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Final

from preflight.facts import schema
from preflight.judging import spelling

BANNED: Final = {
    r"\bmend(s|ed|ing)?\b": "fix",
    r"(?<!there )\b(is|are|be|being|was|were) no\b(?! (longer|more than|less than))": "is not a, has no",
    r"\btakes? (no|only|one of|none)\b": "accepts",
    r"\ba text\b|\btexts\b": "string",
    r"\bwhat stands\b|\bstands? before\b": "comes before",
    r"\b(is|are) there twice\b": "duplicate",
    r"\bthere where\b": "where",
    r"\bcan't bear\b": "doesn't support",
    r"\bwhat is meant\b": "name the thing",
    r"\bgive it\b(?! (a|an|the|another|one|two|its|more|at|up)\b)": "name the property to set",
    r"\bhe can\b|\bgets? at\b": "can access",
    r"\bas well as possible\b": "say it plainly",
    r"\bwhole number\b": "integer",
    r"\bnobody can reach\b": "unreachable",
    r"\bletters, digits, hyphens and underscores\b(?<!only letters, digits, hyphens and underscores)": "may contain only",
}
"""What reads translated → the idiom."""

_CODE: Final = re.compile(r"(?<![\w.(-])(?:\d{3}-\d{1,2}(?![\d-])|[LPT]\d(?!\w))")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|“[^”]*”|(?<!\w)'[^']*'(?!\w)|`[^`]*`|\([^()]*\"[^()]*\)")
_CAMEL: Final = re.compile(r"(?<![\w./:@$-])[a-z]+[A-Z]\w*")
_SNAKE: Final = re.compile(r"(?<![\w./:@$-])[a-z]+(?:_[a-z0-9]+)+\b(?!\.)")
_PYTHON: Final = re.compile(r"(?<![\w`])(True|False|None)(?!\w)|\baws\.\w+\.\w+\(|\bpulumi\.ResourceOptions\b|\bopts=")
_UNIT: Final = {"vCPU", "kB", "eBPF", "iSCSI", "vCPUs", "macOS", "iOS", "gRPC", "dSYM", "mTLS", "fcntl"}

OPTIONS: Final = frozenset(
    [
        "dependsOn",
        "ignoreChanges",
        "deleteBeforeReplace",
        "parent",
        "provider",
        "providers",
        "protect",
        "aliases",
        "customTimeouts",
        "additionalSecretOutputs",
        "retainOnDelete",
        "replaceOnChanges",
        "deletedWith",
        "import",
        "version",
        "create",
        "update",
        "delete",
    ]
)


def message(text: str) -> Iterator[str]:
    """What is wrong with a finding's message: lower case at the start, no full stop at the end."""
    if not text.strip():
        yield "it is empty"
        return
    words = text.split()
    word = words[0].strip("'\",;:()")
    if re.match(r"[A-Z][a-z]+$", word) and word not in _NAMES and " ".join(words[:2]) not in _NAMES_OF_TWO:
        yield f"starts with a capital: {word!r} (a proper name? add it to _NAMES)"
    if re.search(r"(?<!\.)\.$", text.rstrip()):
        yield "ends with a full stop"
    yield from plain(text)


def sentence(text: str) -> Iterator[str]:
    """What is wrong with a title, a why or a fix: sentences, from a capital to a full stop."""
    start = text.lstrip("`'\"“([")
    if start[:1].islower() and not spelling.MARK.match(text) and text[:1] not in "\"'“":
        yield f"starts in lower case: {text[:30]!r}"
    if not re.search(r"[.!?:](?:[\"'”)`]*)$", text.rstrip()):
        yield f"does not end with a full stop: {text[-30:]!r}"
    yield from plain(text)


def plain(text: str) -> Iterator[str]:
    """What is wrong with any text: banned words, codes, unmarked or unknown properties, forms of one language."""
    for pattern, instead in BANNED.items():
        found = re.search(pattern, _QUOTED.sub("''", text), re.IGNORECASE)
        if found:
            yield f"says {found[0]!r}; rather: {instead}"
    bare = _QUOTED.sub(" ", text)
    code = _CODE.search(bare)
    if code:
        yield f"has the code {code[0]!r}; name the thing"
    for shape, what in ((_CAMEL, "a property"), (_SNAKE, "a Python name"), (_PYTHON, "a Python form")):
        for found in shape.finditer(bare):
            if found[0] not in _UNIT:
                yield f"has {what} that is not marked: {found[0]!r} (mark it in camelCase: `multiAz`, `multiAz=true`)"
    for found in spelling.MARK.finditer(text):
        yield from _mark(found[1])


def _mark(mark: str) -> Iterator[str]:
    if _SNAKE.fullmatch(mark.partition("=")[0]):
        yield f"marks `{mark}` in snake_case; write it in camelCase"
    assigned = spelling.ASSIGNMENT.fullmatch(mark)
    path = assigned["path"] if assigned else mark
    if mark in spelling.WORDS or not spelling.PATH.fullmatch(path):
        return
    for step in re.sub(r"\[[^]]*\]", "", path).split("."):
        if step in spelling.FREE_KEYS:
            return
        if step not in property_names() and step not in OPTIONS:
            yield f"marks `{mark}`, but {step!r} is no property of pulumi-aws; put a value in double quotes"


def reflow(docstring: str) -> Iterator[str]:
    """Lines of a docstring that hold one word which had room on the line above."""
    lines = docstring.splitlines()
    for above, line in pairwise(lines):
        word = line.strip()
        had_room = word and above.strip() and len(above.rstrip()) + 1 + len(word) <= 111
        if had_room and " " not in word and not re.match(r"[-*|`:>]|\w+:$", word):
            yield f"the line {word!r} was cut off"


@cache
def property_names() -> frozenset[str]:
    """Every input and output name of every resource type, functions and objects inside included."""
    names: set[str] = set()
    seen: set[int] = set()

    def walk(properties: object) -> None:
        for name, found in getattr(properties, "items", dict)():
            names.add(name)
            kinds = [found.type]
            while kinds:
                kind = kinds.pop()
                kinds += [*kind.options, *([kind.of] if kind.of is not None else [])]
                made = kind.object
                if made is not None and id(made) not in seen:
                    seen.add(id(made))
                    walk(made.properties)

    for version in (6, 7):
        for token in schema.resource_tokens(version):
            resource = schema.resource(token, version)
            if resource is not None:
                walk(resource.inputs)
                walk(resource.outputs)
    return frozenset(names)


_NAMES: Final = frozenset(
    [
        "Action",
        "Principal",
        "Resource",
        "Statement",
        "Version",
        "Amazon",
        "Aurora",
        "Athena",
        "Bedrock",
        "Cognito",
        "Docker",
        "Fargate",
        "Firehose",
        "Glue",
        "Graviton",
        "Intel",
        "Kinesis",
        "Kubernetes",
        "Lambda",
        "Lightsail",
        "Linux",
        "Macie",
        "Neptune",
        "Nitro",
        "Oracle",
        "Organizations",
        "Pulumi",
        "Python",
        "Redis",
        "Redshift",
        "Valkey",
        "Windows",
        "Java",
        "Memcached",
        "Snowball",
        "Terraform",
        "Microsoft",
        "Postgres",
        "Ruby",
        "Go",
        "Rust",
        "Node",
        "Kafka",
        "Kerberos",
        "Multi",
        "Mongo",
    ]
)
"""Words that are a proper name, or an element of a policy document, by themselves: they keep their capital."""

_NAMES_OF_TWO: Final = frozenset(
    {"Secrets Manager", "Security Hub", "Step Functions", "Systems Manager", "Route 53", "Global Accelerator",
     "Container Insights", "Elastic Beanstalk", "Elastic IP", "Network Firewall", "Direct Connect", "Transit Gateway",
     "Performance Insights", "Enhanced Monitoring", "Certificate Manager", "Config rules", "Availability Zones",
     "Application Auto", "App Runner", "Directory Service", "Spot Instances", "Auto Scaling", "Block Public",
     "Object Lock", "Service Quotas", "Client VPN", "Verified Access", "Cloud Map", "Availability Zone"}
)  # fmt: skip
