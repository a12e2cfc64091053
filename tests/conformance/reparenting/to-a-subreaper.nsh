# PR_SET_CHILD_SUBREAPER(2const): to the nearest ancestor that is a subreaper
spawn far
far { subreaper on; spawn near }
near { subreaper on; spawn parent }
parent spawn child
parent exit
expect { child getppid } prints "3"
near exit
expect { child getppid } prints "2"
far exit
expect { child getppid } prints "1"
