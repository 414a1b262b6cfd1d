"""A figure of a design as a file: png, svg or pdf."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter

from explorer.bounds import PICTURE_NODES, PICTURE_WIRES
from explorer.figures.networks import boxes, svg, volumes
from explorer.figures.networks.orientation import Direction
from explorer.figures.networks.paint import paint
from explorer.figures.networks.problem import PictureProblem
from explorer.figures.networks.shapes import Figure
from explorer.figures.picture_bytes import as_png, opened_buffer, write_whole
from explorer.graph.flow import Flow
from explorer.graph.model import Graph
from explorer.style.tokens import Palette

FigureStyle = Literal["boxes", "volumes"]
SHARP = 2.0
"""Pixels of a png for each unit, unless its width is given."""
MOST_PIXELS = 64_000_000


def figure_of(
    flow: Flow, name: str, style: FigureStyle, direction: Direction = "right", depth: int | None = None
) -> Figure:
    """Return the figure of a design in a style.

    Raises:
        PictureProblem: nothing to draw, shapes that volumes need are not known, or far too much to draw.

    """
    if not flow.nodes:
        raise PictureProblem("There is nothing to draw: the design has no blocks yet, or they form a circle.")
    refuse_crowd(flow.graph)
    if style == "boxes":
        return boxes.figure(flow, name, direction=direction, depth=depth)
    if any(tensor is None for node in flow.nodes.values() for tensor in node.outputs.values()):
        problem = (flow.faults or flow.problems)[0]
        raise PictureProblem(
            f"Volumes are drawn to scale and need every shape. {problem.message} "
            "Repair that first, or take the style boxes."
        )
    return volumes.figure(flow, name, direction=direction)


def refuse_crowd(graph: Graph) -> None:
    """Raise `PictureProblem` for a level with more on it than a picture can show."""
    if len(graph) > PICTURE_NODES:
        raise PictureProblem(
            f"A picture shows at most {PICTURE_NODES:,} blocks, not {len(graph):,}; put them into groups."
        )
    if (wires := sum(len(graph.into(node_id)) for node_id in graph)) > PICTURE_WIRES:
        raise PictureProblem(
            f"A picture shows at most {PICTURE_WIRES:,} wires, not {wires:,}; put blocks into groups first."
        )


def write(figure: Figure, file: str, palette: Palette, *, width: int | None = None) -> None:
    """Write a figure; the ending of the file says the format.

    Args:
        figure: what to write. file: where. palette: its colours.
        width: of a png in pixels; by default two for each unit.

    Raises:
        PictureProblem: a png of too many pixels, or a file that cannot be written.

    """
    suffix = Path(file).suffix.lower()
    if suffix == ".svg":
        write_whole(file, svg.written(figure, palette).encode())
    elif suffix == ".pdf":
        write_whole(file, _as_pdf(figure, palette))
    else:
        write_whole(file, _as_png(figure, palette, width))


def _as_png(figure: Figure, palette: Palette, width: int | None) -> bytes:
    scale = SHARP if width is None else width / figure.width
    size = max(1, round(figure.width * scale)), max(1, round(figure.height * scale))
    if size[0] * size[1] > MOST_PIXELS:
        raise PictureProblem(
            f"The picture would be {size[0]:,}×{size[1]:,} pixels. Write an .svg, or give a smaller width."
        )
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    painter.scale(size[0] / figure.width, size[1] / figure.height)
    paint(painter, figure, palette)
    painter.end()
    return as_png(image)


def _as_pdf(figure: Figure, palette: Palette) -> bytes:
    buffer = opened_buffer()
    writer = QPdfWriter(buffer)
    writer.setTitle(figure.title)
    writer.setPageSize(QPageSize(QSizeF(figure.width, figure.height), QPageSize.Unit.Point))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    painter.scale(writer.width() / figure.width, writer.height() / figure.height)
    paint(painter, figure, palette)
    painter.end()
    return bytes(buffer.data().data())
