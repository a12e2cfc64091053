#: # What is mounted in a container
#:
#: *"Assume that the file system state doesn't change between checkpoint and restart."* That holds
#: of file systems that are mounted outside as well: they are found again. A container's own end
#: with it, and so all that is in them is saved.
spawn --pid --mount-proc web
as web { mount -t tmpfs -o size=64k cache /mnt; echo 'a page' > /mnt/page; ln /mnt/page /mnt/copy }
as web { mkdir /mnt/log; mount --bind /mnt/log /opt; cd /mnt/log; exec 7> today; echo one >&7 }
as web cat /proc/mounts > /tmp/mounts
checkpoint -k -o /tmp/web web
wait

#: The container is gone, and its tmpfs with it. In the image there is a line for each mount
#: outside that it leans on, for each file system, and for each file of a tmpfs.
expect { ckptinfo -i /tmp/web -o outside } matches /path=.dev type=devtmpfs/
expect { ckptinfo -i /tmp/web -o filesystem } matches /type=proc/
expect $(ckptinfo -i /tmp/web -o inode | grep -c inode) == 4

#: A restart mounts them again, in the same order. Its proc shows its own tasks, and who had a file
#: open goes on writing where it was.
restart -i /tmp/web
expect { as web cat /proc/mounts } prints "$(cat /tmp/mounts)"
expect { as web ps -o pid=,comm= -e } matches /^ +1 web/
as web { echo two >&7 }
expect { as web cat /opt/today } prints 'one
two'
as web { echo changed > /mnt/copy }
expect { as web cat /mnt/page } prints changed

#: What the container leans on has to be there.
mkdir /tmp/disk
mount -t tmpfs disk /tmp/disk
spawn --pid --mount-proc db
checkpoint -k -o /tmp/db db
umount /tmp/disk
expect { restart -i /tmp/db } fails EINVAL
expect { restart -i /tmp/db 2>&1 } matches /outside: path: there is no tmpfs at .tmp.disk/

# Shows C4, C6.
