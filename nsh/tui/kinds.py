"""The panes on the stage: what each is, by its name."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from textual.widget import Widget

from nsh._modules import late
from nsh.tui.consoles import Consoles
from nsh.tui.panes.boundary import BoundaryPane
from nsh.tui.panes.devpts import DevptsPane
from nsh.tui.panes.ids import IdsPane
from nsh.tui.panes.output import OutputPane
from nsh.tui.panes.screen import LargeScreenPane
from nsh.tui.panes.tree import TreePane
from nsh.tui.places import LARGE
from nsh.tui.tables import Tables

if TYPE_CHECKING:
    from nsh.tui.panes import changes, ipc, namespaces, net
else:  # all layouts have them behind others at first
    late(globals(), "nsh.tui.panes", "changes", "ipc", "namespaces", "net")

KINDS: Final[Mapping[str, Callable[[], Callable[..., Widget]]]] = {
    "tree": lambda: TreePane,
    "tables": lambda: Tables,
    "consoles": lambda: Consoles,
    "devpts": lambda: DevptsPane,
    "ipc": lambda: ipc.IpcPane,
    "net": lambda: net.NetPane,
    "namespaces": lambda: namespaces.NamespacesPane,
    "changes": lambda: changes.ChangesPane,
    "output": lambda: OutputPane,
    "ids": lambda: IdsPane,
    "boundary": lambda: BoundaryPane,
    LARGE: lambda: LargeScreenPane,
}
FIRST: Final = ("tree", "tables", "consoles")
"""Those that are there from the first, seen or not: what is shown elsewhere depends on them."""
