"""`explorer generate`, `explorer translate`, and texts for `explorer inspect`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.cli.parser import run


def test_generate_goes_on_behind_the_prompt_and_a_seed_repeats_it(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["generate", "gpt_shakespeare", "--prompt", "O Romeo", "--tokens", "12", "--seed", "3"]
    assert run(words) == 0
    first = capsys.readouterr().out
    assert first.startswith("O Romeo")
    assert len(first) == len("O Romeo") + 12 + 1
    assert run([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["prompt"] + found["text"] + "\n" == first
    assert found["ended"] == "count"
    assert len(found["tokens"]) == 12
    assert all(0 < token["probability"] <= 1 for token in found["tokens"])


def test_translate_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["translate", "dates_bahdanau", "Thursday, 12 March 1987"]) == 0
    assert capsys.readouterr().out == "1987-03-12\n"
    assert run(["translate", "dates_bahdanau", "the 3rd of May 2007", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["text"], found["ended"]) == ("2007-05-03", "end")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["generate", "lenet5_modern"], "does not write"),
        (["generate", "dates_bahdanau"], "explorer translate dates_bahdanau"),
        (["translate", "gpt_shakespeare", "hello"], "does not translate"),
        (["translate", "dates_bahdanau", ""], "empty text"),
        (["translate", "dates_bahdanau", "soon ☃"], "“☃” is not in the vocabulary"),
        (["translate", "dates_bahdanau", "1" * 33], "takes 1 to 32 tokens, and the text has 33"),
        (["generate", "gpt_shakespeare", "--prompt", ""], "empty text"),
        (["generate", "gpt_shakespeare", "--prompt", "№ 5"], "“№”, “5” are not in the vocabulary"),
        (["inspect", "lenet5_modern", "--view", "features", "--at", "conv1", "--text", "x"], "reads no text"),
        (["inspect", "dates_luong", "--view", "attention", "--text", "1", "--text", "2"], "got two texts"),
    ],
)
def test_what_cannot_be_is_said_in_words(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    extra = ["-o", str(tmp_path / "x.png")] if words[0] == "inspect" else []
    assert run([*words, *extra]) in (1, 2)
    found = capsys.readouterr()
    assert said in found.err
    assert "Traceback" not in found.err
    assert "should not have happened" not in found.err


@pytest.mark.parametrize(
    "option", [["--temperature", "-1"], ["--temperature", "hot"], ["--top-p", "2"], ["--tokens", "0"]]
)
def test_settings_of_the_draw_are_held_to_their_limits(
    option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["generate", "gpt_shakespeare", *option]) == 2
    assert option[0] in capsys.readouterr().err


def test_untrained_networks_say_that_they_mean_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["generate", "gpt_shakespeare", "--set", "layers=1", "--prompt", "O", "--tokens", "1"]
    assert run(words) == 0
    assert "no trained weights" in capsys.readouterr().err


def test_attention_has_the_words_on_its_axes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["inspect", "dates_bahdanau", "--view", "attention", "--text", "1 May 2000"]
    assert run([*words, "-o", str(tmp_path / "a.npz")]) == 0
    said = capsys.readouterr().out
    assert "source: 10 tokens: 1 ␣ M a y ␣ 2 0 0 0" in said
    assert "target: 11 tokens: <start> 2 0 0 0 - 0 5 - 0 1" in said
    found = np.load(tmp_path / "a.npz")
    assert found["decoder"].shape == (1, 11, 10)
    assert "".join(found["tokens.source"]) == "1␣May␣2000"
    assert run([*words, "--text", "target=2000", "-o", str(tmp_path / "a.png")]) == 0
    assert "target: 5 tokens: <start> 2 0 0 0" in capsys.readouterr().out
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.width > 10 * 22
