# wait4(2): pid 0 is the group that is the caller's when it calls, whatever becomes of that
spawn parent
parent spawn one
parent spawn two
as parent { waitpid 0 > /tmp/told; waitpid 0 || echo none >> /tmp/told } &
expect { cat /proc/2/status } matches /^State:\tS/
setpgid 2 2
one exit 6
expect { head -1 /tmp/told } prints "3 exited 6"
expect { tail -1 /tmp/told } prints "none"
