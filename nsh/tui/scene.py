"""What all panes show at one moment: one machine, one step, one selected task."""

from collections.abc import Sequence
from typing import NamedTuple

from textual.message import Message

from nsh.emulator.keeping import Screens
from nsh.machine import Machine
from nsh.machine.ids import SpaceId, TaskId, TerminalId
from nsh.session.history import Step
from nsh.tui.story import Story
from nsh.views.census import Census
from nsh.views.changes import Marks
from nsh.views.whose import Whose


class Scene(NamedTuple):
    """A moment.  A pane that is shown the same scene twice draws the same twice."""

    machine: Machine
    marks: Marks
    """What the last step touched."""
    history: Sequence[Step]
    position: int
    story: Story
    viewer: SpaceId
    """Through whose eyes the tree is seen."""
    selected: TaskId
    actor: TaskId
    """Who performed the last step."""
    front: tuple[SpaceId, ...]
    """The pid spaces that have a table of their own on the screen."""
    terminals: tuple[TerminalId, ...]
    """The terminals whose screens are shown side by side."""
    large: TerminalId
    """The one that is looked at alone; NO_TERMINAL: none is."""
    screens: Screens
    whose: Whose
    census: Census


class Roomed(Message):
    """A place has come to hold more panes, or fewer, than it was shown the scene with."""
