# pid_namespaces(7): a process has a number in its namespace and in each one around it
spawn --pid outer
outer spawn --pid inner
inner spawn leaf
expect { leaf getpid } matches /^2$/
expect { grep NSpid /proc/4/status } matches /^NSpid:\t4\t3\t2$/
expect { grep NStgid /proc/4/status } matches /^NStgid:\t4\t3\t2$/
expect { grep NSpid /proc/3/status } matches /^NSpid:\t3\t2\t1$/
