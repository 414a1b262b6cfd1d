"""The attention panel: all heads as a wall, one of them large over the picture."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.style import colours
from explorer.style.theme import follow, theme
from explorer.ui.attention import math as attention_math
from explorer.ui.attention import rows
from explorer.ui.attention.head import HeadPane
from explorer.ui.attention.lines import TokenLines
from explorer.ui.attention.query import Query
from explorer.ui.attention.record import AttentionMaps
from explorer.ui.attention.wall import AttentionWall, Row
from explorer.ui.probing.panel import LookPanel
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.colour_scale import ColourScale
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.segmented import Segmented
from explorer.ui.widgets.text import rule

Array = np.ndarray[Any, np.dtype[Any]]

NOTHING = "Open a design with attention to see where its heads look."
_ORDERS = (("layer", "layer"), ("entropy", "entropy"))


class AttentionPanel(LookPanel):
    """Shows `AttentionMaps`; keeps mode, query, order and the chosen head."""

    def __init__(self) -> None:
        self._maps: AttentionMaps | None = None
        self._layer = self._head = self._depth = 0
        self._query = Query()
        modes = [("wall", "Wall"), ("matrix", "Matrix"), ("rollout", "Rollout"), ("lines", "Lines")]
        self._mode = Segmented("Show", modes)
        self._from = Segmented("Query", [("patch", "From one patch"), ("class", "From class token")])
        self._order = Choice("Order", _ORDERS, "Order: ")
        self._line = ElidedLabel.styled(tone="2")
        self._legend = ElidedLabel.styled(role="caption", tone="3")
        self._scale = ColourScale(colours.map_for("attention"), 56)
        self._wall, self._pane, self._lines = AttentionWall(), HeadPane(), TokenLines()
        super().__init__("Attention", (self._mode, self._from, self._order), self._make_body(), NOTHING)
        self._mode.chosen.connect(self._refill)
        self._order.chosen.connect(self._refill)
        self._from.chosen.connect(self._take_source)
        self._wall.picked.connect(self._choose)
        self._lines.picked.connect(self._pick_token)
        self._pane.pointed.connect(self._point)
        self._pane.picked.connect(self._pick)
        self._pane.query_picked.connect(self._pick_token)
        follow(self._space_body)

    def _make_body(self) -> QWidget:
        body = QWidget()
        self._head_row = QHBoxLayout()
        self._head_row.addWidget(self._line, 1)
        self._head_row.addWidget(self._scale)
        self._left = QVBoxLayout()
        self._left.addLayout(self._head_row)
        self._left.addWidget(self._legend)
        self._left.addWidget(self._wall, 1)
        self._left.addWidget(self._lines, 1)
        self._lines.hide()
        across = QHBoxLayout(body)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addLayout(self._left, 1)
        across.addWidget(rule("down"))
        across.addWidget(self._pane)
        return body

    # what is shown

    def show_maps(self, maps: AttentionMaps) -> None:
        """Show the weights for an input; query and head stay where they can."""
        before, self._maps = self._maps, maps
        is_new = before is None or [one.address for one in before.layers] != [
            one.address for one in maps.layers
        ]
        if is_new or before is None or before.grid != maps.grid:
            self._layer = self._head = 0
            self._depth = len(maps.layers) - 1
            self._query = Query(token=maps.tokens(0))  # of a text the last token asks first
            self._query.fit(maps, True)
            if not maps.asking(0):
                self._query.token = 0
            turned = (n for n, one in enumerate(maps.layers) if one.asking != one.asked)
            self._layer = next(turned, 0)
            if maps.asking(self._layer) != maps.asked(
                self._layer
            ):  # a translation is read from its beginning
                self._query.token = 0
        self._query.fit(maps, False)
        self._head = min(self._head, len(maps.layers[self._layer].weights) - 1)
        no_grid = "These tokens are no patches of a picture."
        no_class = None if maps.has_class_token() else "No class token stands before the patches."
        self._from.set_enabled("class", no_grid if maps.grid is None else no_class)
        self._from.setVisible(not maps.asking(0))
        self._from.set_enabled("patch", no_grid if maps.grid is None else None)
        self._mode.set_enabled("rollout", None if maps.rollouts else "The layers look at different tokens.")
        no_text = None if maps.asking(0) and maps.asked(0) else "These tokens are no words of a text."
        self._mode.set_enabled("lines", no_text)
        if (self._shows("rollout") and not maps.rollouts) or (self._shows("lines") and no_text):
            self._mode.set_value("wall")
        if is_new and no_text is None:
            self._mode.set_value("lines")
        grid = maps.grid
        distances = [attention_math.mean_distance(one.weights, grid) for one in maps.layers] if grid else []
        self._pane.set_distances(distances)
        self._pane.set_answers(maps.answers)
        self._refill()
        self.show_body()

    def choose_layer(self, layer: int) -> None:
        """Choose the first head of a layer, unless one of its heads is chosen."""
        if self._maps is not None and layer != self._layer and 0 <= layer < len(self._maps.layers):
            self._choose(layer, 0)

    def chosen(self) -> tuple[int, int]:
        """Return the chosen layer and head."""
        return self._layer, self._head

    def query(self) -> Query:
        """Return whose attention is looked at."""
        return self._query

    # the wall

    def _refill(self, _value: object = None) -> None:
        maps = self._maps
        if maps is None:
            return
        self._order.setEnabled(not self._shows("rollout"))
        self._order.setVisible(not self._shows("lines"))
        self._wall.setVisible(not self._shows("lines"))
        self._lines.setVisible(self._shows("lines"))
        self._from.set_value("class" if self._query.from_class else "patch")
        self._wall.set_wall(self._rows(maps), partial(self._picture, maps))
        self._wall.set_selected(*((self._depth, 0) if self._shows("rollout") else self.chosen()))
        self._write(maps)

    def _rows(self, maps: AttentionMaps) -> list[Row]:
        if self._shows("rollout"):
            # a square block where there is height for it, otherwise one row after the other
            is_low = self.height() < theme().px(420)
            across = 4 if is_low else max(2, math.ceil(math.sqrt(len(maps.layers))))
            return rows.of_rollouts(maps, self._query, across)
        if self._order.value() == "entropy":
            return rows.by_entropy(maps, self._query, self._is_matrices(maps))
        return rows.by_layer(maps, self._query, self._is_matrices(maps))

    def _shows(self, mode: str) -> bool:
        return self._mode.value() == mode

    def _is_matrices(self, maps: AttentionMaps) -> bool:
        return self._shows("matrix") or (maps.grid is None and self._shows("wall"))

    def _picture(self, maps: AttentionMaps, layer: int, head: int) -> Array:
        """Return a tile of the wall."""
        weights = maps.rollouts[layer] if self._shows("rollout") else maps.layers[layer].weights[head]
        if maps.grid is None or self._is_matrices(maps):
            return colours.rgb(weights, colours.map_for("activation"))
        row = weights[self._query.index(maps, layer)]
        return colours.overlay(maps.small_picture, attention_math.over_picture(row, maps.grid))

    # one head

    def _write(self, maps: AttentionMaps) -> None:
        index, name = self._query.index(maps, self._layer), colours.map_for("activation")
        weights, title = (
            maps.layers[self._layer].weights[self._head],
            f"Layer {self._layer}, head {self._head}",
        )
        if self._shows("rollout"):
            weights = maps.rollouts[self._depth]
            title = "Rollout of layer 0" if self._depth == 0 else f"Rollout of layers 0 to {self._depth}"
        if maps.grid is None:
            self._pane.show_alone(title, weights, index, "click a row", name)
        else:
            grid = attention_math.over_picture(weights[index], maps.grid)
            hint = "class token asks" if self._query.from_class else "move over the picture"
            hint = "pinned, click to free" if self._query.pinned and not self._query.from_class else hint
            picture = colours.overlay(maps.picture, grid)
            self._pane.show_over_picture(title, picture, grid, self._query.cell(maps), hint)
        asking, asked = maps.asking(self._layer), maps.asked(self._layer)
        self._lines.show_weights(weights, asking, asked, index)
        self._pane.set_tokens(asking, asked)
        self._pane.set_matrix(weights, index, name)
        self._pane.set_facts(rows.facts(maps, self._query, weights[index], index, self._layer))
        self._pane.set_chosen(self._layer, self._head)
        self._write_rollout(maps)
        self._write_line(maps)

    def _write_rollout(self, maps: AttentionMaps) -> None:
        if not maps.rollouts or maps.grid is None:
            self._pane.set_rollout("", None, "")
            return
        source = 0 if maps.has_class_token() else self._query.index(maps, 0)
        row = maps.rollouts[-1][source]
        picture = colours.overlay(maps.picture, attention_math.over_picture(row, maps.grid))
        title = "Rollout from class token" if maps.has_class_token() else "Rollout from this patch"
        self._pane.set_rollout(title, picture, f"All {len(maps.layers)} layers multiplied")

    def _write_line(self, maps: AttentionMaps) -> None:
        who = self._query.words(maps, self._layer)
        if self._shows("rollout"):
            line, number = f"What reaches {who}", "Layers multiplied, skips included. Number: entropy"
        elif self._shows("lines"):
            line, number = (
                f"Where {who} looks",
                "Above: looked at. Below: who looks. Weights below 0.06 have no line",
            )
        elif self._is_matrices(maps):
            line, number = "Queries down, keys across", "Number: mean entropy"
        else:
            line, number = f"Where {who} looks", "Number: entropy"
        self._line.setText(line)
        one = "patch" if maps.grid is not None else "token"
        self._legend.setText(
            number if self._shows("lines") else f"{number}, 0 for one {one}, 1 for all alike"
        )
        self._scale.setVisible(not self._shows("lines"))
        over = maps.grid is not None and not self._is_matrices(maps)
        name = colours.map_for("attention" if over else "activation")
        self._scale.set_scale(name, "0", "largest")
        self._scale.setToolTip("Weight, on its own scale for each head.")

    # intents of the widgets

    def _choose(self, layer: int, head: int) -> None:
        if self._shows("rollout"):
            self._depth = layer
        else:
            self._layer, self._head = layer, head
        if self._maps is not None:
            self._wall.set_selected(layer, head)
            self._write(self._maps)

    def _take_source(self, value: str) -> None:
        self._query.from_class = value == "class"
        self._refill()

    def _point(self, row: int, column: int) -> None:
        if self._query.point((row, column)):
            self._refill()

    def _pick(self, row: int, column: int) -> None:
        self._query.pick((row, column))
        self._refill()

    def _pick_token(self, token: int) -> None:
        if self._maps is not None:
            self._query.pick_token(token, self._maps)
            self._refill()

    # room

    def _space_body(self) -> None:
        px = theme().px
        self._left.setContentsMargins(px(14), px(8), px(8), px(4))
        self._left.setSpacing(px(6))
        self._head_row.setSpacing(px(10))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the chosen head more room in a large panel."""
        super().resizeEvent(event)
        px = theme().px
        self._pane.set_tall(self.width() >= px(1000) and self.height() >= px(420))
        self._legend.setVisible(self.height() >= px(320))
        if self._shows("rollout"):
            self._refill()
