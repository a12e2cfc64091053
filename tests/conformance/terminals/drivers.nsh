# proc_tty.c, show_tty_driver(): the drivers and their numbers, whichever namespace one is in
grep -q '^pty_slave  *.dev.pts  *136 0-1048575 pty:slave$' /proc/tty/drivers
grep -q '^/dev/tty  *.dev.tty  *5  *0 system:/dev/tty$' /proc/tty/drivers
expect { head -n 1 /proc/tty/ldiscs } prints "n_tty       0"
expect { head -n 1 /proc/devices } prints "Character devices:"
grep -q '^136 pts$' /proc/devices
grep -q '^  5 /dev/ptmx$' /proc/devices
expect { unshare --mount --pid --fork --mount-proc grep -c '^136 pts$' /proc/devices } prints "1"
