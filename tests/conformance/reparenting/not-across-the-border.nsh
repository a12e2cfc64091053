# pid_namespaces(7), find_new_reaper(): the search for a subreaper ends at the namespace's init
spawn reaper
reaper { subreaper on; spawn --pid inner }
inner spawn parent
parent spawn child
parent exit
expect { child getppid } prints "1"
expect { ps -o ppid= -p 5 } matches /^ *3$/
