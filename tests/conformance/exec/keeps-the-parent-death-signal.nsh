# PR_SET_PDEATHSIG(2const): preserved across execve
subreaper on
spawn parent
parent spawn child
child prctl pdeathsig KILL
as child { exec sleep infinity } &
expect { cat /proc/3/comm } prints "sleep"
parent exit
waitpid 2
expect { waitpid 3 } prints "3 killed KILL"
