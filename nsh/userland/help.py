"""help: what every command declares about itself."""

from nsh.abi.invocation import Invocation, Running
from nsh.userland import usage
from nsh.userland.options import Given, Kind, optional
from nsh.userland.registry import Topic, command, commands
from nsh.userland.streams import joined, say, write

_WIDTH = 14


@command(
    "help",
    "list the commands by topic, or explain COMMAND",
    Topic.SCRIPTS,
    operands=(optional("COMMAND", Kind.COMMAND, many=True),),
    man="help(1)",
    gap="tells of commands; `nsh help` tells of the language too",
    examples=("help kill", "help signals"),
)
def help_(call: Invocation, given: Given) -> Running:
    """Status 1 for what is no command."""
    if not given.operands:
        yield from write(1, joined(line for topic in Topic for line in _chapter(topic)))
        return 0
    status = 0
    for name in given.operands:
        declaration = commands.find(name)
        topic = next((each for each in Topic if each.casefold() == name.casefold()), None)
        if declaration is not None:
            yield from write(1, usage.text(declaration))
        elif topic is not None:
            yield from write(1, joined(_chapter(topic)))
        else:
            yield from say(call, f"no command is called {name}; `nsh help {name}` may know it")
            status = 1
    return status


def _chapter(topic: Topic) -> list[str]:
    members = [each for each in commands if each.topic == topic]
    lines = [f"  {each.name:<{_WIDTH}} {each.summary}" for each in members]
    return [f"{topic}:", *lines] if lines else []
