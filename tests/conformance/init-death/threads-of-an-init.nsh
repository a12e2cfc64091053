# pid_namespaces(7), exit_group(2): an init is the process, and any of its threads can end it
spawn --pid inner
inner { spawn --thread helper; spawn child }
helper exit 4
expect { waitpid } prints "2 exited 4"
expect { ps -e -o comm= } matches /^init$/
