# proc_pid_fd(5): a link for each open descriptor; what it leads to may have been deleted since
spawn child
child { echo text > /tmp/file; exec 3< /tmp/file }
expect { readlink /proc/2/fd/3 } matches /^\/tmp\/file$/
rm /tmp/file
expect { readlink /proc/2/fd/3 } matches /^\/tmp\/file \(deleted\)$/
expect { cat /proc/2/fd/3 } prints "text"
expect { readlink /proc/2/fd/4 } fails ENOENT
