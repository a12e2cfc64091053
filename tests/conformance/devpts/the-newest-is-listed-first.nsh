# getdents(2), dcache_readdir(): the newest terminal first, ptmx last
openpty -m
openpty -m
openpty -m
expect { ls -1 -U /dev/pts } matches /^2\n1\n0\nptmx$/
exec 4<&-
openpty -m
expect { ls -1 -U /dev/pts } matches /^1\n2\n0\nptmx$/
