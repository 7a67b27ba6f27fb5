"""Properties, values and resource types, spelled as a program's language has them.

Texts of rules mark them once, in backticks and in the schema's spelling: a property or option (`` `multiAz` ``,
`` `dependsOn` ``), an assignment (`` `multiAz=true` ``), a value (`` `true` ``), a resource type
(`` `aws.ec2.Eip` ``). What else stands in backticks (a command, an ARN, an action) is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

from preflight.documents import names


class Language(Enum):
    """The language of a program; the values are Pulumi's names of runtimes."""

    PYTHON = "python"
    NODEJS = "nodejs"
    YAML = "yaml"
    GO = "go"
    DOTNET = "dotnet"
    JAVA = "java"
    UNKNOWN = ""

    @staticmethod
    def of(runtime: str | None) -> Language:
        """Return the language of a runtime that Pulumi.yaml names; UNKNOWN, which spells as the schema, for others."""
        return _RUNTIMES.get((runtime or "").lower(), Language.UNKNOWN)


_RUNTIMES: Final = {language.value: language for language in Language} | {"bun": Language.NODEJS}
_PASCAL: Final = (Language.GO, Language.DOTNET)

MARK: Final = re.compile(r"`([^`\n]+)`")
_STEP: Final = r"[a-z][A-Za-z0-9]*(?:\[(?:\d+|\*)\])*"
PATH: Final = re.compile(rf"{_STEP}(?:\.{_STEP})*")
ASSIGNMENT: Final = re.compile(rf"(?P<path>{_STEP}(?:\.{_STEP})*)=(?P<value>.+)")
_TYPE: Final = re.compile(r"aws\.(?P<module>[a-z0-9]+)\.(?P<name>[A-Z][A-Za-z0-9]*)")
WORDS: Final = {"true", "false", "null"}
_PYTHON_WORDS: Final = {"true": "True", "false": "False", "null": "None"}

FREE_KEYS: Final = frozenset({"tags", "tagsAll", "variables", "defaultTags"})
"""Properties whose keys are the program's own words, which no language spells differently."""


def render(text: str, language: Language) -> str:
    """Return a text with everything that is marked in it spelled for a language; the backticks stay."""
    if "`" not in text:
        return text
    return MARK.sub(lambda found: f"`{_spelled(found[1], language)}`", text)


def property_path(path: str, language: Language) -> str:
    """Return a property path in a language: ``rules[0].fromPort`` is ``rules[0].from_port`` in Python."""
    if language in (Language.UNKNOWN, Language.NODEJS, Language.YAML, Language.JAVA):
        return path
    steps = path.split(".")
    for index, step in enumerate(steps):
        steps[index] = _step(step, language)
        if step.partition("[")[0] in FREE_KEYS:
            break
    return ".".join(steps)


def value(text: str, language: Language) -> str:
    """Return a literal in a language: ``true`` is ``True`` in Python, ``pulumi.Bool(true)`` in Go."""
    if language is Language.PYTHON:
        return _PYTHON_WORDS.get(text, text)
    if language is Language.GO:
        if text in ("true", "false"):
            return f"pulumi.Bool({text})"
        if text.lstrip("-").isdigit():
            return f"pulumi.Int({text})"
        if text.startswith('"'):
            return f"pulumi.String({text})"
    return text


def resource_type(module: str, name: str, language: Language) -> str:
    """Return a resource's class or type in a language: ``ec2``, ``Eip`` is ``aws.ec2.Eip``, ``aws:ec2:Eip`` in YAML."""
    if language is Language.YAML:
        return f"aws:{module}:{name}"
    if language is Language.GO:
        return f"{module}.{name}"
    if language is Language.DOTNET:
        return f"Aws.{module[:1].upper()}{module[1:]}.{name}"
    return f"aws.{module}.{name}"


def _spelled(mark: str, language: Language) -> str:
    if mark in WORDS:
        return _PYTHON_WORDS[mark] if language is Language.PYTHON else mark
    if PATH.fullmatch(mark):
        return property_path(mark, language)
    kind = _TYPE.fullmatch(mark)
    if kind:
        return resource_type(kind["module"], kind["name"], language)
    assignment = ASSIGNMENT.fullmatch(mark)
    if assignment:
        shown = property_path(assignment["path"], language)
        return _ASSIGNED.get(language, "{0}: {1}").format(shown, value(assignment["value"], language))
    return mark


_ASSIGNED: Final[Mapping[Language, str]] = {
    Language.PYTHON: "{0}={1}",
    Language.DOTNET: "{0} = {1}",
    Language.JAVA: "{0}({1})",
}


def _step(step: str, language: Language) -> str:
    name, bracket, index = step.partition("[")
    spelled = f"{name[:1].upper()}{name[1:]}" if language in _PASCAL else names.snake(name)
    return f"{spelled}{bracket}{index}"
