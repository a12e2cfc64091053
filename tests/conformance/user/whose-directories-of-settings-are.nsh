# proc_sys_make_inode(): a directory of a namespace's own settings is its root's, as they are
spawn --user --ipc --net --mount --mount-proc u
echo '0 1000 10' > /proc/2/uid_map; echo '0 1000 10' > /proc/2/gid_map
u cd /proc/sys
expect { u stat -c %u fs/mqueue net/ipv4 } matches /^0\n0$/
expect { u stat -c %u kernel user fs } matches /^65534\n65534\n65534$/
