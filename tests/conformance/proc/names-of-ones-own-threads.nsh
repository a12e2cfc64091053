# proc_tid_comm_permission(): threads read and write each other's names, whosever the files are
spawn web
web spawn --thread worker
worker setuid 1000
expect { as worker echo x > /proc/2/comm } fails EACCES
as worker printf one > /proc/2/task/2/comm
as worker printf two > /proc/thread-self/comm
expect { worker cat /proc/2/task/2/comm } prints "one"
expect { cat /proc/3/comm } prints "two"
expect { as worker echo x > /proc/3/comm } fails EACCES
expect { as web echo x > /proc/1/task/1/comm } fails EINVAL
spawn other; other setuid 1000
expect { as other echo x > /proc/2/task/3/comm } fails EACCES
