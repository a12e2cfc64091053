# mqueue_init_fs_context(): queues are of the user namespace that owns the ipc namespace
mkdir /m
spawn --user --ipc --mount u
expect { u mount -t mqueue none /m }
expect { u mq_open -c /early } fails EOVERFLOW
expect { u ls /m } prints ''
echo '0 0 10' > /proc/2/uid_map
echo '0 0 10' > /proc/2/gid_map
expect { u mq_open -c /q }
expect { u stat -c '%u %g' /m /m/q } prints "0 0"
u setuid 7
expect { u stat -c '%u %a' /m } prints "0 1777"
expect { u rm /m/q } fails EPERM
spawn w
w unshare --user
expect { w mount -t mqueue none /m } fails EPERM
w unshare --mount
expect { w mount -t mqueue none /m } fails EPERM
