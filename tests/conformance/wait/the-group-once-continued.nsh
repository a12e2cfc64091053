# signal(7): a wait that a stop interrupts begins anew, and with pid 0 looks for its group again
spawn parent
parent spawn old
parent spawn new
as parent { waitpid 0 > /tmp/told; waitpid 0 || echo none >> /tmp/told } &
expect { cat /proc/2/status } matches /^State:\tS/
setpgid 2 2
kill -STOP 2
new setpgid 0 2
kill -CONT 2
old exit 6
expect { cat /tmp/told } prints ""
new exit 7
expect { head -1 /tmp/told } prints "4 exited 7"
