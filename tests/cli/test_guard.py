"""No command ends in a traceback, and a word that is no command is named."""

from __future__ import annotations

import json

import pytest
from nets import SMALL

from explorer.__main__ import main
from explorer.cli import check_command
from explorer.cli.parser import guarded
from explorer.cli.trouble import USAGE, Trouble
from explorer.graph import edits, files


def raising(problem: BaseException):
    def command() -> int:
        raise problem

    return command


@pytest.mark.parametrize(
    ("problem", "code", "words"),
    [
        (Trouble("The design is odd.", USAGE), 2, "The design is odd."),
        (MemoryError(), 1, "memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), 1, "not enough memory"),
        (FileNotFoundError(2, "No such file or directory", "x.png"), 1, "x.png: No such file or directory."),
        (RecursionError("maximum"), 1, "nested too deeply"),
        (KeyError("conv9"), 1, "KeyError, 'conv9'"),
        (ValueError("many\nlines " + "x" * 5000), 1, "many lines"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_whatever_happens_is_said(problem, code, words, capsys, monkeypatch) -> None:
    monkeypatch.setattr("explorer.cli.parser._leave_the_pipe", lambda: None)
    assert guarded(raising(problem)) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert "Traceback" not in err
    assert len(err) < 600


def test_a_fault_of_the_program_names_its_place(monkeypatch, capsys) -> None:
    def broken(_arguments: object) -> int:
        return {}["x"]  # type: ignore[no-any-return]

    monkeypatch.setattr(check_command, "run", broken)
    assert main(["check", "lenet5_modern"]) == 1
    err = capsys.readouterr().err
    assert "KeyError" in err
    assert "line" in err
    monkeypatch.setenv("EXPLORER_TRACEBACK", "1")
    assert main(["check", "lenet5_modern"]) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "meant"),
    [("chek", "check"), ("trian", "train"), ("lenet5_modem", "lenet5_modern"), ("zzz", "--help")],
)
def test_a_typo_is_named_and_opens_no_window(word, meant, capsys) -> None:
    assert main([word]) == 2
    err = capsys.readouterr().err
    assert word in err
    assert meant in err


@pytest.mark.parametrize("value", ["nan", "inf", "0.1", "9", "x"])
def test_a_scale_that_cannot_be(value, capsys, monkeypatch) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--scale", value])
    assert end.value.code == 2
    assert "--scale" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--seed", str(2**70)],
        ["--seed", "-1"],
        ["--lr", "nan"],
        ["--decay", "inf"],
        ["--epochs", "1" + "0" * 400],
        ["--validation", "nan"],
    ],
)
def test_settings_of_training_that_cannot_be(words, capsys) -> None:
    assert main(["train", "mlp_spirals", "--data", "spirals", *words]) == 1
    err = capsys.readouterr().err
    assert "between" in err
    assert len(err) < 200


def test_a_seed_of_an_export_that_cannot_be(capsys, tmp_path) -> None:
    words = ["export", "lenet5_modern", "--to", "safetensors", "--seed", str(2**70)]
    assert main([*words, "-o", str(tmp_path / "w.safetensors")]) == 2
    assert "whole number from 0" in capsys.readouterr().err


def test_repairs_stand_in_the_summary(capsys, tmp_path) -> None:
    document = SMALL.copy()
    document.apply(edits.SetField("conv1", "kernel", 99))
    files.save(document, tmp_path / "d.arch.json")
    assert main(["summary", str(tmp_path / "d.arch.json"), "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert main(["check", str(tmp_path / "d.arch.json"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == problems
    assert problems[0]["fixes"][0].keys() == {"title", "effect", "cost"}
