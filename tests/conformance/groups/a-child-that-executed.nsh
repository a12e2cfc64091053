# setpgid(2), errors: EACCES for a child that has done execve since
spawn child
as child { exec sleep infinity } &
expect { cat /proc/2/comm } prints "sleep"
expect { setpgid 2 0 } fails EACCES
expect { setpgid 2 99 } fails EACCES
expect { setpgid 2 -5 } fails EINVAL
