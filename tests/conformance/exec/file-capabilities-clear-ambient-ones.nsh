# capabilities(7): a privileged file takes ambient ones away, and one with an empty set as well
mount -t tmpfs none /mnt; touch /mnt/cat; chmod 755 /mnt/cat
setpriv --reuid 1000 --inh-caps +kill --ambient-caps +kill /mnt/cat /proc/self/status > /mnt/s
expect { grep -E 'Cap(Eff|Amb)' /mnt/s } matches /Eff:\s0+20\nCapAmb:\s0+20/
setcap = /mnt/cat
setpriv --reuid 1000 --inh-caps +kill --ambient-caps +kill /mnt/cat /proc/self/status > /mnt/s
expect { grep -E 'Cap(Eff|Amb)' /mnt/s } matches /Eff:\s0{16}\nCapAmb:\s0{16}/
