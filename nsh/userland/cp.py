"""cp: copy files, and with -r whole trees."""

from nsh.abi.invocation import Invocation, Running
from nsh.userland.copying import Copier, How
from nsh.userland.destination import destinations
from nsh.userland.options import Given, Kind, option, optional
from nsh.userland.registry import Topic, command


@command(
    "cp",
    "copy SOURCE to DEST, or all SOURCEs into the directory DEST",
    Topic.FILES,
    options=(
        option("-r, -R, --recursive", "directories too, with all that is in them"),
        option(
            "-a, --archive", "-rdp: with modes, links and names for the same file, capabilities"
        ),
        option("-p, --preserve", "with modes"),
        option("-d", "-P, and two names of one file stay so"),
        option("-P, --no-dereference", "symbolic links themselves, not what they lead to"),
        option("-L, --dereference", "what symbolic links lead to"),
        option("-f, --force", "remove what cannot be written to"),
        option("-n, --no-clobber", "leave what is already there"),
        option("-T, --no-target-directory", "DEST is a name, even of a directory"),
        option("-t, --target-directory=DIR", "copy all operands into DIR", Kind.PATH),
        option("-v, --verbose", "say what was copied"),
    ),
    operands=(optional("FILE", Kind.PATH, many=True),),
    man="cp(1)",
    gap="times are those of the copying; -p and -a cannot preserve them",
    examples=("cp /proc/self/status /tmp; cat /tmp/status", "cp -a /etc /tmp/etc; ls -l /tmp/etc"),
    see=("mv", "ln"),
)
def cp(call: Invocation, given: Given) -> Running:
    """Status 1 if something was not copied."""
    archive = given.has("archive")
    recursive = archive or given.has("recursive")
    links = given.last("archive", "d", "no-dereference", "dereference")
    how = How(
        recursive=recursive,
        follow=links == "dereference" or not (links or recursive),
        modes=archive or given.has("preserve"),
        links=archive or given.has("d"),
        attributes=archive,
        force=given.has("force"),
        keep=given.has("no-clobber"),
        verbose=given.has("verbose"),
    )
    pairs = yield from destinations(call, given, given.operands)
    if pairs is None:
        return 1
    copier = Copier(call, how)
    status = 0
    for source, target in pairs:
        if not (yield from copier.copy(source, target)):
            status = 1
    return status
