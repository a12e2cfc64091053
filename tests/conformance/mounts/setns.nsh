# setns(2), mount_namespaces(7): who enters a mount namespace begins at its root
spawn --mount inner
inner { mount -t tmpfs none /mnt; echo inside > /mnt/file }
spawn visitor
visitor { cd /tmp; setns /proc/2/ns/mnt }
expect { visitor cat /mnt/file } prints "inside"
expect { visitor pwd } matches /^\/$/
