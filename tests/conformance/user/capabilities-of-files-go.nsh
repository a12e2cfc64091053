# cap_inode_killpriv(): writing, truncating and chown take them away; names and modes do not
mount -t tmpfs none /mnt; touch /mnt/f; setcap cap_kill=ep /mnt/f
chmod 700 /mnt/f; touch /mnt/f; mv /mnt/f /mnt/g; ln /mnt/g /mnt/f
expect { getcap /mnt/f } prints "/mnt/f cap_kill=ep"
echo -n '' >> /mnt/f
expect { getcap /mnt/g } prints "/mnt/g cap_kill=ep"
echo x >> /mnt/f
expect { getcap /mnt/g } prints ""
setcap cap_kill=ep /mnt/f; echo -n '' > /mnt/f
expect { getcap /mnt/f } prints ""
setcap cap_kill=ep /mnt/f; chown 0 /mnt/f
expect { getcap /mnt/f } prints ""
setcap cap_kill=ep /mnt/f; cp -a /mnt/f /mnt/a; cp -p /mnt/f /mnt/p
expect { getcap -r /mnt } matches /^.mnt.a cap_kill=ep\n.mnt.f cap_kill=ep\n.mnt.g cap_kill=ep\n?$/
chmod 6777 /mnt/p; spawn w; w setgid 5; w setuid 1000; echo x >> /mnt/p
expect { stat -c %a /mnt/p } prints "6777"
w { echo x >> /mnt/p }
expect { stat -c %a /mnt/p } prints "777"
