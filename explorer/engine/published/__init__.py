"""Weights that others have published: read safely, matched under their publishers' names, loaded whole.

`reading` opens files, `names/` holds a map for each family and publisher, `matching` finds where every tensor
of a design comes from, `fingerprints` says whose file it is, `differences` what a publisher's network does
otherwise, `report` what fits and what does not. Names decide, order never does: a family that no map knows
is loaded only where no two layers have the same size. What is left over on either side is a reason to
refuse, but for heads of another size, counters of batches, and what a map calls spare.
"""

from explorer.engine.published.loading import Misfit, load
from explorer.engine.published.reading import read
from explorer.engine.published.report import Report

__all__ = ["Misfit", "Report", "load", "read"]
