# proc_pid_fd(5), O_PATH: links tell what for, fdinfo with which flags; O_LARGEFILE is open(2)'s own
mq_open -c /q
open --path /etc/passwd
openpty
open -m w /dev/null
fcntl 7 F_SETFL O_APPEND
expect { grep flags /proc/self/fdinfo/3 } matches /\t02000002$/
expect { grep flags /proc/self/fdinfo/4 } matches /\t010000000$/
expect { grep flags /proc/self/fdinfo/5 } matches /\t0100002$/
expect { grep flags /proc/self/fdinfo/6 } matches /\t02$/
expect { grep flags /proc/self/fdinfo/7 } matches /\t0102001$/
expect { grep tty-index /proc/self/fdinfo/5 } prints "0"
expect { stat -c %a /proc/self/fd/3 /proc/self/fd/4 } matches /^700\n0$/
expect { stat -c %a /proc/self/fd/6 /proc/self/fd/7 } matches /^700\n300$/
