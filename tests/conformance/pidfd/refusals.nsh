# pidfd_open(2), errors: whoever is not there, no such thing, no such descriptor
# (as since Linux 6.18)
expect { pidfd open 0 } fails EINVAL
expect { pidfd open 99 } fails ESRCH
expect { pidfd signal 0 0 } fails EBADF
expect { pidfd signal 99 0 } fails EBADF
expect { pidfd getfd 0 0 } fails EBADF
expect { waitpid -P 0 } fails EBADF
expect { waitpid -P 99 } fails EBADF
expect { ioctl 0 PIDFD_GET_INFO } fails ENOTTY
pidfd open 1
expect { pidfd signal 3 65 } fails EINVAL
expect { pidfd signal --thread --process 3 0 } fails EINVAL
expect { pidfd getfd 3 99 } fails EBADF
expect { cat <&3 } fails EINVAL
expect { echo x >&3 } fails EINVAL
expect { setns -P 3 } fails EINVAL
expect { setns -P 3 user } fails EINVAL
expect { setns -P 3 uts,ipc,mnt }
expect { chmod 600 /proc/self/fd/3 } fails ENOTSUP
