"""Small translators with weights: dates to ISO, and a little English to French."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.1.4 attention"
DATE, SENTENCE = 32, 56
"""Tokens of the longest date, and of the longest sentence of four clauses, with their marks."""


def _check(hidden: int, embedding: int) -> None:
    for name, value in (("hidden units", hidden), ("embedding", embedding)):
        if not 1 <= value <= 4096:
            raise ValueError(f"has 1 to 4,096 as its {name}, not {value}.")


def _recurrent(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    words: tuple[str, str],
    source: int,
    score: str,
    hidden: int,
    embedding: int,
) -> None:
    """Both directions of a GRU read, a GRU writes, and looks back with a `score`; without one it cannot."""
    _check(hidden, embedding)

    def encoder(g: Builder, x: Wire) -> Wire:
        """All states for a decoder that looks back; else the last of both directions."""
        x = g.add("embedding", x, name="tokens", vocabulary=source, width=embedding)
        states, last = g.add_all("gru", x, name="gru", hidden=hidden, bidirectional=True, variant="torch")
        return states if score else last

    x = g.input("source", input, vocabulary=words[0])
    y = g.input("target", input, vocabulary=words[1])
    (x,) = g.group("encoder", encoder, x)
    if score:
        y = g.add(
            "attention_decoder",
            y,
            x,
            name="decoder",
            score=score,
            cell="gru",
            embedding=embedding,
            vocabulary=classes,
        )
    else:
        (y,) = g.group("decoder", lambda g, y, x: _plain(g, y, x, embedding, classes), y, x)
    g.output("next", y)


def _plain(g: Builder, y: Wire, start: Wire, embedding: int, classes: int) -> Wire:
    """Writes from the encoder's last state alone."""
    y = g.add("embedding", y, name="embed", vocabulary=classes, width=embedding)
    y = g.add("decoder_states", y, start, name="states", cell="gru")
    return g.add("linear", y, name="words", features=classes)


@architecture(
    "dates_bahdanau",
    title="Dates, additive attention",
    category=CATEGORY,
    year=2014,
    source="Bahdanau, Cho & Bengio 2014, arXiv:1409.0473, scaled down",
    input=(DATE,),
    axes="T",
    dtype="int",
    classes=13,
    weights="dates_bahdanau",
    task="translation",
    also=("sequence to sequence", "seq2seq", "iso 8601", "translator", "alignment"),
)
def dates_bahdanau(
    g: Builder, input: Tensor, classes: int, *, hidden: int = 48, embedding: int = 24, characters: int = 49
) -> None:
    """Turns dates in fourteen forms into the one of ISO 8601, a character at a time. While it writes the year
    it looks at the end of the date, and the month is one number for a word of any length.

    The number of classes is the number of characters it can write, with the two marks.

    Contribution: attention as an alignment that can be seen: what is written where, read from where.
    Figures: none printed; the paper translates sentences with 1,000 units.
    Form: variant, scaled down: additive scores; the context joins the state after the recurrent layer.
    Strengths: learns the rules from pairs alone; every digit shows where it was read.
    Gaps: knows English names and the order day before month only.
    """
    _recurrent(
        g,
        input,
        classes,
        words=("dates", "iso_dates"),
        source=characters,
        score="additive",
        hidden=hidden,
        embedding=embedding,
    )


@architecture(
    "dates_luong",
    title="Dates, dot attention",
    category=CATEGORY,
    year=2015,
    source="Luong, Pham & Manning 2015, arXiv:1508.04025, scaled down",
    input=(DATE,),
    axes="T",
    dtype="int",
    classes=13,
    weights="dates_luong",
    task="translation",
    also=("sequence to sequence", "seq2seq", "iso 8601", "translator", "alignment"),
)
def dates_luong(
    g: Builder, input: Tensor, classes: int, *, hidden: int = 48, embedding: int = 24, characters: int = 49
) -> None:
    """Turns dates in fourteen forms into the one of ISO 8601, with plain products as scores. Beside its
    sister with additive scores it shows that the score matters less than to look back at all.

    The number of classes is the number of characters it can write, with the two marks.

    Contribution: scores that cost no weights.
    Figures: none printed; the paper translates sentences with 1,000 units.
    Form: variant, scaled down: global attention with dot scores on both directions of the encoder.
    Strengths: fewer weights and fewer products than additive scores.
    Gaps: the states of both sides must be equally wide.
    """
    _recurrent(
        g,
        input,
        classes,
        words=("dates", "iso_dates"),
        source=characters,
        score="dot",
        hidden=hidden,
        embedding=embedding,
    )


@architecture(
    "french_bahdanau",
    title="English to French, additive attention",
    category=CATEGORY,
    year=2014,
    source="Bahdanau, Cho & Bengio 2014, arXiv:1409.0473, scaled down",
    input=(SENTENCE,),
    axes="T",
    dtype="int",
    classes=123,
    weights="french_bahdanau",
    task="translation",
    also=("sequence to sequence", "seq2seq", "translator", "alignment", "words"),
)
def french_bahdanau(
    g: Builder, input: Tensor, classes: int, *, hidden: int = 64, embedding: int = 32, words: int = 86
) -> None:
    """Translates sentences of a small English into French, word by word. Where French turns adjective and
    noun round, the lines of its attention cross.

    The number of classes is the number of words it can write, with the two marks.

    Contribution: attention as an alignment that can be seen, where word order differs.
    Figures: none printed; the paper has 30,000 words in each language and 1,000 units.
    Form: variant, scaled down: additive scores; the context joins the state after the recurrent layer.
    Strengths: one to four clauses with the same few weights; agreement is read from the right noun.
    Gaps: eighty words and one grammar; knows nothing that was not in its pairs.
    """
    _recurrent(
        g,
        input,
        classes,
        words=("english", "french"),
        source=words,
        score="additive",
        hidden=hidden,
        embedding=embedding,
    )


