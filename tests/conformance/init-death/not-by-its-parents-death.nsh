# pid_namespaces(7), wait(2): an init whose parent ends is adopted outside, and lives on
spawn parent
parent spawn --pid inner
inner spawn child
parent exit
expect { inner getppid } matches /^0$/
expect { ps -o ppid= -p 3 } matches /^ *1$/
expect { child getppid } prints "1"
