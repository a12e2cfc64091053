"""The mechanisms and documents that help is asked about, by the numbers they go by everywhere."""

from typing import Final

MECHANISMS: Final = {
    "P1": "containers by /proc/container: who writes a name there moves in as pid 1",
    "P2": "one pid space per container: every id that crosses the boundary is translated",
    "P3": "visibility: a task sees only tasks of its own container; container 0 sees all",
    "P4": "/proc as the reader's container has it",
    "P5": "wanted pids: the same numbers come back although others have them outside",
    "P7": "getting in: by inheritance, or as a whole group or tree into a fresh container",
    "P8": "getting out: never, for the number may be in use outside and be held inside",
    "P9": "the forbidden move: what becomes of pids that programs have been told",
    "P10": "hierarchical pid spaces: a number per level, and parents see their descendants",
    "P11": "signals to an init: from inside those it handles, from an ancestor KILL and STOP",
    "P12": "threads: tid against tgid; a container holds whole processes",
    "G1": "hierarchies of process containers, each with subsystems that it is mounted with",
    "G2": "the files of a process container: who is in it, and what it is to do when it is empty",
    "G3": "rmdir of a container with tasks: refused, or they die first",
    "G4": "empty containers: a release agent is run, or the kernel removes them",
    "G5": "a container that unshare or clone makes, and moves the task into, in one step",
    "G6": "subsystems: told of containers, moves, forks and ends, and keeping what they refer to",
    "G7": "processors and memory nodes of a container: part of its parent's, maybe exclusive",
    "G8": "what a container's tasks have done",
    "G9": "how many tasks a container may have: shares among siblings",
    "G10": "open files that are charged to a container: barrier, limit, held, failcnt",
    "G11": "a container for namespaces: entered once, from the container around it",
    "G12": "namespaces as files of a container, and entering by its path",
    "G13": "one hierarchy for all subsystems, one for each, or any at any time",
    "N1": "SysV ipc: shared memory, semaphores and messages of each ipc namespace",
    "N2": "POSIX message queues, and /dev/mqueue as often as it is mounted",
    "N3": "uts namespaces: host and domain name",
    "N4": "user namespaces: who one is inside and outside",
    "N5": "the leftovers of the pid namespace: pids in sockets, locks and timers, kernel threads",
    "N6": "network namespaces: links, addresses, ports, and sockets that stay where they were made",
    "N7": "device namespaces: a white list of what may be opened, and mknod all the same",
    "N8": "devpts: instances of /dev/pts",
    "N9": "consoles: sessions, groups, controlling terminals",
    "N10": "virtual serial lines: a console that keeps its last pages for who attaches later",
    "N11": "printk: the kernel's log, everybody's or one for each container",
    "N12": "time namespaces: clocks that are ahead, and timers that keep their time",
    "N13": "a security module: what one may do, and no other view of what there is",
    "N14": "several mounts of proc, and whose processes each of them shows",
    "N15": "mount namespaces, and how mounts spread between them",
    "N16": "entering a namespace that is there already",
    "N17": "clone flags: more than fit",
    "C2": "the freezer: nobody in a container takes a step until it is thawed",
    "I4": "the next id: a wish for one object, or one pid",
}
"""Those that a command shows."""

DOCUMENTS: Final = {
    "S0": ("franke-2005", "PID Virtualization: Overview and Patches (Franke, December 2005)"),
    "S1": ("menage-2006", "multi-hierarchy generic process containers (Menage, December 2006)"),
    "S2": ("summit-2007", "Container mini-summit notes (Cambridge, September 2007)"),
    "S3": ("summit-2008", "Containers mini-summit notes (2008)"),
    "mainline": ("mainline", "what Linux took in the end: namespaces(7), pid_namespaces(7)"),
}
"""Their profiles, and what they are about."""
