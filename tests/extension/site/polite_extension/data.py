"""A data set: its row."""

from explorer.training.datasets import DataSet

CORNERS = DataSet(
    "corners",
    "Corners",
    "points",
    "classification",
    (2,),
    ("near", "far"),
    200,
    "polite_extension.loading:corners",
)
TAKEN = DataSet(
    "iris", "Not iris", "points", "classification", (2,), ("a", "b"), 200, "polite_extension.loading:corners"
)
