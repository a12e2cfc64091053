# signal(7): a blocked SIGTSTP stops the process at the moment it is unblocked
spawn parent
parent spawn child
child { setpgid 0 0; sigprocmask --block TSTP }
kill -TSTP child
expect { grep State /proc/3/status } prints "S (sleeping)"
as child { sigprocmask --unblock TSTP } &
expect { parent waitpid --untraced } prints "3 stopped TSTP"
