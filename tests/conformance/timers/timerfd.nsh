# timerfd_create(2): a read takes the count; EAGAIN for none; absolute times are those of the clock
timerfd create --nonblock
expect { timerfd read 3 } fails EAGAIN
expect { timerfd settime 3 -1 } fails EINVAL
timerfd settime -a 3 0.000000001
expect { timerfd read 3 } prints "1"
expect { timerfd read 3 } fails EAGAIN
expect { timerfd gettime 3 } prints "0 left, every 0"
timerfd settime 3 1000 5
expect { timerfd gettime 3 } matches /^(1000|999\.\d+) left, every 5$/
timerfd settime 3 0 5
expect { timerfd gettime 3 } prints "0 left, every 5"
expect { readlink /proc/self/fd/3 } prints "anon_inode:[timerfd]"
expect { timerfd settime 0 1 } fails EINVAL
expect { timerfd settime 9 1 } fails EBADF
expect { timerfd create -c process-cputime } fails EINVAL
expect { echo x >&3 } fails EINVAL
