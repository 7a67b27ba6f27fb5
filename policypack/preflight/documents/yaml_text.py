"""YAML read within bounds: no cycles, no aliases that expand without end, no key twice, every fault with its place.

A few hundred bytes of aliases stand for more values than any memory holds (the "billion laughs"), and an anchor may
hold itself. Whoever walks over what a YAML reader returns meets both, so they are refused here, for every file.
"""

from __future__ import annotations

from typing import Any, Final

import yaml

MAX_CHARACTERS: Final = 4_000_000
MAX_VALUES: Final = 200_000
"""Values of a document, each as often as aliases repeat it."""
MAX_DEPTH: Final = 100


class YamlError(ValueError):
    """A text that can't be read; ``line`` and ``column`` count from one, and are 0 where nothing more can be told."""

    def __init__(self, problem: str, line: int = 0, column: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line
        self.column = column


def load(text: str, loader: Any, *, unique: bool = True) -> tuple[Any, yaml.Node | None]:
    """Return the value of a YAML document, and its nodes, which know their places.

    Args:
        text: the document.
        loader: a loader class of PyYAML, a safe one.
        unique: whether a key that is there twice is refused.

    Raises:
        YamlError: it is no YAML, or is larger than any file that people write.
    """
    if len(text) > MAX_CHARACTERS:
        raise YamlError(f"it has {len(text)} characters, more than the {MAX_CHARACTERS} that are read")
    try:
        reader = loader(text)
        try:
            node: yaml.Node | None = reader.get_single_node()
            if node is None:
                return None, None
            _Walk(unique=unique).check(node, (), 0)
            return reader.construct_document(node), node
        finally:
            reader.dispose()
    except YamlError:
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "syntax error"
        raise (YamlError(problem, mark.line + 1, mark.column + 1) if mark else YamlError(problem)) from error
    except RecursionError as error:
        raise YamlError(f"it is nested deeper than {MAX_DEPTH} levels") from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise YamlError(str(error)) from error


class _Walk:
    def __init__(self, *, unique: bool) -> None:
        self._unique = unique
        self._count = 0

    def check(self, node: yaml.Node, above: tuple[int, ...], depth: int) -> None:
        """Raise where a node holds itself, holds too much, or has a key twice."""
        self._count += 1
        if self._count > MAX_VALUES:
            raise _at(node, f"it holds more than {MAX_VALUES} values, aliases counted as often as they stand")
        if id(node) in above:
            raise _at(node, "an anchor holds itself")
        if depth > MAX_DEPTH:
            raise _at(node, f"it is nested deeper than {MAX_DEPTH} levels")
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
                if self._unique and name and name in seen:
                    raise _at(key, f"duplicate key '{name}'; keep one")
                seen.add(name)
                self.check(key, (*above, id(node)), depth + 1)
                self.check(value, (*above, id(node)), depth + 1)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self.check(item, (*above, id(node)), depth + 1)


def _at(node: yaml.Node, problem: str) -> YamlError:
    return YamlError(problem, node.start_mark.line + 1, node.start_mark.column + 1)
