# cap_bprm_creds_from_file(): a file gives its permitted set within bounds, inheritable ones shared
mount -t tmpfs none /mnt; touch /mnt/cat /mnt/s; chmod 755 /mnt/cat; chmod 666 /mnt/s; spawn w
setcap 'cap_kill,cap_chown=ep' /mnt/cat; w setresuid 1000 1000 1000
w { setpriv /mnt/cat /proc/self/status > /mnt/s }
expect { grep -E 'Cap(Prm|Eff)' /mnt/s } matches /CapPrm:\s0+21\nCapEff:\s0+21/
setcap 'cap_kill=p cap_chown=i' /mnt/cat
w { setpriv /mnt/cat /proc/self/status > /mnt/s }
expect { grep -E 'Cap(Prm|Eff)' /mnt/s } matches /CapPrm:\s0+20\nCapEff:\s0{16}/
spawn x; x setpriv --inh-caps +chown,+mknod; x setresuid 1000 1000 1000
x { setpriv /mnt/cat /proc/self/status > /mnt/s }
expect { grep -E 'Cap(Prm|Eff)' /mnt/s } matches /CapPrm:\s0+21\nCapEff:\s0{16}/
setcap 'cap_kill,cap_mknod=ep' /mnt/cat
spawn y; y setpriv --bounding-set -kill; y setresuid 1000 1000 1000
expect { y exec /mnt/cat /mnt/s } fails EPERM
setcap 'cap_kill,cap_mknod=p' /mnt/cat
y { setpriv /mnt/cat /proc/self/status > /mnt/s }
expect { grep CapPrm /mnt/s } matches /0000000008000000/
