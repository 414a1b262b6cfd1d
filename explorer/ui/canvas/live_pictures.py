"""What is seen of the live network on its nodes: maps, the sample, the answer, and how old they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from explorer import words
from explorer.figures.canvas.tiles import Array, Thumbnails
from explorer.ui.canvas.context import Context
from explorer.ui.canvas.scene import CanvasScene


class LivePictures:
    """Puts what the engine sends onto the canvas."""

    def __init__(self, context: Context, scene: CanvasScene) -> None:
        self._context, self._scene = context, scene

    def show_tiles(self, tiles: Mapping[str, Thumbnails]) -> None:
        """Show pictures of outputs by address; addresses that are missing keep theirs."""
        self._context.tiles.put(tiles)
        self._context.set_live(replace(self._context.live, totals=self._context.tiles.totals, stale=""))
        self._scene.refresh_pictures(tiles)

    def show_input(self, picture: Array | None, texts: Mapping[str, Sequence[str]] | None = None) -> None:
        """Show the sample on the inputs; `texts` are the tokens of those that read one, by name."""
        self._context.tiles.put_input(picture, texts)
        counts = {name: words.plural(len(row), "token") for name, row in (texts or {}).items()}
        self._context.set_live(replace(self._context.live, captions=counts))
        self._scene.refresh_pictures()

    def show_answer(self, answer: Sequence[tuple[str, float]]) -> None:
        """Show the best classes on the outputs."""
        self._scene.set_answer(tuple(answer)[:3])

    def show_stale(self, step: int | None) -> None:
        """Say from which step the pictures are; None: they are of now."""
        words = "" if step is None else f"from step {step:,}"
        self._context.set_live(replace(self._context.live, stale=words))

    def show_running(self, shares: Mapping[str, float]) -> None:
        """Show by address how much of a run is done; {} when nothing runs."""
        self._context.set_live(replace(self._context.live, running=dict(shares)))
