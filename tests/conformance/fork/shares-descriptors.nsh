# clone(2), CLONE_FILES: what one of the two opens or closes is so for the other
clone2 FILES -n w
w { exec > /tmp/said }
echo by init
w { exec > /dev/console }
expect { cat /tmp/said } prints "by init"
expect { readlink /proc/self/fd/1 } prints "capture"
w exec true
wait
spawn f
f ls /proc/self/fd > /tmp/list
expect { cat /tmp/list } matches /^0\n1\n10\n2\n3$/
