"""The program that a puppet's interpreter runs, by its path: no package is installed there."""

import sys

if __name__ == "__main__":
    sys.path.insert(0, __file__.rpartition("/nsh/linux/")[0])
    from nsh.linux.puppet import roles

    roles.begin()
