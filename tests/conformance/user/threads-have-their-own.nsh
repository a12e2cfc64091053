# credentials(7): ids and capabilities are a thread's own; all threads are in one user namespace
spawn w
w spawn --thread t
t setuid 1000
expect { w id -u } prints "0"
expect { t id -u } prints "1000"
expect { cat /proc/2/task/3/status } matches /Uid:\t1000/
expect { w unshare --user } fails EINVAL
expect { w setns /proc/1/ns/user } fails EINVAL
expect { t kill -0 1 } fails EPERM
expect { t kill -0 2 }
