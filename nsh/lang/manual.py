"""The help pages of what belongs to the language itself rather than to a command."""

from textwrap import fill
from typing import Final

from nsh.abi import gaps
from nsh.lang.spawning import USAGE as SPAWN

WIDTH: Final = 80
_LABEL: Final = 10
_PAGES: Final = {
    "spawn": (
        SPAWN,
        "Fork the acting task. The child is a new puppet called NAME, and performs the block if\n"
        "there is one; then it waits to be told what to do. With namespace options it is born in\n"
        "new namespaces (clone(2)), and the caller stays where it is. -n COUNT makes NAME.1 to\n"
        "NAME.COUNT; --set-tid asks for pids, innermost first; --thread makes a thread.",
        "spawn -n 3 httpd",
        "clone(2); spawn is the puppeteer's word for it",
    ),
    "as": (
        "as REF COMMAND | as REF { … } | REF COMMAND | as REF",
        "Let another task perform something, and wait for it. REF is a label (httpd.2), cid:pid\n"
        "(web:1, 0:12), :pid (in my own container) or a pid. Variables are lent and given back.\n"
        "as REF alone hands it the prompt.",
        "spawn web; as web getpid",
        "none: real tasks cannot be told what to do",
    ),
    "expect": (
        "expect A == B | expect COMMAND | expect { … } prints TEXT | matches /RE/ | fails ERRNO",
        "Check something; a script stops where it does not hold, and `nsh check` reports it.\n"
        "Comparisons: == != < <= > >=, by number where both sides are numbers.",
        "expect { kill -0 99 } fails ESRCH",
        "none",
    ),
    "trap": (
        "trap SIGNAL { … } | trap SIGNAL ignore | trap SIGNAL default | trap -l",
        "Handle a signal in the acting task. In the block $SIGNAL is its name and $SI_PID the pid\n"
        "of the sender as the receiver sees it, 0 if it does not.",
        "trap USR1 { echo got $SIGNAL }; kill -USR1 $$",
        "sigaction(2), trap of sh(1p)",
    ),
    "if": (
        "if COND { … } else if COND { … } else { … }",
        "COND is a command (true if its status is 0) or a comparison.",
        "if [ 1 -lt 2 ] { echo less }",
        "sh(1p), with braces",
    ),
    "while": (
        "while COND { … }",
        "Repeat while COND holds; break and continue as in sh. An endless loop ends with the\n"
        "budget of steps (--max-steps).",
        "i=0; while $i < 3 { i=$((i+1)) }; echo $i",
        "sh(1p), with braces",
    ),
    "for": (
        "for NAME in WORD… { … }",
        "Once for each word.",
        "for x in a b { echo $x }",
        "sh(1p), with braces",
    ),
    "repeat": ("repeat N { … }", "N times.", "repeat 3 { echo again }", "none"),
    "def": (
        "def NAME(A, B) { … }",
        "Define a command of one's own; its parameters are variables while it runs.",
        "def greet(who) { echo hello $who }; greet world",
        "a function of sh(1p), with named parameters",
    ),
    "par": (
        "par { … } { … }",
        "Two programs whose steps take turns, each in a forked child; ends when both have ended.",
        "par { echo left } { echo right }",
        "none",
    ),
    "trace": (
        "trace COMMAND",
        "Report each system call on standard error, with each id before and after translation.",
        "trace getppid",
        "strace(1), which cannot show what the kernel calls a task",
    ),
    "export": (
        "export proc [--as REF] DIR",
        "Write the whole /proc that a task sees (the acting one, or REF) to DIR, a new or empty\n"
        "directory of the machine that nsh runs on: for psutil, ps, pstree and others that read\n"
        "/proc. `nsh export proc FILE -o DIR` does it at a script's end.",
        "spawn web; export proc --as web web-proc",
        "proc(5); psutil.PROCFS_PATH",
    ),
    "nsh": (
        "nsh [-c CODE | FILE]",
        "A shell, in a child: perform CODE, or the script FILE, to its first failure. Without\n"
        "either, read commands from descriptor 0, line by line: login starts it so on a terminal;\n"
        "there is a prompt then, and ^C ends what is performed. While it waits for a line, `as`\n"
        "can have the task perform something else.",
        "unshare --pid --fork --mount-proc nsh -c 'ps; echo $$'",
        "sh(1p); a script takes no arguments; of lines that are read each is one program, and a "
        "command that fails ends its line",
    ),
    "policy": (
        "policy [NAME [VALUE]]",
        "Take a side in a debate: see `nsh help policies`. Without a VALUE, print the one that is\n"
        "taken; alone, print every policy, its value and the others there are.",
        "policy pid.move any",
        "none",
    ),
    "profile": (
        "profile [NAME]",
        "Take a document's whole position; without a NAME, print which was taken last.",
        "profile franke-2005",
        "none",
    ),
}


def page(name: str, width: int = WIDTH) -> str:
    """The help of the construct *name*, in lines of at most *width*."""
    usage, text, example, man = _PAGES[name]
    lines = [_filled(f"Usage: {usage}", width, len("Usage: ")), _filled(text, width), ""]
    lines += [f"Example:  {example}", _filled(f"Manual:   {man}", width, _LABEL)]
    told = [f"Gap:      {gap}" for gap in gaps.of_model(name)]
    told += [f"On Linux: {one}" for one in gaps.of_stage(name)]
    lines += (_filled(one, width, _LABEL) for one in told)
    return "\n".join(lines) + "\n"


def _filled(text: str, width: int, indent: int = 0) -> str:
    return fill(text, width, subsequent_indent=" " * indent, break_on_hyphens=False)


CONSTRUCTS: Final[dict[str, str]] = {name: page(name) for name in _PAGES}
"""The help of each construct, by its word."""

EXAMPLES: Final[dict[str, str]] = {name: page[2] for name, page in _PAGES.items()}
"""A line for each that runs as it stands on a new machine."""
