# proc_pid_mounts(5), devpts_show_options(): modes always, owners and a limit where they were given
mount -t tmpfs none /mnt
mkdir /mnt/proc /mnt/a /mnt/b /mnt/c
mount -t proc proc /mnt/proc
mount -t devpts a /mnt/a
mount -t devpts -o max=0x10,gid=5,uid=010,mode=17640,ptmxmode=0666,newinstance b /mnt/b
mount -t devpts -o max=1048576,gid=0,gid=+7 c /mnt/c
spawn inside
inside chroot /mnt
expect { inside grep '^a' /proc/mounts } matches /rw,relatime,mode=600,ptmxmode=000 0 0$/
options="uid=8,gid=5,mode=7640,ptmxmode=666,max=16"
expect { inside grep '^b' /proc/mounts } prints "b /b devpts rw,relatime,$options 0 0"
expect { inside grep '^c' /proc/mounts } matches /rw,relatime,gid=7,mode=600,ptmxmode=000 0 0$/
