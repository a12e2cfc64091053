# fput(): what one call closes is closed the last first, as the owners of other ends are told
trap RTMIN { got="$got $SI_FD" }
sigprocmask -b RTMIN
socketpair stream
socketpair stream
spawn f { exec 3>&-; exec 5>&-; exec 7>&4 }
exec 4>&-
exec 6>&-
for x in 3 5 { fcntl $x F_SETOWN 1; fcntl $x F_SETSIG RTMIN; fcntl $x F_SETFL O_ASYNC }
kill f
sigprocmask -u RTMIN
expect "$got" == " 3 5"
