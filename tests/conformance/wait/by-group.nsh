# wait(2): pid 0 waits for children in my group, -PGRP for those in that group
spawn mine
spawn -n 2 other
setpgid other.1 0
setpgid other.2 other.1
other.2 exit 4
other.1 exit 3
mine exit 2
expect { waitpid -3 } prints "3 exited 3"
expect { waitpid -3 } prints "4 exited 4"
expect { waitpid -3 } fails ECHILD
expect { waitpid 0 } prints "2 exited 2"
expect { waitpid 0 } fails ECHILD
