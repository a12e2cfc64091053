# proc_pid(5), /proc/self: a link to the directory of whoever reads it
expect { readlink /proc/self } matches /^1$/
spawn child
expect { child readlink /proc/self } matches /^2$/
child spawn --thread other
expect { other readlink /proc/thread-self } matches /^2\/task\/3$/
expect { other readlink /proc/self } matches /^2$/
