# execve(2), pid_namespaces(7): the init of a namespace may execute, and is the init still
spawn --pid inner
inner spawn child
as inner { exec sleep infinity } &
expect { cat /proc/2/comm } prints "sleep"
child kill -KILL 1
expect { grep State /proc/2/status } prints "S (sleeping)"
kill -KILL 2
expect { waitpid } prints "2 killed KILL"
expect { ls -d /proc/3 } fails ENOENT
