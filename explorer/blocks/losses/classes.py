"""What is minimised when classes are told apart. All give one number for each sample."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import check_sequence, wants, wants_float
from explorer.blocks.fields import Float
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor, sequence, tokens, vector

OWN = "explorer.engine.modules.losses"
ONE = Tensor((), ())


def check_same(one: Tensor, other: Tensor, port: str = "target") -> None:
    """Raise `ShapeError` unless both have the same shape, and numbers in them."""
    wants_float(one)
    wants_float(other, port)
    if one.shape != other.shape:
        raise ShapeError(
            f"compares value by value and needs {one.spelled}, but {{source}} sends {other.spelled}.",
            code="unequal",
            port=port,
            wants=one.text,
        )


def check_classes(scores: Tensor, target: Tensor) -> None:
    """Raise `ShapeError` unless ids arrive for every place of the scores, or shares like the scores."""
    wants_float(scores, "scores")
    if not scores.shape:
        raise ShapeError("needs a score for each class, but {source} sends one number.", code="axes")
    at = scores.channels
    places = scores.shape[:at] + scores.shape[at + 1 :]
    if target.dtype == "float" and target.shape != scores.shape:
        raise ShapeError(
            f"needs the right class of each place as a whole number, or shares for {scores.spelled}, "
            f"but {{source}} sends {target.spelled}.",
            code="unequal",
            port="target",
            wants=scores.text,
        )
    # one id a sample, when there is one place: a wire carries it as T 1 or D 1
    if target.dtype != "float" and target.shape not in ((places,) if places else ((), (1,))):
        raise ShapeError(
            f"needs the right class of each place of {scores.spelled}, "
            f"but {{source}} sends {target.spelled}.",
            code="unequal",
            port="target",
            wants="T",
        )


class _Classes(Block):
    """Inputs of losses over classes."""

    example = (vector(10), tokens(1))

    def infer(self, scores: Tensor, target: Tensor) -> Tensor:
        check_classes(scores, target)
        return ONE


@block(
    "cross_entropy",
    target=f"{OWN}:CrossEntropy",
    category="1.1.9",
    family="io",
    icon="loss",
    stem="loss",
)
class CrossEntropy(_Classes):
    r"""Minus the logarithm of the probability that the softmax gives to the right class. It is 0 only where
    that is certain, and grows without a bound the surer a wrong answer is.

    Takes scores, not probabilities: the softmax is inside. Targets are whole numbers, or shares for all
    classes. Places whose number is no class, such as −100, are left out; the others are averaged.

    Shapes: scores (K), (T, K) or (K, …), target (whole numbers, one a place, or shares like the scores) → y
        (one number).
    Parameters: 0.
    MACs: 0.
    Used in: nearly every classifier, language model and segmentation network.
    Strengths: its gradient is simply p − t; also the likelihood of the data.
    Gaps: wrong labels pull hard; sure of itself beyond its accuracy, unless smoothed.
    Source: Bridle 1990, doi:10.1007/978-3-642-76153-9_28; Szegedy et al. 2015, arXiv:1512.00567 (smoothing).
    """

    keeps = "nothing"
    formula = r"L = -\log \mathrm{softmax}(x)_t"
    tags = ("loss", "softmax loss", "negative log-likelihood", "nll", "objective", "label smoothing")
    smoothing = Float(0.0, max=0.99, doc="share of each target that is spread over all classes")

    def kept_inside(self, scores: Tensor, target: Tensor) -> int:
        """Logarithms and shares of all classes."""
        return 8 * scores.size

    def arguments(self, scores: Tensor, target: Tensor) -> Call:
        return call(defaults={"dim": 1, "smoothing": 0.0}, dim=scores.channels + 1, smoothing=self.smoothing)


@block(
    "focal_loss",
    target=f"{OWN}:CrossEntropy",
    category="1.1.9",
    family="io",
    icon="loss",
    stem="loss",
)
class FocalLoss(_Classes):
    r"""Cross-entropy times a power of how wrong each place is. What is right already hardly counts, so that
    many easy places do not drown the few hard ones.

    Shapes: scores (K), (T, K) or (K, …), target (whole numbers, one a place, or shares) → y (one number).
    Parameters: 0.
    MACs: 0.
    Used in: detectors with many empty boxes (RetinaNet), rare classes in segmentation.
    Strengths: no sampling of examples is needed where classes are unequal.
    Gaps: one more number to choose; wrong labels are the hardest places of all.
    Source: Lin et al. 2017, arXiv:1708.02002.
    """

    keeps = "nothing"
    formula = r"L = -(1 - p_t)^{\gamma} \log p_t"
    tags = ("loss", "retinanet", "imbalance", "objective")
    focus = Float(2.0, max=10.0, label="Focus γ", doc="power of 1 − p; 0 is cross-entropy")

    def kept_inside(self, scores: Tensor, target: Tensor) -> int:
        """Logarithms, shares and the focus of all classes."""
        return (20 if self.focus else 8) * scores.size

    def arguments(self, scores: Tensor, target: Tensor) -> Call:
        return call(defaults={"dim": 1, "focus": 0.0}, dim=scores.channels + 1, focus=self.focus)


@block(
    "binary_cross_entropy",
    target=f"{OWN}:BinaryCrossEntropy",
    category="1.1.9",
    family="io",
    icon="loss",
    stem="loss",
)
class BinaryCrossEntropy(Block):
    r"""Cross-entropy of yes or no for every score by itself, then their mean. Several may be true at once,
    unlike with classes that exclude each other.

    Takes scores, not shares: the sigmoid is inside.

    Shapes: scores (any), target (same, from 0 to 1) → y (one number).
    Parameters: 0.
    MACs: 0.
    Used in: pictures with several labels, masks of one class, discriminators.
    Strengths: stable for scores of any size.
    Gaps: rare labels are hardly learned without a weight.
    Source: Rumelhart, Durbin, Golden & Chauvin 1995, in: Backpropagation, Lawrence Erlbaum.
    """

    formula = r"L = -t \log \sigma(x) - (1 - t) \log(1 - \sigma(x))"
    tags = ("bce", "loss", "sigmoid loss", "multi-label", "logistic", "objective")
    example = (vector(10), vector(10))
    positive = Float(1.0, min=1e-3, max=1e3, label="Weight of yes", doc="a yes counts this many times a no")

    def infer(self, scores: Tensor, target: Tensor) -> Tensor:
        check_same(scores, target)
        return ONE

    def kept_inside(self, scores: Tensor, target: Tensor) -> int:
        """Both logarithms, and what they were made from."""
        return 24 * scores.size

    def arguments(self, scores: Tensor, target: Tensor) -> Call:
        return call(defaults={"positive": 1.0}, positive=self.positive)


@block("dice_loss", target=f"{OWN}:Dice", category="1.1.9", family="io", icon="loss", stem="loss")
class DiceLoss(Block):
    r"""One minus twice the overlap of prediction and target by the sum of their sizes. A small object counts
    as much as a large one, since what is measured is a share.

    Targets are whole numbers for every place, or shares like the scores. With one channel it is yes or no
    (sigmoid), with several a class for each place (softmax).

    Shapes: scores (C, …), target (places, whole numbers, or shares like the scores) → y (one number).
    Parameters: 0.
    MACs: 0.
    Used in: medical segmentation (V-Net, nnU-Net), mostly added to cross-entropy.
    Strengths: not drowned by the background.
    Gaps: gradients are unsteady for tiny objects.
    Source: Milletari, Navab & Ahmadi 2016, arXiv:1606.04797.
    """

    keeps = "nothing"
    formula = r"L = 1 - \frac{2 \sum p t + s}{\sum p + \sum t + s}"
    tags = ("loss", "segmentation", "overlap", "f1", "objective")
    example = (Tensor((3, 16, 16), ("C", "H", "W")), Tensor((16, 16), ("H", "W"), "int"))
    smooth = Float(1.0, min=1e-6, max=1e3, doc="added above and below, so that nothing on nothing is right")

    def infer(self, scores: Tensor, target: Tensor) -> Tensor:
        wants_float(scores, "scores")
        if scores.axes[:1] != ("C",) or len(scores.shape) < 2:
            raise ShapeError(
                f"compares maps C × H × W, but {{source}} sends {scores.spelled}.",
                code="axes",
                port="scores",
                wants="C × H × W",
            )
        check_classes(scores, target)
        return ONE

    def kept_inside(self, scores: Tensor, target: Tensor) -> int:
        """Shares of prediction and target."""
        return 8 * scores.size

    def arguments(self, scores: Tensor, target: Tensor) -> Call:
        return call(defaults={"one": False, "smooth": 1.0}, one=scores.shape[0] == 1, smooth=self.smooth)


@block(
    "ctc_loss", target=f"{OWN}:Ctc", category="1.1.9", family="io", title="CTC loss", icon="loss", stem="loss"
)
class CtcLoss(Block):
    r"""Minus the logarithm of the probability of all ways in which a long sequence can say a short one. Where
    each label stands need not be known: repeated labels count once, and class 0 says nothing.

    Targets are whole numbers from 1 on, filled up with 0. The sum is divided by the number of labels; a
    target that is too long for the sequence counts as 0.

    Shapes: scores (T, K), target (S whole numbers) → y (one number).
    Parameters: 0.
    MACs: 0.
    Used in: speech and handwriting recognition (Deep Speech, CRNN).
    Strengths: learns from a sentence and its sound without marks of time.
    Gaps: labels are taken as independent of each other; the sequence must be longer than its target.
    Source: Graves et al. 2006, doi:10.1145/1143844.1143891.
    """

    keeps = "nothing"
    formula = r"L = -\log \sum_{\pi \to t} \prod_n p_n(\pi_n)"
    tags = ("loss", "speech", "handwriting", "alignment", "connectionist temporal classification")
    example = (sequence(12, 6), tokens(4))

    def infer(self, scores: Tensor, target: Tensor) -> Tensor:
        check_sequence(scores, "scores")
        wants(target, "T", words="a sequence T of whole numbers", port="target")
        if target.dtype != "int":
            raise ShapeError(
                f"needs labels as whole numbers, but {{source}} sends {target.spelled} of other ones.",
                code="dtype",
                port="target",
                wants="int",
            )
        return ONE

    def kept_inside(self, scores: Tensor, target: Tensor) -> int:
        """Logarithms, and the ways at every step."""
        return 4 * scores.size + 20 * scores.shape[0] * (2 * target.shape[0] + 1)


@block(
    "distillation_loss",
    target=f"{OWN}:Distillation",
    category="1.1.9",
    family="io",
    title="KL divergence",
    icon="loss",
    stem="loss",
)
class DistillationLoss(Block):
    r"""Measures how far the softmax of one network is from that of another: all classes count, not the right
    one alone. A small network learns from a large one that way how classes resemble each other.

    Both arrive as scores, are divided by a temperature first, and the result is multiplied by its square.
    No gradient should reach the teacher: freeze it.

    Shapes: scores (K), (T, K) or (K, …), teacher (same) → y (one number).
    Parameters: 0.
    MACs: 0.
    Used in: distillation (DistilBERT, DeiT), steps of policies.
    Strengths: says more about each sample than a label.
    Gaps: not symmetric; the teacher's mistakes are learned too.
    Source: Hinton, Vinyals & Dean 2015, arXiv:1503.02531; Kullback & Leibler 1951.
    """

    keeps = "nothing"
    formula = r"L = T^2 \sum_k p_k \log \frac{p_k}{q_k},\quad p = \mathrm{softmax}(t / T)"
    tags = ("loss", "kl", "kullback-leibler", "distillation", "teacher", "student", "soft labels")
    example = (vector(10), vector(10))
    temperature = Float(1.0, min=0.01, max=100.0, doc="T, softens both")

    def infer(self, scores: Tensor, teacher: Tensor) -> Tensor:
        check_same(scores, teacher, "teacher")
        if not scores.shape:
            raise ShapeError("needs a score for each class, but {source} sends one number.", code="axes")
        return ONE

    def kept_inside(self, scores: Tensor, teacher: Tensor) -> int:
        """Logarithms and shares of both."""
        return 16 * scores.size

    def arguments(self, scores: Tensor, teacher: Tensor) -> Call:
        known = {"temperature": 1.0, "dim": 1}
        return call(defaults=known, temperature=self.temperature, dim=scores.channels + 1)
