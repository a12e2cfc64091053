# vfs_mknod(), lookup_open(): a cgroup makes no files: EPERM for nodes, EACCES for regular files
mount -t cgroup2 none /mnt
mkdir /mnt/g
expect { mkfifo /mnt/g/f } fails EPERM
expect { mknod /mnt/g/f c 1 3 } fails EPERM
expect { open -c /mnt/g/f } fails EACCES
expect { ln -s x /mnt/g/f } fails EPERM
expect { ln /mnt/g/cgroup.procs /mnt/g/f } fails EPERM
