"""What all panes show at one moment: one machine, one step, one thing that is selected."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from textual.message import Message

from nsh.emulator.keeping import Screens
from nsh.machine import Machine
from nsh.machine.ids import NOBODY, SpaceId, TaskId, TerminalId
from nsh.machine.observed import Vantage
from nsh.session.history import Step
from nsh.tui.story import Story
from nsh.views.census import Census
from nsh.views.changes import Marks
from nsh.views.relations import Relations
from nsh.views.roster import Roster
from nsh.views.selection import Sort, Thing, called, exists
from nsh.views.whose import Whose

GONE: Final = "what is selected is not there now"
"""Said where it has ended, or is still to come."""


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
    thing: Thing
    """What is selected."""
    picked: bool
    """Somebody has selected it; else the selection goes with what happens."""
    related: Relations
    """What has to do with that."""
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
    roster: Roster
    """The tasks that are asked for, and in which order."""

    @property
    def selected(self) -> TaskId:
        """The task that is selected; NOBODY: it is something else."""
        return TaskId(self.thing.key) if self.thing.sort is Sort.TASK else NOBODY

    @property
    def there(self) -> bool:
        """Whether what is selected exists at this moment."""
        return exists(self.machine, self.thing)

    @property
    def observed(self) -> bool:
        """Whether it is a real machine: nobody sees what stands on its screens."""
        return self.machine.find(Vantage, 0) is not None

    @property
    def called(self) -> str:
        """What people call the thing that is selected."""
        return called(self.machine, self.thing, self.whose, self.census)


class Roomed(Message):
    """A place has come to hold more panes, or fewer, than it was shown the scene with."""
