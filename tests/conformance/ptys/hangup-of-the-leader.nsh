# pty(7), tty_signal_session_leader(): when the master is closed the session's leader is sent SIGHUP
spawn holder
spawn leader
holder openpty -n
leader setsid
as leader { cat < /dev/pts/0 } &
expect { cut -d ' ' -f 7 /proc/3/stat } prints "34816"
holder exit
expect { waitpid 3 } prints "3 killed HUP"
