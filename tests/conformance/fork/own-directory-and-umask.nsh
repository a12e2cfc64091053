# fork(2), chdir(2): the child has a working directory of its own, unless CLONE_FS shares it
spawn child
child cd /tmp
expect { pwd } matches /^\/$/
expect { readlink /proc/2/cwd } prints "/tmp"
clone2 --name sharer FS
sharer cd /usr
expect { pwd } prints "/usr"
