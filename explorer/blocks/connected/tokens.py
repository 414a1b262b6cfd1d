"""Tokens: ids become vectors, vectors learn their place."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import wants, wants_float
from explorer.blocks.fields import Bool, Choice, Int, OptionalInt
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.tokens"
MOST_IDS = 2_000_000


def check_ids(x: Tensor) -> None:
    """Raise `ShapeError` unless whole numbers arrive."""
    if x.dtype != "int":
        raise ShapeError(
            f"looks up ids (whole numbers), but {{source}} sends {x.spelled} of "
            f"{'floating-point numbers' if x.dtype == 'float' else 'booleans'}.",
            code="dtype",
            wants="int",
        )


@block(
    "embedding",
    target="torch.nn:Embedding",
    category="1.1.1",
    family="linear",
    icon="embedding",
    stem="embed",
)
class Embedding(Block):
    r"""A table with one learned vector for each id: words of similar use end up near each other. To look a
    row up is the same as to multiply a one-hot vector with the table, without the zeros.

    With `table` on, all its vectors leave by a second output, for a layer that has to use the same ones.

    Shapes: x (T ids) → y (T, D), and table (vocabulary, D) where it is wanted.
    Parameters: vocabulary·D.
    MACs: 0.
    Used in: the first layer of every language model; ids of users and items.
    Strengths: costs nothing to look up; can be taken over from GloVe or Word2Vec.
    Gaps: often the largest part of a small model; rare ids are hardly trained.
    Source: Bengio et al. 2003, Journal of Machine Learning Research 3.
    """

    formula = r"y_t = E_{x_t}"
    tags = ("word vectors", "lookup", "token", "tokens", "words", "vocabulary")
    vocabulary = Int(10_000, max=MOST_IDS, doc="number of different ids")
    width = Int(128, label="Token width", doc="length D of each vector")
    table = Bool(False, doc="a second output with all vectors, so that another layer can share them")

    def validate(self) -> None:
        """The ports depend on whether the table leaves too."""
        self.outputs = ("y", "table") if self.table else ("y",)

    def infer(self, x: Tensor) -> Tensor | tuple[Tensor, ...]:
        check_ids(x)
        y = Tensor((*x.shape, self.width), (*x.axes, "D"))
        return (y, Tensor((self.vocabulary, self.width), ("T", "D"))) if self.table else y

    def target_for(self, x: Tensor) -> str | None:
        return f"{OWN}:SharedEmbedding" if self.table else self.target

    def parameters(self, x: Tensor) -> int:
        return self.vocabulary * self.width

    def arguments(self, x: Tensor) -> Call:
        return call(self.vocabulary, self.width)

    def summary(self) -> str:
        return f"{self.vocabulary:,} → {self.width}"


@block(
    "positional_encoding",
    target=f"{OWN}:SinusoidalEncoding",
    category="1.1.1",
    family="attention",
    icon="positional_encoding",
    stem="positions",
)
class PositionalEncoding(Block):
    r"""Adds to each token a pattern that tells its place, since attention alone cannot see the order. Each
    place gets a pattern of its own, and near places get similar ones.

    Sinusoidal: waves of different length, fixed. Learned: a vector of its own for each place, in a table that
    may be longer than what arrives.

    Shapes: x (T, D) → y (T, D).
    Parameters: 0, or T·D when learned (L·D with a table of L places).
    MACs: 0.
    Used in: transformers: waves in the first one, learned in BERT, GPT and ViT.
    Strengths: waves serve any length; a step by k places is a rotation of them.
    Gaps: a learned table ends where training ended; pictures of another size need it resampled.
    Source: Vaswani et al. 2017, arXiv:1706.03762.
    """

    keeps = "nothing"
    formula = r"p_{t,2i} = \sin\frac{t}{10000^{2i/D}},\quad p_{t,2i+1} = \cos\frac{t}{10000^{2i/D}}"
    tags = ("position", "sinusoidal", "learned positions", "order")
    kind = Choice("sinusoidal", ("sinusoidal", "learned"), doc="fixed waves, or a learned table")
    length = OptionalInt(
        label="Table length", doc="places in a learned table; empty: as many as arrive", max=MOST_IDS
    )

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        wants(x, "T", "D", words="a sequence T × D")
        if self.kind == "learned" and x.shape[0] > self._places(x):
            raise ShapeError(
                f"has a table of {self.length} places, but {{source}} sends {x.spelled}.", code="size"
            )
        return x

    def _places(self, x: Tensor) -> int:
        return self.length or x.shape[0]

    def parameters(self, x: Tensor) -> int:
        return self._places(x) * x.shape[1] if self.kind == "learned" else 0

    def arguments(self, x: Tensor) -> Call:
        return Call((self._places(x), x.shape[1]), {}) if self.kind == "learned" else call()

    def target_for(self, x: Tensor) -> str:
        return f"{OWN}:{'LearnedEncoding' if self.kind == 'learned' else 'SinusoidalEncoding'}"

    def summary(self) -> str:
        return self.kind


@block("one_hot", target=f"{OWN}:OneHot", category="1.1.1", family="shape", icon="one_hot", stem="onehot")
class OneHot(Block):
    r"""Writes each id as a row of zeros with a single one. All ids are therefore equally far from each
    other, whatever their numbers.

    An id outside the classes gives only zeros.

    Shapes: x (T ids) → y (T, classes).
    Parameters: 0.
    MACs: 0.
    Used in: targets of classifiers, words before embeddings.
    Strengths: nothing to learn; suits a linear layer after it.
    Gaps: as wide as there are ids; says nothing about which ids are alike.
    Source: plain coding, as in every text on classification.
    """

    tags = ("onehot", "classes")
    keeps = "nothing"
    formula = r"y_{t,i} = 1 \;(i = x_t),\quad 0 \;(i \neq x_t)"
    classes = Int(10, doc="number of different ids")

    def infer(self, x: Tensor) -> Tensor:
        check_ids(x)
        return Tensor((*x.shape, self.classes), (*x.axes, "D"))

    def arguments(self, x: Tensor) -> Call:
        return call(self.classes)

    def summary(self) -> str:
        return f"{self.classes} classes"
