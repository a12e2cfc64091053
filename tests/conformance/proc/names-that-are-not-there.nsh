# proc_pid_lookup(): only the decimal number of a visible process is a name
spawn child
for name in 99 0 02 -1 +2 child { expect { ls /proc/$name } fails ENOENT }
expect { ls -d /proc/2 } prints "/proc/2"
child exit
waitpid
expect { ls /proc/2 } fails ENOENT
