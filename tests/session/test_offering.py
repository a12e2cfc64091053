"""At a prompt its own words are completed too, with what their arguments name."""

from __future__ import annotations

import pytest

from nsh.session import manual
from nsh.session.index import Index
from nsh.session.offering import offer
from nsh.session.session import Session
from nsh.session.words import WORDS, Words


class Prompt:
    """Somebody types, and presses Tab."""

    def __init__(self) -> None:
        self.session = Session()
        self.words = Words(self.session)

    def enter(self, *lines: str) -> Prompt:
        for line in lines:
            answer = self.words.perform(line)
            if answer is None:
                self.session.run(line)
        return self

    def candidates(self, text: str) -> dict[str, str]:
        found = offer(text, len(text), self.session.machine, Index(), self.words)
        return {one.text: one.help for one in found.candidates}

    def tab(self, text: str) -> list[str]:
        return list(self.candidates(text))


def test_every_word_is_offered_with_what_it_does():
    prompt = Prompt()
    found = prompt.candidates("")
    for name, word in WORDS.items():
        assert found[name] == word.summary
        assert prompt.tab(name)[0] == name
    assert prompt.tab("  und") == ["undo"]


@pytest.mark.parametrize(
    "line", ["ps; und", "ps;und", "if und", "x=$(und", "as init und", "init und"]
)
def test_a_word_stands_alone(line):
    assert Prompt().tab(line) == []


def test_what_its_argument_names():
    prompt = Prompt().enter("spawn w", "branch what-if", "spawn v")
    assert prompt.tab("changes ") == ["on", "off"]
    assert prompt.tab("branch ") == ["main", "what-if"]
    assert prompt.tab("explain ESRC") == ["ESRCH"]
    assert prompt.tab("explain NSH-E010") == [f"NSH-E010{n}" for n in range(10)]
    assert prompt.tab("help und") == ["undo"]
    assert prompt.tab("help pid.mo") == ["pid.move"]
    assert prompt.tab("help P1") == ["P1", "P10", "P11", "P12", "P13"]
    last = str(len(prompt.session.history) - 1)
    steps = prompt.candidates("goto ")
    assert steps["0"] == "the boot"
    assert steps[last] == "after: spawn v"
    assert prompt.candidates("diff 0 ")[last] == "after: spawn v"
    for topic in prompt.tab("help "):
        assert manual.page([topic]) is not None
    for code in prompt.tab("explain "):
        answer = prompt.words.perform(f"explain {code}")
        assert answer is not None
        assert answer.ok


def test_files_to_save_are_the_persons_own(tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    (tmp_path / "one two.nsh").write_text("ps\n", encoding="utf-8")
    (tmp_path / ".hidden").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    prompt = Prompt()
    assert prompt.tab("save ") == ["folder/", "one two.nsh"]
    assert prompt.tab("source .h") == [".hidden"]
    assert prompt.tab(f"source {tmp_path}/f") == [f"{tmp_path}/folder/"]
    assert prompt.tab("source no/such/") == []
    monkeypatch.setenv("HOME", str(tmp_path))
    assert prompt.tab("source ~/fo") == ["~/folder/"]
    text = "source o"
    found = offer(text, len(text), prompt.session.machine, Index(), prompt.words)
    answer = prompt.words.perform("source " + found.inserted(found.candidates[0]))
    assert answer is not None
    assert answer.perform == "ps\n"


def test_a_function_of_the_same_name_goes_first():
    prompt = Prompt().enter("def undo(x) { echo $x }")
    assert prompt.candidates("und") == {"undo": "a function of the script"}
    assert prompt.tab("changes ") == ["on", "off"]
