"""What a fresh interpreter is to be: the stage, or a puppet that has done execve."""

import sys


def begin() -> None:
    """Go by the first argument: ``stage PARENT CHANNEL CONTROL init``, or ``STATE ARGV…``."""
    role, *rest = sys.argv[1:]
    if role == "stage":
        from nsh.linux.puppet import stage  # noqa: PLC0415  # only one of both is needed

        stage.main(*map(int, rest[:2]))
    else:
        load()
        from nsh.linux.puppet import becoming  # noqa: PLC0415

        becoming.main(len(sys.orig_argv) - len(rest), role)


def load() -> None:
    """Fill the table of who performs what."""
    from nsh.linux.puppet import (  # noqa: F401, PLC0415  # importing them is the point
        becoming,
        birth,
        credentials,
        files,
        ipc,
        lending,
        limits,
        locks,
        mounts,
        mqueue,
        names,
        namespaces,
        network,
        personality,
        pidfds,
        processes,
        signals,
        sockets,
        terminal_settings,
        terminals,
        timers,
        xattrs,
    )
