# PR_SET_PDEATHSIG(2const): a child may ask to be sent a signal when its parent ends
subreaper on
spawn parent
parent spawn child
child prctl pdeathsig TERM
parent exit
expect { waitpid 2 } prints "2 exited 0"
expect { waitpid 3 } prints "3 killed TERM"
