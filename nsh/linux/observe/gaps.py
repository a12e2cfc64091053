"""What one look could not see, in words: the reason for exit status 3."""

from nsh.linux.observe.facts import HIDDEN, Snapshot


def gaps(snapshot: Snapshot) -> tuple[str, ...]:
    """One sentence for each kind of thing that was hidden from the reader; () if nothing was.

    Processes that ended while they were read are no gap: they are gone.
    """
    found = []
    if snapshot.unreadable:
        found.append(f"{_many(snapshot.unreadable, 'process')} could not be read at all")
    hidden = {one.tgid for one in snapshot.processes if HIDDEN in one.links}
    if hidden:
        found.append(f"the namespaces of {_many(len(hidden), 'process')} are hidden")
    if not any(one.pid == 1 for one in snapshot.processes):
        found.append("pid 1 is hidden, and others may be (hidepid)")
    if snapshot.unseen_files:
        found.append(f"the open files of {_many(snapshot.unseen_files, 'process')} are hidden")
    if snapshot.unseen_sockets:
        found.append(f"the sockets of {_many(snapshot.unseen_sockets, 'process')} are hidden")
    if snapshot.unseen_mounts:
        found.append(f"the mounts of {_many(snapshot.unseen_mounts, 'mount namespace')} are hidden")
    return tuple(found)


def _many(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun}es" if noun.endswith("s") else f"{count} {noun}s"
