# pivot_root(2): a mount becomes the root, the old one hangs on it, and whoever was there follows
spawn sees; spawn elsewhere; elsewhere cd /tmp
mkdir /tmp/new; mount -t tmpfs new /tmp/new; cd /tmp/new; mkdir old proc
pivot_root . old
expect { pwd; ls / } matches /^\/\nold *\n?proc$/
expect { sees { pwd; ls / } } matches /^\/\nold *\n?proc$/
expect { elsewhere { pwd; ls / } } matches /^\/old\/tmp\nold *\n?proc$/
expect { readlink /old/proc/self/root } prints /
mount -t proc proc /proc
expect { test -c /old/dev/null && test -e /old/dev/pts/ptmx && echo there } prints there
elsewhere cd /
umount -l /old
expect { cut -d ' ' -f 1,2 /proc/mounts } matches /\Anew \/\nproc \/proc$/
expect { ls /old } prints ''
expect { umount /old } fails EINVAL
