# proc_pid_cwd(5), proc_pid_root(5): links to the working directory and the root of a process
mkdir -p /tmp/jail/inside
spawn child
child { chroot /tmp/jail; cd /inside }
expect { readlink /proc/2/root } matches /^\/tmp\/jail$/
expect { readlink /proc/2/cwd } matches /^\/tmp\/jail\/inside$/
expect { child pwd } matches /^\/inside$/
expect { readlink /proc/1/root } matches /^\/$/
