# execve(2): the process stays the same: pid, parent, group, session, working directory
spawn child
child { cd /tmp; setpgid 0 0 }
as child { exec sleep infinity } &
expect { cat /proc/2/comm } matches /^sleep$/
expect { tr '\0' ' ' < /proc/2/cmdline } prints "sleep infinity"
expect { ps -o ppid=,pgid=,sid= -p 2 } matches /^ *1 +2 +1$/
expect { readlink /proc/2/cwd } matches /^\/tmp$/
