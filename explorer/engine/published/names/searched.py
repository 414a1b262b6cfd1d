"""Networks that were searched for: NASNet and PNASNet."""

from __future__ import annotations

from explorer.engine.published.names.table import names

_CELLS = {"cell_stem_#": "stem#", "reduction_cell_#": "stage#.reduction#", "cell_#": "stage#.stage#_cell#"}


def _rows() -> dict[str, str]:
    """The inputs of a cell by their names, its pairs of operations in their order."""
    rows = {"conv0.* conv_0.*": "conv.*", "last_linear": "head.fc"}
    for theirs, ours in _CELLS.items():
        rows[f"{theirs}.*path_#.conv {theirs}.*final_path_bn"] = f"{ours}.before_#.*"
        rows[f"{theirs}.conv_prev_1x1.*"] = f"{ours}.before_conv {ours}.before_norm"
        rows[f"{theirs}.conv_1x1.*"] = f"{ours}.now_conv {ours}.now_norm"
        rows[f"{theirs}.*"] = f"{ours}.*"
    return rows


NASNET = names("NASNet and PNASNet (timm)", _rows())