@architecture(
    "french_luong",
    title="English to French, dot attention",
    category=CATEGORY,
    year=2015,
    source="Luong, Pham & Manning 2015, arXiv:1508.04025, scaled down",
    input=(SENTENCE,),
    axes="T",
    dtype="int",
    classes=123,
    weights="french_luong",
    task="translation",
    also=("sequence to sequence", "seq2seq", "translator", "alignment", "words"),
)
def french_luong(
    g: Builder, input: Tensor, classes: int, *, hidden: int = 64, embedding: int = 32, words: int = 86
) -> None:
    """Translates sentences of a small English into French with plain products as scores. Its alignment is as
    clear as that of its sister with additive scores.

    The number of classes is the number of words it can write, with the two marks.

    Contribution: scores that cost no weights.
    Figures: none printed; the paper translates with 1,000 units and four layers.
    Form: variant, scaled down: global attention with dot scores on both directions of the encoder.
    Strengths: fewer weights and fewer products than additive scores.
    Gaps: eighty words and one grammar; knows nothing that was not in its pairs.
    """
    _recurrent(
        g,
        input,
        classes,
        words=("english", "french"),
        source=words,
        score="dot",
        hidden=hidden,
        embedding=embedding,
    )


@architecture(
    "french_plain",
    title="English to French, without attention",
    category=CATEGORY,
    year=2014,
    source="Sutskever, Vinyals & Le 2014, arXiv:1409.3215, scaled down",
    input=(SENTENCE,),
    axes="T",
    dtype="int",
    classes=123,
    weights="french_plain",
    task="translation",
    also=("sequence to sequence", "seq2seq", "translator", "bottleneck", "words"),
)
def french_plain(
    g: Builder, input: Tensor, classes: int, *, hidden: int = 64, embedding: int = 32, words: int = 86
) -> None:
    """Translates from one vector: all that it has read must fit into the encoder's last state. Most sentences
    of one clause come out right and hardly any of two, which is what attention was made for.

    The number of classes is the number of words it can write, with the two marks.

    Contribution: sequence to sequence learning: one network reads, another writes.
    Figures: none printed; the paper has four layers of 1,000 LSTM units.
    Form: reconstruction, scaled down, with a GRU that reads in both directions.
    Strengths: the simplest translator; its state can be looked at.
    Gaps: one vector for a sentence of any length.
    """
    _recurrent(
        g,
        input,
        classes,
        words=("english", "french"),
        source=words,
        score="",
        hidden=hidden,
        embedding=embedding,
    )


@architecture(
    "french_transformer",
    title="English to French, small transformer",
    category="1.2.4 transformers",
    year=2017,
    source="Vaswani et al. 2017, arXiv:1706.03762, scaled down",
    input=(SENTENCE,),
    axes="T",
    dtype="int",
    classes=123,
    weights="french_transformer",
    task="translation",
    also=("sequence to sequence", "seq2seq", "translator", "alignment", "encoder decoder"),
)
def french_transformer(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: int = 2,
    width: int = 64,
    heads: int = 4,
    words: int = 86,
) -> None:
    """Translates the same small English with attention alone: two layers read, two write. The heads share the
    work: some stand on the word that is translated, others on its neighbours or its noun.

    The number of classes is the number of words it can write, with the two marks.

    Contribution: attention in several heads in place of recurrence.
    Figures: none printed; the paper's base model has six layers of width 512 and 8 heads on each side.
    Form: variant, scaled down: pre-norm, a table of its own for each language, and no factor behind it.
    Strengths: all words of a sentence are trained at once.
    Gaps: eighty words and one grammar; sentences much longer than those of training fail.
    """
    if layers < 1:
        raise ValueError(f"has 1 or more layers, such as 2, not {layers}.")
    if width < 1 or heads < 1 or width % heads:
        raise ValueError(f"has a width that its heads divide, such as 64 and 4, not {width} and {heads}.")

    def table(g: Builder, x: Wire, vocabulary: int) -> Wire:
        x = g.add("embedding", x, name="words", vocabulary=vocabulary, width=width)
        return g.add("positional_encoding", x, name="position")

    def encoder(g: Builder, x: Wire) -> Wire:
        x = table(g, x, words)
        for number in range(1, layers + 1):
            x = g.add("transformer_encoder_layer", x, name=f"layer{number}", heads=heads)
        return g.add("layer_norm", x, name="norm")

    def decoder(g: Builder, y: Wire, memory: Wire) -> Wire:
        y = table(g, y, classes)
        for number in range(1, layers + 1):
            y = g.add("transformer_decoder_layer", y, memory, name=f"layer{number}", heads=heads)
        return g.add("layer_norm", y, name="norm")

    x = g.input("source", input, vocabulary="english")
    y = g.input("target", input, vocabulary="french")
    (x,) = g.group("encoder", encoder, x)
    (y,) = g.group("decoder", decoder, y, x)
    g.output("next", g.add("linear", y, name="head", features=classes))
