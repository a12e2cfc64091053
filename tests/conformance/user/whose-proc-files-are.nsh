# proc_pid(5): the effective user's; root's of who changed ids since execve, and of the dead
spawn w
w setresgid 1000 1000 1000; w setuid 1000
expect { stat -c %u /proc/2 /proc/2/status } matches /^1000\n0$/
w prctl dumpable 1
expect { stat -c %u /proc/2 /proc/2/status } matches /^1000\n1000$/
w setresuid 1000 1000 1000
expect { w prctl dumpable } prints "1"
spawn x
x capset -p kill
expect { x prctl dumpable } prints "1"
x setpriv --no-new-privs
expect { x prctl dumpable } prints "1"
x unshare --user
expect { x prctl dumpable } prints "1"
