# pidfs_exit(): each thread with its own status, and with the process's when that ends all of them
# (as since Linux 6.18)
spawn w; w spawn --thread t; w spawn --thread u
pidfd open --thread 3; pidfd open --thread 4
as t exit --thread 4
expect { ioctl 3 PIDFD_GET_INFO 8 } prints "exit_code=1024"
as w exit --thread 5
as u exit 6
expect { ioctl 4 PIDFD_GET_INFO 8 } prints "exit_code=1536"
expect { waitpid 2 } prints "2 exited 6"
spawn x; x spawn --thread y; pidfd open --thread 6
kill -TERM x
expect { ioctl 5 PIDFD_GET_INFO 8 } prints "exit_code=15"
