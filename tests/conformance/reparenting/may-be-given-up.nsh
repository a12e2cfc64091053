# PR_SET_CHILD_SUBREAPER(2const): it concerns descendants born before, and may be switched off
spawn reaper
reaper spawn parent
parent spawn child
reaper subreaper on
parent exit
expect { child getppid } prints "2"
child spawn grandchild
reaper subreaper off
child exit
expect { grandchild getppid } prints "1"
