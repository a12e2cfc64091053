# execve(2): "the file descriptor table is unshared, undoing the effect of the CLONE_FILES flag"
echo before > /tmp/before
echo after > /tmp/after
mkfifo /tmp/go
spawn parent
parent { exec 7< /tmp/before; clone2 -n child FILES; exec 8< /tmp/after }
expect { child readlink /proc/self/fd/8 } prints "/tmp/after"
child exec cat /tmp/go &
parent { exec 9< /tmp/after; exec 7<&- }
expect { readlink /proc/3/fd/7 } prints "/tmp/before"
expect { readlink /proc/3/fd/9 } fails ENOENT
