"""Learning without labels: MAE and SimCLR. He et al. 2021, arXiv:2111.06377; Chen et al. 2020."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import check_layers, imagenet_stem, numbers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

EPS = 1e-6


@architecture(
    "mae_vit_b16",
    title="MAE, ViT-B/16",
    category="1.2.4 transformers",
    year=2021,
    source="He, Chen, Xie, Li, Dollár & Girshick 2021, arXiv:2111.06377",
    input=(3, 224, 224),
    classes=768,
    parameters=111_655_680,
    task="self-supervision",
    also=("masked autoencoder", "masked patches", "pre-training"),
)
def mae_vit_b16(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    patch: int = 16,
    width: int = 768,
    layers: int = 12,
    heads: int = 12,
    decoder_width: int = 512,
    decoder_layers: int = 8,
    decoder_heads: int = 16,
    share: float = 0.75,
) -> None:
    """Hides three quarters of a picture's patches and learns to paint them in. The encoder sees only the
    rest, so that it costs a quarter; a small decoder gets a token for each hidden place and is thrown away
    afterwards.

    The number of classes is that of the values of a patch. `hidden` says which patches were hidden: the loss
    counts these only.

    Contribution: masked pictures as a task that is hard enough; an encoder that does not see the mask.
    Figures: 111,907,840 parameters in the authors' code, 252,160 of them fixed places; 83.6 % top-1 with
        ViT-B.
    Form: exact, as released; each sample has its own draw, at inference that of a seed. Fixed waves of the
        places are tables that are not trained; they hold them once weights are loaded.
    Strengths: learns from pictures alone; three times faster than with all patches.
    Gaps: features need fine-tuning; weaker than contrastive ones when read as they are.
    """
    check_layers(width, layers, heads)
    check_layers(decoder_width, decoder_layers, decoder_heads)
    if not 0.01 <= share <= 0.99:
        raise ValueError(f"hides a share of 0.01 to 0.99, such as 0.75, not {share:g}.")

    def stack(g: Builder, x: Wire, layers: int, heads: int) -> Wire:
        for number in range(1, layers + 1):
            x = g.add("transformer_encoder_layer", x, name=f"block{number}", heads=heads, eps=EPS)
        return g.add("layer_norm", x, name="norm", eps=EPS)

    def embedding(g: Builder, x: Wire) -> tuple[Wire, ...]:
        x = g.add("patch_embedding", x, name="patches", patch=patch, width=width)
        x = g.add("positional_encoding", x, name="position", kind="learned", frozen=True)
        return g.add_all("random_mask", x, name="mask", share=share)

    def encoder(g: Builder, x: Wire) -> Wire:
        return stack(g, g.add("class_token", x, name="class_token"), layers, heads)

    def decoder(g: Builder, x: Wire, index: Wire, hidden: Wire) -> Wire:
        x = g.add("linear", x, name="narrow", features=decoder_width)
        first = g.add("slice", x, name="first", axis="T", start=0, stop=1)
        rest = g.add("slice", x, name="rest", axis="T", start=1, stop=0)
        rest = g.add("fill_masked", rest, index, hidden, name="fill")
        x = g.add("concat", first, rest, name="concat", axis="T")
        x = g.add("positional_encoding", x, name="position", kind="learned", frozen=True)
        x = stack(g, x, decoder_layers, decoder_heads)
        x = g.add("linear", x, name="paint", features=classes)
        return g.add("slice", x, name="patches", axis="T", start=1, stop=0)

    x, index, hidden = g.group("embedding", embedding, g.input("picture", input))
    (x,) = g.group("encoder", encoder, x)
    (x,) = g.group("decoder", decoder, x, index, hidden)
    g.output("patches", x)
    g.output("hidden", hidden)


@architecture(
    "simclr_resnet50",
    title="SimCLR on ResNet-50",
    category="1.2.1 (2) depth",
    year=2020,
    source="Chen, Kornblith, Norouzi & Hinton 2020, arXiv:2002.05709",
    input=(3, 224, 224),
    classes=128,
    parameters=27_966_656,
    task="self-supervision",
    also=("contrastive", "two views", "nt-xent", "projection head"),
)
def simclr_resnet50(
    g: Builder, input: Tensor, classes: int, *, layers: str = "3-4-6-3", hidden: int = 2048
) -> None:
    """Sees two altered views of one picture and learns to recognise that they belong together, among all the
    other pictures of its batch. Afterwards the head is thrown away and the features in front of it are used.

    Both views go through the same weights. The number of classes is the length of the vectors.

    Contribution: strong augmentation, a head that is thrown away and large batches suffice for contrastive
        learning.
    Figures: 69.3 % top-1 with a linear layer on its features, 76.5 % with a network four times as wide.
    Form: exact to the paper: ResNet-50 without its classifier, head 2048-2048-128 with ReLU; released code
        has batch norms in the head.
    Strengths: simple; no labels, no memory bank.
    Gaps: wants batches of thousands; alike by chance counts as different.
    """
    if not 1 <= hidden <= 65_536:
        raise ValueError(f"has 1 to 65,536 units in its head, such as 2,048, not {hidden}.")
    counts = numbers(layers, 4, "blocks")

    def stage(g: Builder, x: Wire, number: int, count: int) -> Wire:
        for block in range(1, count + 1):
            stride = 2 if number and block == 1 else 1
            x = g.add("bottleneck", x, name=f"block{block}", width=64 << number, stride=stride)
        return x

    def encoder(g: Builder, x: Wire) -> Wire:
        x = imagenet_stem(g, x)
        for number, count in enumerate(counts):
            (x,) = g.group(f"stage{number + 1}", partial(stage, number=number, count=count), x)
        return g.add("global_pool", x, name="pool")

    def head(g: Builder, x: Wire) -> Wire:
        x = g.add("relu", g.add("linear", x, name="fc1", features=hidden), name="relu")
        return g.add("linear", x, name="fc2", features=classes)

    one, other = g.input("view1", input), g.input("view2", input)
    (a,) = g.group("encoder", encoder, one)
    (b,) = g.again("encoder", other, name="encoder_again")
    (a,) = g.group("head", head, a)
    (b,) = g.again("head", b, name="head_again")
    g.output("vector1", a)
    g.output("vector2", b)
