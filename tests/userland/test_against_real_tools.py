"""ps, pstree, lsns, pgrep, unshare, nsenter, setsid say what the real ones say of one scene."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

STAGE = Path(__file__).with_name("_stage.py")
UNSHARE = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")


class Pair(NamedTuple):
    """What the real tool and ours said."""

    real: list[str]
    ours: list[str]
    real_status: int
    our_status: int
    real_complaint: str
    our_complaint: str


@cache
def available() -> bool:
    """Whether the tools are here and this user may make a pid namespace."""
    if not all(shutil.which(tool) for tool in ("unshare", "ps", "pstree", "lsns")):
        return False
    return subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode == 0


LINES: tuple[tuple[str, ...], ...] = (
    ("ps",),
    ("ps", "-e", "-o", "pid,ppid,pgid,sid,tty,stat,comm"),
    ("ps", "-e", "-o", "pid,ppid,pgid,sid,tpgid,tid,tgid,nlwp,ni,pri,uid,ruid,euid,s"),
    ("ps", "-e", "-o", "pid,user,group,args,ppid"),
    ("ps", "-e", "-o", "pid,comm,args,ucmd,fname"),
    ("ps", "-e", "-o", "pid,pidns,utsns,mntns,blocked,ignored,caught,pending"),
    ("ps", "-e", "-o", "pid,suid,svuid,fuid,sgid,svgid,fgid,suser,svuser,fuser"),
    ("ps", "-e", "-o", "pid,egroup,rgroup,sgroup,fgroup,supgid,supgrp,class,policy,rtprio"),
    ("ps", "-e", "-o", "pid,sig,sigmask,sigignore,sigcatch,comm"),
    ("ps", "-e", "-o", "pid,cgroup,comm"),
    ("ps", "-e", "-o", "pid,cgroup:60"),
    ("ps", "-e", "-o", "pid=,comm="),
    ("ps", "-e", "-o", "pid=NUMBER,comm=,user=WHO", "-o", "args=WHAT IT DOES"),
    ("ps", "-e", "-o", "comm:5,pid:9,user:2"),
    ("ps", "-e", "--no-headers"),
    ("ps", "-ef"),
    ("ps", "-ej"),
    ("ps", "-ejH"),
    ("ps", "-eLf"),
    ("ps", "-eL"),
    ("ps", "-eT"),
    ("ps", "-e", "--forest"),
    ("ps", "axf"),
    ("ps", "axj"),
    ("ps", "x"),
    ("ps", "-e", "--sort", "-comm", "-o", "comm,pid"),
    ("ps", "-e", "--sort", "ni,-pid", "-o", "ni,pid"),
    ("ps", "-e", "-O", "ppid"),
    ("ps", "-p", "{sshd},{dead}"),
    ("ps", "-p", "{sshd}", "-p", "{dead} {nice}"),
    ("ps", "{sshd}", "{dead}"),
    ("ps", "--ppid", "{sshd}", "-o", "pid,comm"),
    ("ps", "-s", "{sshd}", "-o", "pid,comm"),
    ("ps", "-C", "httpd"),
    ("ps", "-C", "httpd", "-N", "-o", "pid,comm"),
    ("ps", "-u", "root", "-o", "pid,comm"),
    ("ps", "-d"),
    ("ps", "-a"),
    ("ps", "-p", "99999"),
    ("ps", "-o", "nonsense"),
    ("ps", "--sort", "nonsense"),
    ("ps", "-p", "none such"),
    ("ps", "-f", "-p", "{sshd},{dead}", "-o", "pid,comm"),
    ("ps", "-e", "-f", "-H", "-o", "pid"),
    ("ps", "-e", "-H", "-f", "--forest", "-o", "pid"),
    ("ps", "-e", "-f", "-j", "-o", "pid"),
    ("ps", "-e", "-F", "-o", "pid"),
    ("ps", "-e", "-l", "-o", "pid"),
    ("ps", "-e", "-j", "-o", "pid"),
    ("ps", "u", "-o", "pid"),
    ("ps", "l", "u"),
    ("ps", "u", "-f"),
    ("ps", "l", "-l"),
    ("ps", "-e", "f", "-H", "-o", "pid,args"),
    ("ps", "-e", "-O", "ppid", "-l"),
    ("ps", "-e", "-L", "-T"),
    ("ps", "-e", "-t", "nonexist"),
    ("ps", "-e", "-t", "-"),
    ("ps", "-t", "nonexist,-"),
    ("ps", "-t", "/proc/stat"),
    ("ps", "-t", "null"),
    ("ps", "-t", "/dev/nope"),
    ("ps", "-t", ""),
    ("pstree",),
    ("pstree", "-T"),
    ("pstree", "-n"),
    ("pstree", "-c"),
    ("pstree", "-A"),
    ("pstree", "-U", "-p", "{sshd}"),
    ("pstree", "-S"),
    ("pstree", "-a", "{sshd}"),
    ("pstree", "-ap", "{sshd}"),
    ("pstree", "-g", "{sshd}"),
    ("pstree", "-gpu", "{sshd}"),
    ("pstree", "-t", "{threads}"),
    ("pstree", "-s", "{box}"),
    ("pstree", "-S", "{box}"),
    ("pstree", "-N", "uts"),
    ("pstree", "-N", "pid"),
    ("pstree", "-N", "nonsense"),
    ("pstree", "root"),
    ("pstree", "nobody"),
    ("pstree", "99999"),
    ("lsns",),
    ("lsns", "-t", "pid"),
    ("lsns", "-t", "uts", "-t", "pid"),
    ("lsns", "-p", "{box}"),
    ("lsns", "-l"),
    ("lsns", "-T", "-t", "uts"),
    ("lsns", "-T", "-t", "pid", "-J"),
    ("lsns", "--tree=parent", "-t", "pid", "-t", "uts"),
    ("lsns", "-T", "-p", "{box}", "-o", "ns,type,path,pid,uid,user,pns,ons"),
    ("lsns", "-T", "-r", "-t", "mnt"),
    ("lsns", "-t", "user", "-o", "type,ons,pid"),
    ("lsns", "-n"),
    ("lsns", "-r"),
    ("lsns", "-J", "-t", "uts"),
    ("lsns", "-J"),
    ("lsns", "-o", "ns,type,path,pid,ppid,uid"),
    ("lsns", "-o", "+PPID"),
    ("lsns", "-o", "ns,pns,ons", "-p", "{box}"),
    ("lsns", "-t", "nonsense"),
    ("lsns", "-o", "nonsense"),
    ("lsns", "-p", "99999"),
    ("lsns", "12"),
    ("pgrep", "httpd"),
    ("pgrep", "-l", "^s"),
    ("pgrep", "-a", "-P", "{sshd}"),
    ("pgrep", "-c", "-x", "http"),
    ("pgrep", "-d,", "-s", "{sshd}", "h"),
    ("pgrep", "-n", "httpd"),
    ("pgrep", "-o", "httpd"),
    ("pgrep", "nobody of that name"),
    ("pgrep", "--ns", "{inner}", "inner"),
    ("pgrep", "--ns", "{sshd}", "--nslist", "uts,pid", "-l", "httpd|inn"),
    ("pgrep", "--ns", "{inner}", "--nslist", "mnt", "h"),
    ("pgrep", "--nslist", "pid"),
    ("pgrep", "-r", "TZ", "-l"),
    ("pgrep", "-G", "root", "http"),
    ("pgrep", "-F", "/etc/passwd"),
    ("pgrep", "-A", "http"),
    ("pgrep", "-n", "-o", "http"),
    ("pgrep", "-n", "-v", "http"),
    ("pgrep", "-o"),
    ("pgrep", "-n", "-c"),
    ("pidof", "dead"),
    ("pidof", "-z", "dead"),
    ("pidof", "no-such-program"),
    ("setsid", "-w", "pgrep", "-x", "httpd"),
    ("setsid", "-w", "false"),
    ("setsid", "-f", "false"),
    ("setsid", "no-such-command"),
    ("setsid", "--nonsense"),
    ("unshare", "--uts", "uname", "-s"),
    ("unshare", "--pid", "--fork", "ps", "-o", "pid,comm", "-C", "httpd"),
    ("unshare", "--pid", "--fork", "--mount-proc", "ps", "-o", "pid,ppid,pgid,sid"),
    ("unshare", "-pf", "--mount-proc", "lsns", "-o", "nprocs,pid", "-t", "pid"),
    ("unshare", "-p", "-f", "--kill-child", "false"),
    ("unshare", "-Ur", "id"),
    ("unshare", "--map-user=7", "--map-group=8", "id", "-u"),
    ("unshare", "-c", "id", "-u"),
    ("unshare", "-m", "--propagation", "slave", "true"),
    ("unshare", "--propagation", "nonsense", "true"),
    ("unshare", "-p", "no-such-command"),
    ("unshare", "-p", "-f", "no-such-command"),
    ("unshare", "--kill-child=NONSENSE", "true"),
    ("unshare", "--uts=/no-such-file", "true"),
    ("unshare", "--pid=/no-such-file", "true"),
    ("unshare", "-r", "cat", "/proc/self/setgroups"),
    ("unshare", "-r", "--setgroups", "deny", "true"),
    ("unshare", "-r", "--setgroups", "allow", "true"),
    ("unshare", "--map-user=0", "--setgroups", "deny", "cat", "/proc/self/setgroups"),
    ("unshare", "-U", "--setgroups", "allow", "cat", "/proc/self/setgroups"),
    ("unshare", "-U", "--setgroups", "nope", "true"),
    ("unshare", "--setgroups", "deny", "true"),
    ("unshare", "--nonsense"),
    ("unshare", "--wd=/no-such-directory", "true"),
    ("unshare", "--wd=/", "pwd"),
    ("unshare", "--root=/proc/self/root", "--wd=/", "pwd"),
    ("nsenter", "-t", "{box}", "-u", "uname", "-s"),
    ("nsenter", "-t", "{inner}", "-p", "setsid", "-w", "ps", "-C", "httpd"),
    ("nsenter", "-t", "{inner}", "-a", "pgrep", "httpd"),
    ("nsenter", "-t", "{inner}", "-p", "-F", "pgrep", "-o", "httpd"),
    ("nsenter", "-t", "{inner}", "-w", "pwd"),
    ("nsenter", "-t", "{inner}", "-w/", "pwd"),
    ("nsenter", "-t", "{box}", "-u", "no-such-command"),
    ("nsenter", "-t", "99999", "-p", "true"),
    ("nsenter", "-p", "true"),
    ("nsenter", "-a", "true"),
    ("nsenter", "-u/proc/{box}/ns/uts", "true"),
    ("nsenter", "-u/proc/{box}/ns/ipc", "true"),
    ("nsenter", "-mu", "true"),
    ("nsenter", "-w", "-Wx", "true"),
    ("nsenter", "-t", "{inner}", "-m", "-w", "pwd"),
    ("nsenter", "-r/", "pwd"),
    ("nsenter", "-Wproc", "pwd"),
    ("nsenter", "-r/no-such-directory", "true"),
    ("nsenter", "--nonsense"),
)


@pytest.fixture(scope="module")
def said() -> dict[tuple[str, ...], Pair]:
    if not available():
        pytest.skip("needs procps, psmisc and util-linux, and to make a pid namespace")
    run = subprocess.run(
        [*UNSHARE, sys.executable, str(STAGE)],
        input=json.dumps(LINES),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return {line: Pair(*pair) for line, pair in zip(LINES, json.loads(run.stdout), strict=True)}


_CLOCK = re.compile(r" [0-2][0-9]:[0-5][0-9] ")


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_it_says_what_the_real_tool_says(
    said: dict[tuple[str, ...], Pair], line: tuple[str, ...]
) -> None:
    pair = said[line]
    # the two are asked one after the other: STIME may tell another minute
    ours, real = ([_CLOCK.sub(" HH:MM ", row) for row in rows] for rows in (pair.ours, pair.real))
    assert ours == real
    assert pair.our_status == pair.real_status
    assert bool(pair.our_complaint) == bool(pair.real_complaint)
