# pid_namespaces(7): a process that is not in my namespace or below it does not exist for me
spawn outer
spawn --pid --mount-proc inner
expect { inner kill -0 2 } fails ESRCH
expect { inner getpgid 2 } fails ESRCH
expect { inner getsid 3 } fails ESRCH
expect { inner setpgid 2 0 } fails ESRCH
expect { inner ls /proc/2 } fails ENOENT
expect { inner ls -d /proc/1 } prints "/proc/1"
