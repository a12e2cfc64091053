"""The pages' examples are run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nsh import Session, runner
from nsh.session.jobs import Jobs
from nsh.session.words import WORDS, Words

DOCS = Path(__file__).resolve().parent.parent / "docs"
PASTED = re.compile(r"^```nsh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", ["python.md"])
def test_the_blocks_of_a_page_run_one_after_the_other(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    names: dict[str, object] = {}
    blocks = list(FENCE.finditer(text))
    assert len(blocks) >= 5
    for block in blocks:
        line = text.count("\n", 0, block.start(1))
        exec(compile("\n" * line + block[1], page, "exec"), names)


PAGES = sorted(DOCS.glob("*.md"))
EXAMPLES = [
    (page.name, block[1])
    for page in PAGES
    for block in PASTED.finditer(page.read_text(encoding="utf-8"))
]


def test_pages_have_examples() -> None:
    assert {name for name, _text in EXAMPLES} == {"users.md"}


@pytest.mark.parametrize(("page", "text"), EXAMPLES)
def test_an_example_that_is_pasted_whole_meets_no_refusal(page: str, text: str) -> None:
    """On a machine of its own: nothing is missing, and nothing is in a wrong order."""
    session = Session()
    result = session.run(text)
    assert result.ok, result.stderr
    assert result.stderr == ""
    assert result.stdout
    assert not session.awaiting


def test_the_session_that_the_design_promises(tmp_path, capsys) -> None:
    typed = """\
spawn sshd
as sshd echo web > /proc/container
as sshd spawn -n 2 httpd
ps -o pid,ppid,cid,vpid,comm
as web:1
ps -o pid,ppid,comm
kill 4
"""
    assert runner.transcript(typed, "session.nsh", runner.Options()) == 1
    shown = capsys.readouterr()
    assert (
        shown.out
        == """\
0:1 init # spawn sshd
0:1 init # as sshd echo web > /proc/container
0:1 init # as sshd spawn -n 2 httpd
0:1 init # ps -o pid,ppid,cid,vpid,comm
  PID  PPID  CID  VPID COMMAND
    1     0    0     1 init
    2     1  web     1 sshd
    3     2  web     2 httpd.1
    4     2  web     3 httpd.2
0:1 init # as web:1
web:1 sshd # ps -o pid,ppid,comm
  PID  PPID COMMAND
    1     0 sshd
    2     1 httpd.1
    3     1 httpd.2
web:1 sshd # kill 4
"""
    )
    assert shown.err == (
        "nsh: kill: No such process (ESRCH): pid 4 is not visible in container web "
        "(kpid 4 is httpd.2, vpid 3 here)\n"
        "session.nsh:7: the script ends here, for nothing tests whether this fails: kill 4\n"
    )


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("kill 9", "pid 9 is not visible here"),
        ("spawn --pid a; spawn b; as a kill 3", "(kpid 3 is b, not visible here)"),
        ("spawn --pid a; as a getpgid 2", "pid namespace a (kpid 2 is a, vpid 1 here)"),
        ("spawn --pid a; as a setpgid 7 0", "pid 7 is not visible in pid namespace a\n"),
    ],
)
def test_who_is_not_visible_is_named_where_the_kernel_knows(script: str, reason: str) -> None:
    assert reason in Session().run(script).stderr


CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TYPED = re.compile(r"(\S+:\d+ \S+ # )(.*)")


def transcripts(page: str) -> list[str]:
    return [found[1] for found in CONSOLE.finditer((DOCS / page).read_text(encoding="utf-8"))]


@pytest.mark.parametrize("block", transcripts("terminals.md"))
def test_a_block_of_a_page_says_what_its_commands_print(block: str) -> None:
    typed = [line.removeprefix("# ") for line in block.splitlines() if line.startswith("# ")]
    session = Session()
    said = ""
    for line in typed:
        result = session.run(line)
        said += f"# {line}\n{result.stdout}{result.stderr}"
    assert said.replace("\r\n", "\n") == block


def seen_at_a_prompt(lines: list[str]) -> str:
    """A transcript of what comes of typing *lines* at the line shell's prompt."""
    session = Session()
    words, jobs = Words(session), Jobs()
    found: list[str] = []
    for line in lines:
        found.append(session.prompt() + line)
        answer = words.perform(line)
        if answer is not None:
            found += answer.text.splitlines()
            continue
        output = ""
        for step in session.performing(line):
            output += "".join(out.text for out in step.output)
            jobs.watch(step)
        found += [*output.splitlines(), *jobs.news(session.machine)]
    return "".join(line + "\n" for line in found)


SEEN = [(page.name, block) for page in PAGES for block in transcripts(page.name)]
AT_A_PROMPT = [(page, block) for page, block in SEEN if TYPED.match(block)]


def test_pages_have_transcripts() -> None:
    pages = {
        *(
            "cgroups",
            "checkpoint",
            "classes",
            "consoles",
            "devpts",
            "entering",
            "ipc",
            "leftovers",
            "locks",
            "mounts",
        ),
        *("network", "pidfds", "process-containers", "repl", "time", "users"),
    }
    assert {page.removesuffix(".md") for page, _block in AT_A_PROMPT} >= pages
    assert {page for page, block in SEEN if (page, block) not in AT_A_PROMPT} == {"terminals.md"}


@pytest.mark.parametrize(("page", "block"), AT_A_PROMPT)
def test_the_transcripts_of_a_page_are_what_one_sees(page: str, block: str) -> None:
    typed = [found[2] for line in block.splitlines() if (found := TYPED.match(line))]
    assert seen_at_a_prompt(typed) == block


def test_the_page_on_the_line_shell_names_every_word() -> None:
    text = (DOCS / "repl.md").read_text(encoding="utf-8")
    for word in WORDS:
        assert f"`{word}" in text
