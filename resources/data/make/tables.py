"""Make iris.csv and wine.csv, with a header and class names, from the scikit-learn wheel.

Usage: python resources/data/make/tables.py scikit_learn-1.9.1-….whl
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

IRIS = ("sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm")
WINE = (
    "alcohol",
    "malic_acid",
    "ash",
    "alcalinity_of_ash",
    "magnesium",
    "total_phenols",
    "flavanoids",
    "nonflavanoid_phenols",
    "proanthocyanins",
    "color_intensity",
    "hue",
    "od280_od315",
    "proline",
)
TABLES = {
    "iris.csv": ("iris.csv", IRIS, ("setosa", "versicolor", "virginica")),
    "wine.csv": ("wine_data.csv", WINE, ("cultivar 1", "cultivar 2", "cultivar 3")),
}


def main(wheel: str) -> None:
    for name, (member, columns, classes) in TABLES.items():
        with zipfile.ZipFile(wheel) as files:
            lines = files.read(f"sklearn/datasets/data/{member}").decode().split()
        rows = [line.rsplit(",", 1) for line in lines[1:]]  # the first line is scikit-learn's own header
        table = [",".join((*columns, "class"))] + [
            f"{values},{classes[int(label)]}" for values, label in rows
        ]
        out = Path(__file__).parents[1] / name
        out.write_text("\n".join(table) + "\n", encoding="utf-8", newline="\n")
        print(name, len(rows), "rows")


if __name__ == "__main__":
    main(sys.argv[1])
