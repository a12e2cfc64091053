# fork(2), open(2): parent and child share the open file, and so its offset
spawn parent
parent exec 3> /tmp/file
parent spawn child
parent { echo one >&3 }
child { echo two >&3 }
parent { echo three >&3 }
expect { cat /tmp/file } matches /\Aone\ntwo\nthree\Z/
expect { grep pos /proc/3/fdinfo/3 } matches /^pos:\t14$/
