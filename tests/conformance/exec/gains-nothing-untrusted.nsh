# mnt_may_suid(): a file on a nosuid mount gives nothing, nor does any with no_new_privs
mount -t tmpfs none /mnt; touch /mnt/cat; chmod 755 /mnt/cat; setcap cap_kill=p /mnt/cat
setpriv --reuid 1000 --no-new-privs /mnt/cat /proc/self/status > /mnt/s
expect { grep CapPrm /mnt/s } matches /0000000000000000/
setcap cap_kill=ep /mnt/cat
setpriv --reuid 1000 --no-new-privs /mnt/cat /proc/self/status > /mnt/s
expect { grep -E 'Cap(Prm|Eff)' /mnt/s } matches /CapPrm:\s0{16}\nCapEff:\s0{16}/
mount -o remount,bind,nosuid /mnt
setpriv --reuid 1000 /mnt/cat /proc/self/status > /mnt/s
expect { grep CapPrm /mnt/s } matches /0000000000000000/
mount -o remount,bind,suid /mnt
chmod 700 /mnt/cat; chown 1001 /mnt/cat; setcap cap_kill=ep /mnt/cat; chmod 755 /mnt/cat
setpriv --reuid 1000 /mnt/cat /proc/self/status > /mnt/s
expect { grep CapPrm /mnt/s } matches /0000000000000020/
