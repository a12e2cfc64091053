# pid_namespaces(7), wait(2): a child is named by the number that the waiter sees
spawn --pid --mount-proc outer
outer spawn --pid inner
inner spawn leaf
leaf exit 7
inner waitpid > /tmp/inner
inner exit 8
outer waitpid > /tmp/outer
expect { cat /tmp/inner } prints "2 exited 7"
expect { cat /tmp/outer } prints "2 exited 8"
