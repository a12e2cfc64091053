# getpgid(2), setpgid(2), kill(2): a tid finds its process for some calls, and nobody for others
spawn db
db spawn --thread reader
expect { getpgid 3 } prints "1"
expect { getsid 3 } prints "1"
expect { setpgid 3 0 } fails EINVAL
expect { setpgid 2 3 } fails EPERM
expect { kill -0 -3 } fails ESRCH
expect { kill -TERM 3 }
expect { waitpid } prints "2 killed TERM"
