# zap_pid_ns_processes(): an init that ends reaps also who sends another signal than SIGCHLD
spawn --pid outer
outer unshare --pid
outer clone2 -n inner --exit-signal=WINCH
outer spawn other
inner exit
outer exit
expect { waitpid outer } prints "0"
expect { ps -o pid= -p 2 } fails
