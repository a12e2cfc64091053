# pid_namespaces(7): the orphan of a parent outside is adopted outside, and its getppid stays 0
spawn parent
parent { unshare --pid; spawn inner; spawn second }
expect { second getppid } matches /^0$/
parent exit
expect { second getppid } matches /^0$/
expect { ps -o ppid= -p 4 } matches /^ *1$/
