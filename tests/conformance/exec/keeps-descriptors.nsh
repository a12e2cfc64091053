# execve(2): open descriptors stay open, the new program finds them under the same numbers
spawn child
child exec 3> /tmp/file
as child { exec sleep infinity } &
expect { cat /proc/2/comm } prints "sleep"
expect { readlink /proc/2/fd/3 } matches /^\/tmp\/file$/
