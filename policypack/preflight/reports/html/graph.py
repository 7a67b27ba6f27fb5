"""The stack's graph, laid out: boxes inside the boxes of their component, VPC and subnet, in the order of waiting.

Inside each box, children stand in columns: what waits for another stands to the right of it. Columns and the edges
that say nothing new (a → c beside a → b → c) come from rustworkx.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Final

import rustworkx

from preflight.preview.state.graph import ROOT_TYPE, is_provider_type
from preflight.reports.model import SEVERITIES, Finding, Node

WIDTH: Final = 172.0
HEIGHT: Final = 38.0
GAP: Final = 14.0
COLUMN_GAP: Final = 46.0
PAD: Final = 14.0
TITLE: Final = 24.0
_LEAST: Final = 1100.0
_RATIO: Final = 1.7
"""Of the whole picture, width to height."""
_INSIDE: Final = ("subnetId", "vpcId")
"""The properties that put a resource into another one's box, the narrower first."""


@dataclass
class Box:
    """A node's rectangle; ``inside`` are the boxes that it holds."""

    node: Node
    index: int
    findings: Sequence[Finding]
    inside: list[Box] = field(default_factory=list)
    depth: int = 0
    x: float = 0.0
    y: float = 0.0
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def severity(self) -> str:
        """The gravest severity of its findings that count, empty when there are none."""
        found = {item.severity for item in self.findings if item.exemption is None and not item.known}
        return next((severity for severity in SEVERITIES if severity in found), "low" if found else "")

    @property
    def kind(self) -> str:
        """The service, or ``component``."""
        if not self.node.custom:
            return "component"
        return self.node.type.split(":")[1].partition("/")[0] if ":" in self.node.type else self.node.type

    @property
    def title(self) -> str:
        """What stands above what it holds, as long as it fits."""
        return shortened(f"{self.node.name} · {self.short_type}", int((self.width - 16) / 7.8))

    @property
    def short_type(self) -> str:
        """The type as programs write it: ``s3.Bucket``."""
        last = self.node.type.rpartition(":")[2]
        return f"{self.kind}.{last}" if self.node.custom else last


@dataclass(frozen=True)
class Edge:
    """A resource that waits for another (``source`` for ``target``'s sake); ``label`` are the properties that refer."""

    source: int
    target: int
    label: str
    needed: bool
    """False where other edges say the same."""
    path: str


@dataclass(frozen=True)
class Picture:
    """Everything to draw, outer boxes before what they hold."""

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    width: float
    height: float


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters; the middle goes, since ends tell names apart."""
    if len(text) <= most:
        return text
    tail = most // 2 - 1
    return f"{text[: most - tail - 1]}…{text[-tail:]}"


def picture(nodes: Sequence[Node], findings: Mapping[str, Sequence[Finding]]) -> Picture:
    """Lay out a stack's resources; its root and providers are left out."""
    shown = [node for node in nodes if node.type != ROOT_TYPE and not is_provider_type(node.type)]
    boxes = {node.urn: Box(node, -1, findings.get(node.urn, ())) for node in shown}
    holders = {urn: _holder(box.node, boxes) for urn, box in boxes.items()}
    _break_circles(holders)
    top: list[Box] = []
    for urn, box in boxes.items():
        holder = holders[urn]
        (boxes[holder].inside if holder else top).append(box)
    waits = {urn: [found for found in _waits(box.node, boxes) if found != urn] for urn, box in boxes.items()}
    chains = {urn: _chain(urn, holders) for urn in boxes}
    width, height = _arrange(top, "", waits, chains)
    ordered: list[Box] = []
    _place(top, PAD, PAD, 0, ordered)
    for index, box in enumerate(ordered):
        box.index = index
    edges = _edges(boxes, waits, chains)
    return Picture(tuple(ordered), tuple(edges), width + 2 * PAD, height + 2 * PAD)


