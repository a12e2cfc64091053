"""Names of users and groups: /etc/passwd and /etc/group, where there are such files."""

from nsh.abi import KernelError
from nsh.userland.streams import Asking, decode, read_file

_PASSWD = "root:x:0:0"
_GROUP = "root:x:0:\ntty:x:5:"


class Names:
    """The names behind numbers; a number without a name stands for itself."""

    __slots__ = ("groups", "members", "primary", "users")

    users: dict[int, str]
    groups: dict[int, str]
    primary: dict[int, int]
    """The group of each user."""
    members: dict[int, list[str]]
    """Who else belongs to each group."""

    def __init__(self, passwd: str, group: str) -> None:
        """*passwd* and *group* are the files' texts; the first line of a number counts."""
        self.users, self.primary = {}, {}
        for fields in _lines(passwd, 4):
            self.users.setdefault(int(fields[2]), fields[0])
            self.primary.setdefault(int(fields[2]), int(fields[3]) if fields[3].isdigit() else 0)
        self.groups, self.members = {}, {}
        for fields in _lines(group, 3):
            self.groups.setdefault(int(fields[2]), fields[0])
            self.members.setdefault(int(fields[2]), "".join(fields[3:4]).split(","))

    def user(self, uid: int) -> str:
        """The name of a user, or the number."""
        return self.users.get(uid, str(uid))

    def group(self, gid: int) -> str:
        """The name of a group, or the number."""
        return self.groups.get(gid, str(gid))

    def uid(self, name: str) -> int | None:
        """The user called *name*, which may be a number."""
        found = next((uid for uid, known in self.users.items() if known == name), None)
        if found is None and name.isascii() and name.isdigit():
            return int(name)
        return found

    def gid(self, name: str) -> int | None:
        """The group called *name*, which may be a number."""
        found = next((gid for gid, known in self.groups.items() if known == name), None)
        if found is None and name.isascii() and name.isdigit():
            return int(name)
        return found

    def member_of(self, name: str) -> tuple[int, ...]:
        """The groups that list user *name*."""
        return tuple(gid for gid, members in sorted(self.members.items()) if name in members)


def names() -> Asking[Names]:
    """Read both files.  Without them root is called root, for everybody knows that one."""
    passwd = yield from _text("/etc/passwd", _PASSWD)
    group = yield from _text("/etc/group", _GROUP)
    return Names(passwd, group)


def _text(path: str, default: str) -> Asking[str]:
    try:
        return decode((yield from read_file(path)))
    except KernelError:
        return default


def _lines(text: str, least: int) -> list[list[str]]:
    """The lines with at least that many fields, whose third is a number."""
    lines = [line.split(":") for line in text.splitlines()]
    return [
        fields
        for fields in lines
        if len(fields) >= least and fields[2].isascii() and fields[2].isdigit()
    ]
