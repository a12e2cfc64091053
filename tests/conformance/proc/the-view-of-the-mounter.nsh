# pid_namespaces(7), "/proc and PID namespaces": a proc mount shows the namespace of its mounter
spawn --pid inner
inner { mount -t proc proc /mnt; spawn child }
expect { grep NSpid /mnt/2/status } matches /^NSpid:\t2$/
expect { grep NSpid /proc/3/status } matches /^NSpid:\t3\t2$/
expect { grep PPid /mnt/1/status } prints "0"
expect { grep PPid /proc/2/status } prints "1"
expect { ls /mnt/3 } fails ENOENT
