# pty_open(): in vain, it fails whoever reads the slave, once a signal has the read begin anew
openpty
spawn w { setsid; cat <&4 || touch /tmp/failed }
expect { ps -o stat= -p 2 } prints "Ss"
ioctl 3 TIOCSPTLCK 1
expect { true > /dev/pts/0 } fails EIO
expect { ls /tmp } prints ""
kill -TTOU 2
expect { ls /tmp } prints "failed"
