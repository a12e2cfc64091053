# cap_inode_getsecurity(): inside they are for root there, who has a number outside (rootid)
mount -t tmpfs none /mnt; chmod 1777 /mnt; spawn --user w
echo '0 1000 10' > /proc/$!/uid_map; echo '0 1000 10' > /proc/$!/gid_map
w { setgid 0; setuid 0; touch /mnt/cat; chmod 755 /mnt/cat; setcap cap_kill=ep /mnt/cat }
expect { w getcap -n /mnt/cat } prints "/mnt/cat cap_kill=ep"
expect { getcap -n /mnt/cat } prints "/mnt/cat cap_kill=ep [rootid=1000]"
expect { w setcap -n 20 cap_kill=ep /mnt/cat } fails EINVAL
w setcap -n 5 cap_kill=ep /mnt/cat
expect { getcap -n /mnt/cat } prints "/mnt/cat cap_kill=ep [rootid=1005]"
w setcap cap_kill=ep /mnt/cat; setpriv --reuid 1001 /mnt/cat /proc/self/status > /mnt/s
expect { grep CapPrm /mnt/s } matches /0000000000000000/
w { setpriv --reuid 1 /mnt/cat /proc/self/status > /mnt/t }
expect { grep CapPrm /mnt/t } matches /0000000000000020/
