"""`python -m nsh`: the same as the command `nsh`."""

import sys

from nsh.cli import main

if __name__ == "__main__":
    sys.exit(main())
