"""A prompt without a terminal, with the words that prompts know beside the language."""

from __future__ import annotations

from nsh.session.answers import Answer
from nsh.session.pacing import MAX_STEPS
from nsh.session.session import Session
from nsh.session.words import Words


class Seat:
    """A prompt without a terminal."""

    def __init__(self, *lines: str, profile: str = "all", max_steps: int = MAX_STEPS) -> None:
        self.session = Session(profile, max_steps=max_steps)
        self.words = Words(self.session)
        for line in lines:
            self.enter(line)

    def enter(self, line: str) -> Answer | None:
        answer = self.words.perform(line)
        text = line if answer is None else answer.perform
        if text:
            for _ in self.session.performing(text):
                pass
        return answer

    def say(self, line: str) -> str:
        answer = self.enter(line)
        assert answer is not None
        assert answer.ok, answer.text
        return answer.text

    def refuse(self, line: str) -> str:
        answer = self.enter(line)
        assert answer is not None
        assert not answer.ok
        return answer.text

    def labels(self) -> list[str]:
        return [task.label for task in self.session.tasks()]
