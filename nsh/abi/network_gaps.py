"""Where the network of the model, or of a stage, is otherwise than Linux's.

Rows of :class:`nsh.abi.gaps.Gap` and :class:`~nsh.abi.gaps.Peculiarity`, which that module makes of
them.
"""

from typing import Final

Row = tuple[str, str, str, str, tuple[str, ...], str]

GAPS: Final[tuple[Row, ...]] = (
    (
        "IPv6, netlink, packet and other families; bridges, vlans, netfilter",
        "Are there",
        "Are not: AF_UNIX and AF_INET, `lo` and `veth`",
        "What the documents argue about can be shown with those",
        ("ip", "socket"),
        "IPv4 and Unix sockets only; links are lo and veth",
    ),
    (
        "Ports and names that the kernel chooses",
        "By chance",
        "The lowest that is free",
        "A run must be repeatable",
        ("bind", "connect"),
        "a port or an abstract name that is chosen is the lowest free one",
    ),
    (
        "Packets on their way",
        "Take a moment, are lost, counted, retransmitted",
        "Arrive at once or not at all; what tcp holds back is sent again when a link, address or "
        "route changes; `/proc/net/dev` counts nothing; a close that finds no way is not told",
        "A run must be repeatable",
        ("ping",),
        "packets arrive at once or not at all, and are not counted",
    ),
    (
        "What ICMP tells",
        "That a neighbour does not answer, after 3 s; at most six errors at once to one host; and "
        "which way is nearer (redirects), which is taken then",
        "All errors at once; of nearer ways nothing",
        "As with packets; who routes to where packets came from is mistaken",
        ("ping",),
        "that a neighbour does not answer is told at once, and no redirects are sent",
    ),
    (
        "The mtu of a link",
        "What is longer is sent in pieces, and lost where the other end's is smaller still",
        "Of any length it arrives in one; only below 68 there is no IP",
        "The documents argue about who hears whom",
        (),
        "",
    ),
    (
        "The queue of errors of a socket (MSG_ERRQUEUE)",
        "Tells what ICMP has told; of a connection under way that is POLLERR at once",
        "There is none: only a connection that has failed has an error",
        "No command asks for more",
        ("connect",),
        "a connection under way that fails is POLLERR when it has, not before",
    ),
    (
        "A connected udp socket, after another connect has failed",
        "Sends one datagram where it is connected to, and the next ones to where it failed to, by "
        "the old route: they are lost",
        "Sends all of them where it is connected to",
        "A slip of Linux: nobody goes on with such a socket",
        ("connect",),
        "a udp socket goes on as it was connected after a connect that failed",
    ),
    (
        "That somebody found no room in a socket, of which SIGIO is to tell",
        "Is kept while `O_ASYNC` is off, and forgotten by a write that waits",
        "Is forgotten with `O_ASYNC`, and kept by a write that waits",
        "Nobody changes it in between",
        ("fcntl",),
        "that a socket had no room is forgotten where O_ASYNC is taken off",
    ),
    (
        "Groups (multicast), SO_BROADCAST",
        "Are joined, and heard by all members; it can be set",
        "Nobody hears what is sent to a group, or joins one; broadcasts are EACCES",
        "The documents argue about hosts",
        ("send",),
        "what is sent to a multicast address reaches nobody",
    ),
    (
        "Buffers of tcp and udp",
        "Grow as they are used",
        "Tcp: 131,072 bytes on their way; udp: about 212,992 in a queue",
        "Nobody can say beforehand how large those of Linux will be",
        ("send",),
        "131,072 bytes may be on their way over tcp",
    ),
    (
        "The state of a veth just set up, and the end of a network namespace",
        "Are told up to a second later; links of a namespace that has ended linger a moment",
        "At once",
        "A run must be repeatable",
        ("ip",),
        "a link's state is told at once, where Linux takes up to a second",
    ),
    (
        "`TIME-WAIT` and `FIN-WAIT-2`",
        "Last a minute",
        "A minute of virtual time, which passes only when everybody waits",
        "There is no other clock",
        ("ss",),
        "TIME-WAIT lasts a minute of virtual time",
    ),
    (
        "Settings below `/proc/sys/net`",
        "Some hundreds, `ping_group_range` and `ip_local_port_range` among them",
        "`ip_forward` and `ip_unprivileged_port_start`",
        "What the documents argue about needs no others",
        ("ss",),
        "of /proc/sys/net there are ip_forward and ip_unprivileged_port_start",
    ),
    (
        "Socket options",
        "Some sixty, and those of each protocol",
        "SO_REUSEADDR, SO_REUSEPORT, SO_PASSCRED, SO_PEERCRED, SO_PASSPIDFD, "
        "SO_PEERPIDFD, SO_ERROR, and what a socket is",
        "No command asks for more",
        ("setsockopt",),
        "reuseaddr, reuseport, passcred and passpidfd can be set",
    ),
)

PECULIARITIES: Final[tuple[tuple[str, tuple[str, ...], str], ...]] = (
    (
        "The puppets' control sockets are Unix sockets like others: `ss -x` and `/proc/net/unix` "
        "show them where the puppets were made.",
        ("ss",),
        "the puppets' own control sockets are shown, too",
    ),
    (
        "The state of a link that was just set up, and the end of a network namespace, are told "
        "up to a second later; addresses of hardware, ports and abstract names that the kernel "
        "chooses are chance.",
        ("ip",),
        "a link's state follows up to a second later; MAC addresses are chance",
    ),
    (
        "Links, addresses and routes are changed in the stage's own network namespace and those "
        "made from it; where a kernel has no network namespaces, that is refused (EPERM).",
        (),
        "",
    ),
)