def _holder(node: Node, boxes: Mapping[str, Box]) -> str:
    """The URN of the box that a node is drawn in: its subnet or VPC of the same component, else its component."""
    for name in _INSIDE:
        targets = node.refers_to.get(name, ())
        if len(targets) == 1 and targets[0] in boxes and boxes[targets[0]].node.parent == node.parent:
            return targets[0]
    return node.parent if node.parent in boxes else ""


def _break_circles(holders: dict[str, str]) -> None:
    for start in list(holders):
        seen = {start}
        urn = holders[start]
        while urn:
            if urn in seen:
                holders[start] = ""
                break
            seen.add(urn)
            urn = holders[urn]


def _waits(node: Node, boxes: Mapping[str, Box]) -> list[str]:
    urns = [*node.waits_for, *(urn for targets in node.refers_to.values() for urn in targets)]
    return [urn for urn in dict.fromkeys(urns) if urn in boxes]


def _chain(urn: str, holders: Mapping[str, str]) -> list[str]:
    """A box and those around it, from the outermost; the outside, "", comes first."""
    chain = [urn]
    while holders[chain[-1]]:
        chain.append(holders[chain[-1]])
    return ["", *reversed(chain)]


def _arrange(
    boxes: list[Box], holder: str, waits: Mapping[str, list[str]], chains: Mapping[str, list[str]]
) -> tuple[float, float]:
    """Give the boxes inside one box their places, relative to it, and return the room that they need."""
    if not boxes:
        return 0.0, 0.0
    for box in boxes:
        if box.inside:
            width, height = _arrange(box.inside, box.node.urn, waits, chains)
            box.width, box.height = max(WIDTH, width + 2 * PAD), height + TITLE + PAD
    graph = _between(boxes, holder, waits, chains)
    rank: dict[int, float] = {}
    columns: list[tuple[list[int], float, float]] = []
    for column in _columns(graph):
        column.sort(key=lambda index: (_middle(graph, index, rank), boxes[index].node.type, boxes[index].node.name))
        x = bottom = 0.0
        for part in _wrapped(column, boxes):
            y = 0.0
            for index in part:
                box = boxes[index]
                box.x, box.y = x, y
                rank[index] = y + box.height / 2
                y += box.height + GAP
            bottom = max(bottom, y - GAP)
            x += max(boxes[index].width for index in part) + GAP
        columns.append((column, x - GAP, bottom))
    return _shelved(columns, boxes, fold=not holder)


def _shelved(
    columns: Sequence[tuple[list[int], float, float]], boxes: Sequence[Box], *, fold: bool
) -> tuple[float, float]:
    """Put columns (their boxes, width, height) side by side, or on several shelves, and return the room they need."""
    area = sum((width + COLUMN_GAP) * (height + 2 * COLUMN_GAP) for _, width, height in columns)
    limit = max(sqrt(_RATIO * area), *(width for _, width, _ in columns), _LEAST) if fold else float("inf")
    x = y = high = wide = 0.0
    for column, width, height in columns:
        if x and x + width > limit:
            x, y, high = 0.0, y + high + 2 * COLUMN_GAP, 0.0
        for index in column:
            boxes[index].x += x
            boxes[index].y += y
        x += width + COLUMN_GAP
        high, wide = max(high, height), max(wide, x - COLUMN_GAP)
    return wide, y + high


def _between(
    boxes: Sequence[Box], holder: str, waits: Mapping[str, list[str]], chains: Mapping[str, list[str]]
) -> rustworkx.PyDiGraph[int, None]:
    """The graph of what the boxes wait for, each standing for all that it holds."""
    numbers = {box.node.urn: index for index, box in enumerate(boxes)}
    graph: rustworkx.PyDiGraph[int, None] = rustworkx.PyDiGraph(multigraph=False)
    graph.add_nodes_from(range(len(boxes)))
    level = len(chains[holder]) if holder else 1
    stack = list(boxes)
    while stack:
        box = stack.pop()
        stack.extend(box.inside)
        own = numbers[chains[box.node.urn][level]]
        for urn in waits[box.node.urn]:
            chain = chains[urn]
            other = numbers.get(chain[level]) if len(chain) > level else None
            if other is not None and other != own:
                graph.add_edge(other, own, None)
    return graph


