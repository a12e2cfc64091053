# readdir(3): a directory that is gone has come to its end; one that cannot be read is closed
spawn w; w exit 0
expect { ls /proc/2/net } fails EINVAL
expect { open /dev/null } prints "3"
open -m r /proc/2; open -m r /proc/2/task; open -m r /proc/2/ns
expect { ls /proc/2/task } prints "2"
waitpid
expect { ls /proc/self/fd/6 } prints ""
expect { ls /proc/self/fd/5 } fails ESRCH
mkdir /tmp/d; cd /tmp/d; rmdir /tmp/d
expect { ls -a } prints ""
expect { ls -l . } prints "total 0"
