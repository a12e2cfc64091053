# pidfd_send_signal(2): it alone takes PIDFD_SELF_THREAD and PIDFD_SELF_THREAD_GROUP
# (as since Linux 6.14)
spawn w
w spawn --thread t
w { sigprocmask -b USR1 USR2; as t sigprocmask -b USR1 USR2 }
expect { t pidfd signal -10000 USR1 }
expect { grep -h SigPnd /proc/3/status /proc/2/status } matches /200\nSigPnd:\t0*$/
expect { t pidfd signal -10001 USR2 }
expect { grep ShdPnd /proc/2/status } matches /800$/
expect { t pidfd signal --process -10000 0 }
expect { t pidfd signal --thread -10001 0 }
expect { t pidfd signal --group -10001 0 } fails ESRCH
setpgid w
expect { t pidfd signal --group -10001 0 }
expect { t pidfd signal --group -10000 0 } fails ESRCH
expect { pidfd signal -10002 0 } fails EBADF
expect { pidfd getfd -10000 0 } fails EBADF
expect { ioctl -10000 PIDFD_GET_INFO } fails EBADF
