# pidfd_open(2): a number is used again, a descriptor never means another process
# (as since Linux 6.18)
spawn old
pidfd open old
expect { pidfd signal 3 0 }
old exit 3
expect { grep NSpid /proc/self/fdinfo/3 } prints "NSpid:	2"
expect { pidfd signal 3 0 }
expect { waitpid -P 3 } prints "2 exited 3"
expect { grep NSpid /proc/self/fdinfo/3 } prints "NSpid:	-1"
spawn --set-tid 2 new
expect { pidfd signal 3 KILL } fails ESRCH
expect { pidfd open 2 } prints "4"
expect { pidfd signal 4 KILL }
expect { waitpid } prints "2 killed KILL"
