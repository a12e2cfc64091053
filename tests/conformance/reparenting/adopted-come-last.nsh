# forget_original_parent(): adopted children stand behind one's own in the order of waiting
subreaper on
spawn parent
spawn own
parent spawn adopted
parent exit
waitpid
spawn late
kill -KILL late adopted own
expect { waitpid } prints "3 killed"
expect { waitpid } prints "4 killed"
expect { waitpid } prints "5 killed"
