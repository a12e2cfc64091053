# setns(2), wait(2): children born elsewhere are children all the same, by the number seen here
spawn --pid inner
spawn parent
parent { setns /proc/2/ns/pid; spawn guest }
guest exit 6
expect { waitpid 4 } fails ECHILD
expect { parent waitpid } prints "4 exited 6"
