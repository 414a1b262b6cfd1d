"""Weights that others have published: read safely, matched under their publishers' names, loaded whole.

`reading` opens files, `names/` holds a map for each family and publisher, `matching` finds where every tensor
of a design comes from, `report` says what fits and what does not. A family that no map knows is matched by
place: the k-th layer of a shape with the k-th of that shape, as they run. A safetensors file is sorted by
name and has lost that order.
"""

from explorer.engine.published.loading import Misfit, load
from explorer.engine.published.reading import read
from explorer.engine.published.report import Report

__all__ = ["Misfit", "Report", "load", "read"]
