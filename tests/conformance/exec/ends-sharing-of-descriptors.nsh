# execve(2): "the file descriptor table is unshared, undoing the effect of CLONE_FILES"
mkfifo /tmp/p
if clone2 FILES { exec cat /tmp/p } else { ls /proc/self/fd > /tmp/before }
exec 1> /dev/null 0< /tmp/before
spawn r { readlink /proc/2/fd/0 > /tmp/theirs; echo > /tmp/p; exit 0 }
wait
exec 1> /dev/console
expect { cat /tmp/theirs } prints "console"
ls /proc/self/fd > /tmp/after
expect { cat /tmp/before } matches /^0\n1\n10\n2\n3$/
expect { cat /tmp/after } matches /^0\n1\n10\n2\n3$/
