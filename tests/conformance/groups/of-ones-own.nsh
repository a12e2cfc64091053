# setpgid(2): 0 stands for the caller, and for its own number
spawn child
child setpgid 0 0
expect { child getpgrp } prints "2"
child setpgid 2 2
child setpgid 0 1
expect { child getpgrp } prints "1"
child setpgrp
expect $(getpgid 2) == 2
