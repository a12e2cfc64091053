# setns(2), pid_namespaces(7): a namespace whose init is gone can be entered; fork fails with ENOMEM
spawn --pid inner
spawn holder
holder { exec 3< /proc/2/ns/pid }
kill -KILL inner
waitpid 2
expect { holder setns /proc/self/fd/3 }
expect { holder spawn late } fails ENOMEM
