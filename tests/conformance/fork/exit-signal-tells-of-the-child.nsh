# do_notify_parent(): another exit signal than SIGCHLD tells who has died, and how, as well
trap USR1 { echo USR1 $SI_PID $SI_CODE $SI_STATUS }
clone2 -n child --exit-signal USR1
expect { child exit 3 } prints "USR1 2 1 3"
expect { waitpid -n } fails ECHILD
expect { waitpid --clone } prints "2"
clone2 -n killed --exit-signal USR1
expect { kill -TERM killed } prints "USR1 3 2 15"
