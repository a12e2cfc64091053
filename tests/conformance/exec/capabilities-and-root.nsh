# handle_privileged_root(): who is really root has all; set-user-ID root gives what the file has
mount -t tmpfs none /mnt; touch /mnt/cat; chmod 755 /mnt/cat; setcap cap_kill=ep /mnt/cat
setsid /mnt/cat /proc/self/status > /mnt/s
expect { grep CapEff /mnt/s } matches /000001ff/
setpriv --securebits +noroot /mnt/cat /proc/self/status > /mnt/s
expect { grep CapEff /mnt/s } matches /0000000000000020/
chmod 4755 /mnt/cat
setpriv --reuid 1000 /mnt/cat /proc/self/status > /mnt/s
expect { grep -E 'Uid|CapEff' /mnt/s } matches /Uid:\s1000\s0\s0\s0\nCapEff:\s0+20/
setcap = /mnt/cat
setpriv --reuid 1000 /mnt/cat /proc/self/status > /mnt/s
expect { grep -E 'Uid|CapEff' /mnt/s } matches /Uid:\s1000\s0\s0\s0\nCapEff:\s0{16}/
setcap -r /mnt/cat
setpriv --reuid 1000 /mnt/cat /proc/self/status > /mnt/s
expect { grep -E 'Uid|CapEff' /mnt/s } matches /Uid:\s1000\s0\s0\s0\nCapEff:\s000001ff/
