# pidfd_send_signal(2), PIDFD_SIGNAL_PROCESS_GROUP: the group that has the number, if any
# (as since Linux 6.18)
spawn leader
leader { setpgid 0 0; spawn member }
pidfd open leader
pidfd open member
expect { pidfd signal --group 4 TERM } fails ESRCH
expect { pidfd signal --group 3 TERM }
expect { waitpid } prints "2 killed TERM"
expect { pidfd poll 4 } matches /POLLIN/
