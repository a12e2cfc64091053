# proc_apply_options(): gid= is in the mounter's numbers, need not be mapped, and is told as outside
spawn --user --pid --mount b; echo '0 1000 5' > /proc/2/uid_map; echo '0 1000 5' > /proc/2/gid_map
as b { setgid 0; setuid 0; mount -t proc -o hidepid=2,gid=3 none /mnt }
expect { b findmnt -no FS-OPTIONS /mnt } prints "rw,gid=1003,hidepid=invisible"
b mount -o remount,gid=9 /mnt
expect { b findmnt -no FS-OPTIONS /mnt } prints "rw,gid=65534,hidepid=invisible"
mount -t proc -o gid=4294967295,hidepid=1 none /tmp
expect { grep /tmp /proc/self/mountinfo } prints "rw,gid=65534,hidepid=noaccess"
spawn u; u setgroups 65534 1003; u setresuid 1000 1000 1000
expect { u ls /tmp/1 } fails EPERM
expect { mount -t proc -o gid=4294967296 none /tmp } fails EINVAL
expect { mount -t proc -o gid=-1 none /tmp } fails EINVAL
