"""Translation with recurrent networks and attention. Bahdanau et al. 2014, arXiv:1409.0473."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.1.4 attention"


def _check(**sizes: int) -> None:
    for name, value in sizes.items():
        if not 1 <= value <= 1_000_000:
            raise ValueError(f"has 1 to 1,000,000 as its {name}, not {value}.")


@architecture(
    "seq2seq_dot_rnn",
    title="Translator with dot attention",
    category=CATEGORY,
    year=2015,
    source="Luong, Pham & Manning 2015, arXiv:1508.04025",
    input=(100,),
    axes="T",
    dtype="int",
    classes=10_000,
    parameters=12_011_000,
    task="sequence",
    also=("sequence to sequence", "seq2seq", "translation", "encoder decoder"),
)
def seq2seq_dot_rnn(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    source_words: int = 9_000,
    embedding: int = 300,
    hidden: int = 500,
) -> None:
    """Reads a sentence with one recurrent network and writes its translation with another, which looks back
    at all states of the first before every word. A score is the product of two states, so that it costs no
    weights.

    The number of classes is the number of words of the target language.

    Contribution: attention by plain products, beside the state that is passed on.
    Figures: the lecture's translator: sentences of 100 words, vectors of 300 numbers, 500 neurons, 9,000
        source and 10,000 target words; 400,000 weights in each recurrent layer.
    Form: reconstruction of the lecture's picture: simple RNNs; the context joins the state in one more layer
        in front of the words, as in Luong's paper. The decoder's RNN has torch's two biases.
    Strengths: long sentences: the score falls far less with length than with a single vector.
    Gaps: one word after the other at inference.
    """
    _check(source_words=source_words, embedding=embedding, hidden=hidden)
    x = g.input("source", input, vocabulary="english")
    y = g.input("target", input, vocabulary="french")
    x = g.add("embedding", x, name="source_words", vocabulary=source_words, width=embedding)
    x = g.add("rnn", x, name="encoder", hidden=hidden)
    x = g.add(
        "attention_decoder",
        y,
        x,
        name="decoder",
        score="dot",
        cell="rnn",
        embedding=embedding,
        vocabulary=classes,
    )
    g.output("words", x)


@architecture(
    "seq2seq_bahdanau",
    title="Translator with additive attention",
    category=CATEGORY,
    year=2015,
    source="Bahdanau, Cho & Bengio 2014, arXiv:1409.0473",
    input=(50,),
    axes="T",
    dtype="int",
    classes=30_000,
    parameters=89_830_000,
    task="sequence",
    also=("sequence to sequence", "seq2seq", "translation", "encoder decoder"),
)
def seq2seq_bahdanau(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    source_words: int = 30_000,
    embedding: int = 620,
    hidden: int = 1000,
) -> None:
    """Lets a small network with one hidden layer say how well each source word fits what is written next.
    The encoder reads in both directions, so that each of its states knows the words around its own.

    The number of classes is the number of words of the target language.

    Contribution: the first attention: alignment and translation are learned together.
    Figures: 30,000 words in each language, vectors of 620 numbers, 1,000 units, sentences of up to 50 words.
    Form: variant: sizes and additive scores as published; the context joins the state after the recurrent
        layer, where the paper feeds it into the next step and has a maxout layer in front of the words.
    Strengths: long sentences; what it looks at can be seen.
    Gaps: every pair of words passes the small network; one word after the other at inference.
    """
    _check(source_words=source_words, embedding=embedding, hidden=hidden)

    def encoder(g: Builder, x: Wire) -> Wire:
        x = g.add("embedding", x, name="words", vocabulary=source_words, width=embedding)
        return g.add("gru", x, name="gru", hidden=hidden, bidirectional=True, variant="torch")

    x = g.input("source", input, vocabulary="english")
    y = g.input("target", input, vocabulary="french")
    (x,) = g.group("encoder", encoder, x)
    x = g.add(
        "attention_decoder",
        y,
        x,
        name="decoder",
        score="additive",
        cell="gru",
        hidden=hidden,
        embedding=embedding,
        vocabulary=classes,
    )
    g.output("words", x)
