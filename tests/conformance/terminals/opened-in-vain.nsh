# pty_open(): in vain, it fails whoever reads the slave, once a signal has the read begin anew
openpty
spawn w { setsid; cat <&4 || touch /tmp/failed }
ioctl 3 TIOCSPTLCK 1
expect { true > /dev/pts/0 } fails EIO
expect { test -e /tmp/failed } fails
kill -TTOU 2
expect { test -e /tmp/failed } prints ""