def _columns(graph: rustworkx.PyDiGraph[int, None]) -> list[list[int]]:
    """Indices by how long they wait; those that wait for each other in a circle share a column."""
    circles = rustworkx.strongly_connected_components(graph)
    of = {index: number for number, members in enumerate(circles) for index in members}
    condensed: rustworkx.PyDiGraph[int, None] = rustworkx.PyDiGraph(multigraph=False)
    condensed.add_nodes_from(range(len(circles)))
    for source, target in graph.edge_list():
        if of[source] != of[target]:
            condensed.add_edge(of[source], of[target], None)
    generations = rustworkx.topological_generations(condensed)
    return [[index for number in generation for index in circles[number]] for generation in generations]


def _middle(graph: rustworkx.PyDiGraph[int, None], index: int, rank: Mapping[int, float]) -> float:
    before = [rank[other] for other in graph.predecessor_indices(index) if other in rank]
    return sum(before) / len(before) if before else 0.0


def _wrapped(column: Sequence[int], boxes: Sequence[Box]) -> list[list[int]]:
    """A column in parts, so that a box does not become a tower."""
    area = sum((boxes[index].height + GAP) * (boxes[index].width + GAP) for index in column)
    most = max(1.15 * sqrt(area), 8 * (HEIGHT + GAP), max(boxes[index].height for index in column))
    parts: list[list[int]] = [[]]
    used = 0.0
    for index in column:
        if parts[-1] and used + boxes[index].height > most:
            parts.append([])
            used = 0.0
        parts[-1].append(index)
        used += boxes[index].height + GAP
    return parts


def _place(boxes: Sequence[Box], x: float, y: float, depth: int, ordered: list[Box]) -> None:
    for box in boxes:
        box.x, box.y, box.depth = x + box.x, y + box.y, depth
        ordered.append(box)
        _place(box.inside, box.x + PAD, box.y + TITLE, depth + 1, ordered)


def _edges(boxes: Mapping[str, Box], waits: Mapping[str, list[str]], chains: Mapping[str, list[str]]) -> list[Edge]:
    pairs = [
        (urn, target)
        for urn, targets in waits.items()
        for target in targets
        if target not in chains[urn] and urn not in chains[target]
    ]
    needed = _needed(boxes, pairs)
    edges = []
    for urn, target in pairs:
        source, aim = boxes[target], boxes[urn]
        label = ", ".join(name for name, urns in aim.node.refers_to.items() if target in urns)
        edges.append(Edge(source.index, aim.index, label, (urn, target) in needed, _path(source, aim)))
    return edges


def _needed(boxes: Mapping[str, Box], pairs: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    urns = list(boxes)
    numbers = {urn: index for index, urn in enumerate(urns)}
    graph: rustworkx.PyDiGraph[int, None] = rustworkx.PyDiGraph(multigraph=False)
    graph.add_nodes_from(range(len(urns)))
    graph.add_edges_from_no_data([(numbers[urn], numbers[target]) for urn, target in pairs])
    if not rustworkx.is_directed_acyclic_graph(graph):
        return set(pairs)
    reduced, mapping = rustworkx.transitive_reduction(graph)
    back = {new: old for old, new in mapping.items()}
    return {(urns[back[a]], urns[back[b]]) for a, b in reduced.edge_list()}


def _path(source: Box, target: Box) -> str:
    """A curve from the right side of what is waited for to the left side of what waits."""
    y1 = source.y + (TITLE / 2 if source.inside else source.height / 2)
    y2 = target.y + (TITLE / 2 if target.inside else target.height / 2)
    x1, x2 = source.x + source.width, target.x
    bend = max(24.0, abs(x2 - x1) / 2) if x2 >= x1 else 60.0
    return f"M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
