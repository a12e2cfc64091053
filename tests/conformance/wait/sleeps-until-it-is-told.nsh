# wait(2): without WNOHANG the caller sleeps until a child changes
spawn parent
parent spawn child
as parent { waitpid > /tmp/told } &
expect { cat /proc/2/status } matches /^State:\tS/
child exit 6
expect { cat /tmp/told } prints "3 exited 6"
