# fs_param_is_uid(), shmem_parse_one(): owners in a remount are the caller's numbers, and somebody
spawn --user --mount u
echo '0 1000 10' > /proc/2/uid_map
echo '0 1000 10' > /proc/2/gid_map
mkdir /tmp/d /tmp/t
u mount -t devpts -o ptmxmode=666 d /tmp/d
u mount -o remount,uid=3,gid=7,ptmxmode=666 /tmp/d
expect { u openpty -p /tmp/d/ptmx } matches /./
expect { u stat -c '%u %g' /tmp/d/0 } prints "3 7"
expect { u mount -o remount,gid=17 /tmp/d } fails EINVAL
u mount -t tmpfs t /tmp/t
expect { u mount -o remount,gid=17 /tmp/t } fails EINVAL
expect { u mount -o remount,uid=9,gid=9 /tmp/t }
expect { nsenter -t 2 -m mount -o remount,gid=2000 /tmp/t } fails
expect { nsenter -t 2 -m mount -o remount,gid=1005 /tmp/t }
