"""`python -m nsh`, and the command `nsh`: the door, and the way out."""

from typing import NoReturn

from nsh import console
from nsh.cli import main


def run() -> NoReturn:
    """Run the command line in ``sys.argv``, and end the process."""
    console.leave(main())


if __name__ == "__main__":
    run()
