# PR_SET_CHILD_SUBREAPER(2const): the setting is not inherited by children
spawn reaper
reaper subreaper on
reaper spawn child
expect { reaper subreaper } prints "on"
expect { child subreaper } prints "off"
reaper subreaper off
expect { reaper subreaper } prints "off"
