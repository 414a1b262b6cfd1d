"""Whose attention is looked at: a patch that follows the mouse until it is pinned, or the class token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.ui.attention import math
from explorer.ui.attention.record import AttentionMaps


@dataclass
class Query:
    """View state of the panel.

    Attributes:
        patch: row and column of the query patch. token: of a sequence without patches.
        from_class: whether the class token asks instead. pinned: whether the mouse moves the patch.

    """

    patch: tuple[int, int] = (0, 0)
    token: int = 0
    from_class: bool = False
    pinned: bool = False

    def fit(self, maps: AttentionMaps, is_new: bool) -> None:
        """Stay within another input's tokens; a new design starts in the middle of the picture."""
        grid, tokens = maps.grid, maps.tokens(0)
        self.token = min(self.token, tokens - 1)
        self.from_class = self.from_class and maps.has_class_token()
        if grid is None:
            return
        row, column = (grid[0] // 2, grid[1] // 2) if is_new else self.patch
        self.patch = min(row, grid[0] - 1), min(column, grid[1] - 1)

    def index(self, maps: AttentionMaps, layer: int) -> int:
        """Return the row of the weights that is meant."""
        tokens = maps.tokens(layer)
        if maps.grid is None:
            return min(self.token, tokens - 1)
        return 0 if self.from_class else math.token_of(self.patch, tokens, maps.grid)

    def cell(self, maps: AttentionMaps) -> tuple[int, int] | None:
        """Return the patch to outline, None when the class token asks."""
        return None if self.from_class or maps.grid is None else self.patch

    def point(self, cell: tuple[int, int]) -> bool:
        """Follow the mouse; returns whether that changed anything."""
        if self.pinned or self.from_class or cell == self.patch:
            return False
        self.patch = cell
        return True

    def pick(self, cell: tuple[int, int]) -> None:
        """Pin a patch, or free the one that was pinned."""
        self.pinned = not (self.pinned and cell == self.patch and not self.from_class)
        self.patch, self.from_class = cell, False

    def pick_token(self, token: int, maps: AttentionMaps) -> None:
        """Take a row of the matrix."""
        if maps.grid is None:
            self.token = token
            return
        cell = math.cell_of(token, maps.tokens(0), maps.grid)
        self.from_class = cell is None
        if cell is not None:
            self.patch, self.pinned = cell, True

    def words(self, maps: AttentionMaps, layer: int = 0) -> str:
        """Return the query in words: `the patch in row 3, column 3`."""
        if maps.grid is None:
            return named(maps.asking(layer), self.index(maps, layer))
        if self.from_class:
            return "the class token"
        return f"the patch in row {self.patch[0]}, column {self.patch[1]}"


def named(tokens: Sequence[str], number: int) -> str:
    """Return a token in words: `“cat”, token 3`, or its number alone where nothing is known of it."""
    return f"“{tokens[number]}”, token {number}" if number < len(tokens) else f"token {number}"
