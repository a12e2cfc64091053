# pid_namespaces(7), zap_pid_ns_processes(): when an init ends all of its namespace get SIGKILL
spawn --pid inner
inner { spawn child; trap CHLD ignore }
child { trap TERM ignore; spawn grandchild }
expect { ps -e -o comm= } prints "grandchild"
inner exit 5
expect { waitpid } prints "2 exited 5"
expect { ps -e -o comm= } matches /^init$/
