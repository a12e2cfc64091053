# setsid(2): the new session has no controlling terminal
spawn child
child setsid
expect { ps -o tty= -p 2 } prints "?"
expect { cut -d ' ' -f 7,8 /proc/2/stat } matches /^0 -1$/
expect { as child { echo hello > /dev/tty } } fails ENXIO
