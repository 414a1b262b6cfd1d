"""What is minimised when samples are compared, or two networks play against each other."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import wants, wants_float
from explorer.blocks.fields import Bool, Choice, Float
from explorer.blocks.losses.classes import ONE, check_same
from explorer.graph.tensor import Tensor, image, vector

OWN = "explorer.engine.modules.losses"


@block(
    "contrastive_loss",
    target=f"{OWN}:Contrastive",
    category="1.1.9",
    family="io",
    icon="loss",
    stem="loss",
)
class ContrastiveLoss(Block):
    r"""Each vector has to find its own partner among those of the whole batch, by cosine similarity. Partners
    come to lie near each other, all others apart.

    The number of each sample depends on the batch it stands in.

    Shapes: a (D), b (D) → y (one number).
    Parameters: 0.
    MACs: 0.
    Used in: SimCLR (two views of a picture), CLIP (a picture and its text).
    Strengths: learns without labels; what it learns can be compared by a product.
    Gaps: needs large batches; samples that are alike by chance are pushed apart.
    Source: van den Oord, Li & Vinyals 2018, arXiv:1807.03748; Radford et al. 2021, arXiv:2103.00020.
    """

    formula = r"L_i = -\log \frac{e^{a_i \cdot b_i / \tau}}{\sum_j e^{a_i \cdot b_j / \tau}}"
    tags = ("infonce", "nt-xent", "simclr", "clip", "loss", "self-supervision")
    example = (vector(16), vector(16))
    example_batch = 4
    temperature = Float(0.1, min=1e-3, max=10.0, doc="τ, what similarities are divided by")
    both = Bool(True, label="Both ways", doc="partners look for the first ones too, and the mean counts")

    def infer(self, a: Tensor, b: Tensor) -> Tensor:
        wants(a, "D", words="one vector D for each sample", port="a")
        check_same(a, b, "b")
        return ONE

    def kept_inside(self, a: Tensor, b: Tensor) -> int:
        """Both at length 1."""
        return 8 * a.size

    def arguments(self, a: Tensor, b: Tensor) -> Call:
        known = {"temperature": 0.1, "both": True}
        return call(defaults=known, temperature=self.temperature, both=self.both)


@block("triplet_loss", target=f"{OWN}:Triplet", category="1.1.9", family="io", icon="loss", stem="loss")
class TripletLoss(Block):
    r"""An anchor has to be nearer to its partner than to a stranger, by at least a margin. Where it is,
    nothing more is learned.

    Shapes: anchor, partner, stranger (D) → y (one number).
    Parameters: 0.
    MACs: 0.
    Used in: FaceNet, finding persons again, search by pictures.
    Strengths: says only who is nearer, not how near.
    Gaps: most triplets soon teach nothing; hard ones have to be looked for.
    Source: Schroff, Kalenichenko & Philbin 2015, arXiv:1503.03832.
    """

    keeps = "nothing"
    formula = r"L = \max(0, \lVert a - p \rVert - \lVert a - n \rVert + m)"
    tags = ("facenet", "metric learning", "siamese", "margin", "loss")
    example = (vector(16), vector(16), vector(16))
    margin = Float(1.0, max=100.0, doc="m, by how much nearer the partner has to be")

    def infer(self, anchor: Tensor, partner: Tensor, stranger: Tensor) -> Tensor:
        wants(anchor, "D", words="one vector D for each sample", port="anchor")
        check_same(anchor, partner, "partner")
        check_same(anchor, stranger, "stranger")
        return ONE

    def kept_inside(self, anchor: Tensor, partner: Tensor, stranger: Tensor) -> int:
        """Both differences."""
        return 8 * anchor.size

    def arguments(self, anchor: Tensor, partner: Tensor, stranger: Tensor) -> Call:
        return call(defaults={"margin": 1.0}, margin=self.margin)


@block(
    "adversarial_loss",
    target=f"{OWN}:Adversarial",
    category="1.1.9",
    family="io",
    icon="loss",
    stem="loss",
)
class AdversarialLoss(Block):
    r"""Measures how far the scores of a discriminator are from saying “real”, or “fake”. The discriminator
    minimises both for its two kinds of samples, the generator the first for what it made.

    Shapes: scores (any) → y (one number).
    Parameters: 0.
    MACs: 0.
    Used in: GANs: logistic in DCGAN, squares in LSGAN, hinge in BigGAN, wasserstein in WGAN.
    Strengths: sharp pictures, where the mean difference blurs.
    Gaps: a game, not a minimum: the number does not tell how good the pictures are.
    Source: Goodfellow et al. 2014, arXiv:1406.2661; Mao et al. 2016, arXiv:1611.04076; Arjovsky et al. 2017,
        arXiv:1701.07875; Miyato et al. 2018, arXiv:1802.05957 (hinge).
    """

    keeps = "nothing"
    formula = r"L = -\log \sigma(x)\ \ \mathrm{(real)},\quad -\log(1 - \sigma(x))\ \ \mathrm{(fake)}"
    tags = ("gan", "generator", "discriminator", "lsgan", "wgan", "hinge", "loss")
    example = (image(1, 4, 4),)
    kind = Choice("logistic", ("logistic", "squares", "hinge", "wasserstein"), doc="form of the loss")
    real = Bool(True, label="Should say real", doc="else fake")
    generator = Bool(False, doc="the loss of the generator: the hinge has no margin there")

    def infer(self, scores: Tensor) -> Tensor:
        wants_float(scores, "scores")
        return ONE

    def kept_inside(self, scores: Tensor) -> int:
        """What its form looks at on the way back."""
        return {"logistic": 8, "squares": 4, "hinge": 4, "wasserstein": 0}[self.kind] * scores.size

    def arguments(self, scores: Tensor) -> Call:
        return call(
            defaults={"kind": "logistic", "real": True, "generator": False},
            kind=self.kind,
            real=self.real,
            generator=self.generator,
        )

    def summary(self) -> str:
        return f"{self.kind} · {'real' if self.real else 'fake'}"
