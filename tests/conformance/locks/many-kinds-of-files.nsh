# vfs_lock_file(): whatever is open can be locked: directories, pipes, devices, files of proc
exec 3< /tmp
setlk read 3
exec 4< /proc/self/stat
setlk read 4
exec 5> /dev/null
setlk write 5
mkfifo /tmp/p
open /tmp/p
setlk write 6
flock 6
expect { cat /proc/self/fdinfo/3 } matches /^lock:.* READ /
expect { cat /proc/self/fdinfo/4 } matches /^lock:.* READ /
expect { cat /proc/self/fdinfo/5 } matches /^lock:.* WRITE /
expect { cat /proc/self/fdinfo/6 } matches /^lock:\t1: FLOCK .*\nlock:\t2: POSIX /
