# fork(2), credentials(7): a child is born into the process group and the session of its parent
spawn leader
leader setsid
leader spawn child
expect { child getpgrp } prints "2"
expect { child getsid } prints "2"
expect $(getpgid 3) == 2
expect $(getpgid 1) == 1
